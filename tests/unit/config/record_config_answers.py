"""Ask Kafka's own classes what they make of config values: `python record_config_answers.py KAFKA_LIBS_FOLDER`.

Only needed when a value is added or the reference changes; it takes a JDK and the jars of Apache Kafka 4.3.1, and PYTHONPATH with
kafkaemu.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from kafkaemu.config.effects import TABLES

HERE = Path(__file__).parent
ANSWERS = HERE / "config_answers.json.gz"
#: Asked of every key: numbers at the edges, words of every kind, and what looks like them.
TEXTS = (
    *(
        "",
        " ",
        "0",
        "1",
        "-1",
        "-2",
        "+3",
        " 7 ",
        "08",
        "1_0",
        "5.0",
        "0.5",
        "1.5",
        "-0.1",
        "1e3",
        "1d",
        "NaN",
        "Infinity",
        "0x10",
    ),
    *("9", "10", "100", "1000", "40000", "32768", "1048576", "2147483647", "2147483648", "9223372036854775808", "٣"),
    *("true", "TRUE", " false ", "yes", "x", "X y", "ä", "*"),
    *("compact", "delete", "compact,delete", "delete,delete", "delete, bad", ",", "a,,b", "a,b", "compact,"),
    *("gzip", "GZIP", "zstd", "producer", "none", "LogAppendTime", "CreateTime", "createtime"),
    *(
        "0:1",
        "0:1,1:2",
        "0:1,x",
        "1",
        "0:1:2",
        "latest",
        "earliest",
        "LATEST",
        "by_duration:PT1H",
        "by_duration:P1D",
        "by_duration:-PT1H",
    ),
    *(
        "BY_DURATION:PT1H",
        "by_duration:pt1h",
        "by_duration:P-1DT25H",
        "by_duration:P-1DT23H",
        "by_duration:-PT-1S",
        "by_duration:PT0S",
    ),
    *(
        "by_duration:x",
        "read_committed",
        "READ_COMMITTED",
        "bidirectional",
        "DISABLED",
        "upgrade",
        "classic",
        "classic,consumer",
    ),
    *(
        "required",
        "REQUIRED",
        "requested",
        "PLAINTEXT",
        "SASL_SSL",
        "plaintext",
        "ES256",
        "rs256",
        "broker",
        "broker,controller",
    ),
    *(
        "1@h:1",
        "1@h:1,2@g:2",
        "x@h:1",
        "1@h",
        "1@h:x",
        "1@:1",
        "1@h:1,x",
        "1@2@h:1",
        "-1@h:1",
        "1@[::1]:9",
        "1@h:99999",
        "1@h_x:1",
    ),
    *(
        "localhost:1",
        "localhost:x",
        ":1",
        "localhost",
        "localhost:1,127.0.0.1:2",
        "localhost:99999",
        "[::1]:9",
        "http://localhost:1",
    ),
    *("broker,broker", "/tmp/a,/tmp/b", "PLAINTEXT://h:1"),
)


def questions() -> list[list[str]]:
    """Resource, key and value of every question."""
    return [
        [resource, name, text]
        for resource, table in TABLES.items()
        for name in (*table, *sorted(table.internal))
        for text in dict.fromkeys(TEXTS)
    ]


def main() -> None:
    """Ask, and keep the answers in the order of the questions."""
    jars = f"{sys.argv[1]}/*"
    asked = questions()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["javac", "-cp", jars, "-d", folder, str(HERE / "ConfigOracle.java")], check=True)
        finished = subprocess.run(
            ["java", "-Xmx256m", "-cp", f"{folder}:{jars}", "ConfigOracle"],
            input="\n".join(map(json.dumps, asked)).encode(),
            stdout=subprocess.PIPE,
            check=True,
        )
    answers = [json.loads(line) for line in finished.stdout.decode().splitlines()]
    assert len(answers) == len(asked)
    tree: dict[str, dict[str, dict[str, str]]] = {}
    for (resource, name, text), answer in zip(asked, answers, strict=True):
        tree.setdefault(resource, {}).setdefault(name, {})[text] = answer
    ANSWERS.write_bytes(gzip.compress(json.dumps(tree, ensure_ascii=False).encode(), mtime=0))


if __name__ == "__main__":
    main()
