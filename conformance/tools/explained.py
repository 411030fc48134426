"""Which lines of kafkaemu's transcript may differ from Apache Kafka's, and why; every other difference is a defect.

python conformance/tools/explained.py            compares the two transcripts that are kept
python conformance/tools/explained.py FILE       compares another of ours
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

FOLDER = Path(__file__).parent
KAFKA, OURS = FOLDER / "kafka-4.3.1.txt", FOLDER / "kafkaemu.txt"


@attrs.frozen
class Explained:
    """Differing lines of some commands that match ``line`` as a whole, on either side."""

    command: str
    line: str
    reason: str

    def covers(self, command: str, line: str) -> bool:
        """Whether this explains a line of a command's output."""
        return re.match(self.command, command) is not None and re.fullmatch(self.line, line) is not None


EXPLAINED = (
    Explained(
        "kafka-broker-api-versions",
        r"\t(AddPartitionsToTxn|AddOffsetsToTxn|EndTxn|WriteTxnMarkers|TxnOffsetCommit)\(.*|\tProduce\(0\).*",
        "transactions are not built; without them Produce ends with 11, as in Kafka without transaction.version",
    ),
    Explained("kafka-broker-api-versions", r"\tSaslAuthenticate\(.*", "authentication is not built"),
    Explained(
        "kafka-broker-api-versions",
        r"\t(ConsumerGroup|Share|Streams|InitializeShare|ReadShare|WriteShare|DeleteShare|DescribeShare|AlterShare).*",
        "only classic groups are built",
    ),
    Explained("kafka-broker-api-versions", r"\t(Add|Remove)RaftVoter\(.*", "a quorum of several voters is not built"),
    Explained(
        "kafka-metadata-quorum.*remove-controller",
        r".*UnsupportedVersionException: .*",
        "the same: the client says so itself",
    ),
    Explained(
        "kafka-(share|streams)-groups --describe",
        r".*(GroupIdNotFoundException|UnsupportedVersionException): .*",
        "share and streams groups are not built: the client refuses before it asks",
    ),
    Explained(
        r"kafka-features|ui-queries HOST",
        r"(Feature: )?(group|kraft|share|streams|transaction)\.version.*|[\w.]+ can be .*|Can not .*|Could not .*|\d out of .*"
        r"|.* was upgraded to .*|\(exit code .\)",
        "features are supported and finalized with the APIs that need them",
    ),
    Explained(
        "kafka-transactions.*till-1",
        r"Failed to .*|\(exit code .\)",
        "transactions are not built: no coordinator is found",
    ),
    Explained("kafka-configs --describe --broker-logger", r"  [\w.$]+=INFO .*", "Kafka's loggers are classes of Java"),
    Explained(
        "kafka-configs --describe --broker 1 --all|ui-queries HOST",
        r" *(metadata\.log\.max\.record\.bytes\.between\.snapshots|share\.coordinator\.state\.topic\.[\w.]+|socket\.[\w.]+)[=:].*",
        "defaults of the emulator's own: docs/defaults.md",
    ),
)


def outputs(transcript: str) -> dict[str, list[str]]:
    """What each command printed; a command that comes again has its number in parentheses after it."""
    found: dict[str, list[str]] = {}
    for part in re.split(r"(?m)^(?=\$ )", transcript)[1:]:
        command, *lines = part.rstrip("\n").split("\n")
        name, again = command[2:], 1
        while name in found:
            again += 1
            name = f"{command[2:]} ({again})"
        found[name] = lines
    return found


def differing(kafka: Mapping[str, list[str]], ours: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Each (command, line with - or + before it) that one of two transcripts does not have."""
    for command in kafka.keys() | ours.keys():
        lines = difflib.unified_diff(kafka.get(command, []), ours.get(command, []), n=0, lineterm="")
        yield from ((command, line) for line in list(lines)[2:] if not line.startswith("@@"))


def unexplained(kafka: str, ours: str) -> list[str]:
    """Differences that no reason covers, and reasons that cover no difference."""
    needed: set[Explained] = set()
    complaints = []
    for command, line in sorted(differing(outputs(kafka), outputs(ours))):
        covering = {reason for reason in EXPLAINED if reason.covers(command, line[1:])}
        needed |= covering
        if not covering:
            complaints.append(f"$ {command}\n{line}")
    return complaints + [f"not needed any more: {reason}" for reason in EXPLAINED if reason not in needed]


if __name__ == "__main__":
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else OURS
    sys.exit("\n".join(unexplained(KAFKA.read_text(encoding="utf-8"), file.read_text(encoding="utf-8"))) or 0)
