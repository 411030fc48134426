"""Makes what differs from run to run the same in what a tool printed: addresses, clock, random names, measured figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

#: (command's beginning, pattern, replacement), applied to each line.
REPLACED: tuple[tuple[str, str, str | Callable[[re.Match[str]], str]], ...] = (
    ("", r"console-(share-)?consumer-\d+( ?) *", r"console-\1consumer-#\2"),
    ("", r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d([.,:]\d+)?Z?", "TIME"),
    ("", r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "UUID"),
    ("", r"((?:Topic|topic |Cluster ?)I[dD]\W+)[\w-]{22}(?![\w-])", r"\1UUID"),
    ("kafka-cluster", r"^(1 +)[\w.]+ +\d+", r"\1HOST PORT"),
    ("", r"\b127\.0\.0\.1:\d{4,5}\b", "HOST:PORT"),
    ("kafka-metadata-quorum", r"(?<=HighWatermark:)( +)\d+", r"\1#"),
    ("kafka-metadata-quorum", r"^(\d+ +\t[\w-]{22}\t)\d+ *\t", r"\1#\t"),
    ("kafka-metadata-quorum", r"\d+ ms ago *", "# ms ago "),
    ("", r"\b17\d{11}\b", "TIME"),
    ("kafka-features", r"(?<=Epoch: )\d+", "#"),
    ("ui-queries", r"\d+(?= attempt)|(?<=tries=)\d+", "#"),
    # How many batches these came in depends on how fast they were.
    ("ui-queries", r"((?:load|kcat|counted)-0: ReplicaInfo\(size=)\d+", r"\1#"),
    ("kafka-producer-perf", r"[\d.]+(?= (records/sec|MB/sec|ms))", "#"),
    ("kafka-consumer-perf", r"(?<=^TIME, TIME, )([\d.]+), [\d.]+, (\d+), .*", r"\1, #, \2, #"),
    ("kafka-e2e", r"(?<=\d\t)[\d.]+|[\d.]+(?= ms$)|(?<=th = )\d+", "#"),
    ("", r"/tmp/kafka-logs|/[\w./-]+/node-\d+/data", "LOG-DIR"),
    # The client keeps these in sets and maps whose order is another in each JVM or with each name.
    ("kafka-consumer-groups", r"(?<=Valid states are: ).*", lambda found: in_order(found[0])),
    (
        "kafka-configs",
        r"(?<=SCRAM credential configs for user-principal '\w{5}' are ).*",
        lambda found: in_order(found[0]),
    ),
)
#: What belongs to the machine of the one who runs the tool, and the usage that follows a wrong argument.
DROPPED = re.compile(r"SLF4J|%\d\||\s+at [\w.$/]+\(|\s+\.\.\. \d+ more$")
USAGE = re.compile(r"(?m)^Option .*\n-+ .*\n(?:(?:-| {4}|\* ).*\n|  \w.*\n)*")


def normalised(output: str, bootstrap: str, folder: Path, command: str) -> str:
    """``output`` of ``command`` with everything replaced that two runs against the same broker differ in."""
    port = bootstrap.rpartition(":")[2]
    lines = []
    for line in USAGE.sub("(usage)\n", output).splitlines():
        if DROPPED.match(line):
            continue
        line = line.replace(f"{folder}/", "").replace(bootstrap, "HOST:PORT").replace(f"localhost:{port}", "HOST:PORT")
        for start, pattern, replacement in REPLACED:
            if command.startswith(start):
                line = re.sub(pattern, replacement, line)
        lines.append(line.rstrip() + "\n")
    return "".join(topics_in_order(lines) if command.startswith("kcat") and "-L" in command else lines)


def topics_in_order(lines: list[str]) -> list[str]:
    """kcat's list of topics by name: Kafka's own order is that of a hash map."""
    head = list(takewhile(lambda line: not line.startswith("  topic "), lines))
    blocks: list[str] = []
    for line in lines[len(head) :]:
        if line.startswith("  topic "):
            blocks.append(line)
        else:
            blocks[-1] += line
    return [*head, *sorted(blocks)]


def in_order(words: str) -> str:
    """A list between commas, sorted."""
    return ", ".join(sorted(words.split(", ")))
