"""kcat's scenarios: it takes and prints lines, makes topics by asking for them, and cannot delete them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from scenario import DEADLINE_S, report, wait

from kafkaconform.orphans import ends_with_parent

CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
_ASSIGNED = re.compile(r"rebalanced.*assigned: (.*)$")


class Kcat:
    """The scenarios against one broker."""

    def __init__(self, bootstrap: str, prefix: str) -> None:
        self.bootstrap = bootstrap
        self.prefix = prefix

    def run(self, *arguments: str, text: str = "") -> str:
        """What a run prints; its errors are raised."""
        finished = subprocess.run(
            ["kcat", "-q", "-b", self.bootstrap, *arguments],
            input=text,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            preexec_fn=ends_with_parent(),
            check=False,
        )
        assert finished.returncode == 0, finished.stderr.strip()
        return finished.stdout

    def round_trip(self, codec: str) -> str:
        """Keys, values, headers and timestamps of lines come back."""
        topic = f"{self.prefix}-{codec}"
        lines = [(f"key-{number}", f"{number} " + "value " * number * 20) for number in range(50)]
        text = "".join(f"{key}:{value}\n" for key, value in lines)
        self.run("-P", "-t", topic, "-p", "0", "-K", ":", "-z", codec, "-H", "a=1", "-H", "b=", text=text)
        read = self.run("-C", "-t", topic, "-o", "beginning", "-e", "-J").splitlines()
        found = [json.loads(line) for line in read]
        assert [(each["key"], each["payload"]) for each in found] == lines, read
        assert [each["offset"] for each in found] == list(range(50)), read
        assert all(each["headers"] == ["a", "1", "b", ""] for each in found), found[0]["headers"]
        return "50 lines"

    def resume(self) -> str:
        """A group goes on where it has committed."""
        topic, group = f"{self.prefix}-resume", f"{self.prefix}-resume"
        member = ("-X", "auto.offset.reset=earliest", "-G", group, topic)
        for lines in ("one\ntwo\nthree\n", "four\nfive\n"):
            self.run("-P", "-t", topic, "-p", "0", text=lines)
            read = self.run("-c", str(lines.count("\n")), *member)
            assert read == lines, read
        return "went on at 3"

    def times(self) -> str:
        """Offsets by time."""
        topic = f"{self.prefix}-times"
        self.run("-P", "-t", topic, "-p", "0", text="one\ntwo\n")
        found = [self.run("-Q", "-t", f"{topic}:0:{time_ms}").strip() for time_ms in (1, -1, -2)]
        assert [each.rpartition(" ")[2] for each in found] == ["0", "2", "0"], found
        return "0, 2, 0"

    def seek(self) -> str:
        """Reads from the beginning, from an offset, and from so many before the end."""
        topic = f"{self.prefix}-seek"
        self.run("-P", "-t", topic, "-p", "0", text="one\ntwo\nthree\n")
        found = [self.run("-C", "-t", topic, "-p", "0", "-o", where, "-e") for where in ("beginning", "1", "-1", "end")]
        assert found == ["one\ntwo\nthree\n", "two\nthree\n", "three\n", ""], found
        return "0, 1, 2, the end"

    def idempotence(self) -> str:
        """Hundreds of lines in many batches: once, in order, without gaps."""
        topic = f"{self.prefix}-idempotence"
        text = "".join(f"line {number}\n" for number in range(300))
        options = ("-X", "enable.idempotence=true", "-X", "batch.size=200")
        self.run("-P", "-t", topic, "-p", "0", *options, text=text)
        read = self.run("-C", "-t", topic, "-p", "0", "-o", "beginning", "-e", "-f", "%o %s\n")
        assert read == "".join(f"{number} line {number}\n" for number in range(300)), read
        return "300 lines"

    def rebalance(self) -> str:
        """Two members share what there is of partitions; one inherits what the other leaves."""
        topics = [f"{self.prefix}-rebalance-{number}" for number in range(2)]
        for topic in topics:
            self.run("-P", "-t", topic, "-p", "0", text="hello\n")
        with TemporaryDirectory() as folder:
            members = [self.member(Path(folder, name), topics) for name in ("first", "second")]
            try:
                wait("one each", lambda: [assigned(Path(folder, name)) for name in ("first", "second")] == [1, 1])
                members[1].terminate()
                members[1].wait(DEADLINE_S)
                wait("two", lambda: assigned(Path(folder, "first")) == 2)
            finally:
                for each in members:
                    each.kill()
                    each.wait()
        return "1 and 1, then 2"

    def member(self, log: Path, topics: list[str]) -> subprocess.Popen[bytes]:
        """A member of a group; what it says of rebalances goes to ``log``."""
        command = ["kcat", "-b", self.bootstrap, "-X", "heartbeat.interval.ms=300"]
        command += ["-X", "partition.assignment.strategy=roundrobin", "-G", f"{self.prefix}-rebalance", *topics]
        with log.open("wb") as errors:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                preexec_fn=ends_with_parent(),
            )

    def topics(self) -> str:
        """A topic that was written to is listed."""
        topic = f"{self.prefix}-topics"
        self.run("-P", "-t", topic, "-p", "0", text="hello\n")
        listed = json.loads(self.run("-L", "-J"))
        assert topic in [each["topic"] for each in listed["topics"]], listed
        return "listed"


def assigned(log: Path) -> int:
    """How many partitions the last rebalance gave a member."""
    found = [match[1] for line in log.read_text().splitlines() if (match := _ASSIGNED.search(line))]
    return len(found[-1].split(", ")) if found else 0


kcat = Kcat(*sys.argv[1:])
for each in CODECS:
    report(f"round_trip:{each}", lambda codec=each: kcat.round_trip(codec))
report("resume", kcat.resume)
report("rebalance", kcat.rebalance)
report("seek", kcat.seek)
report("idempotence", kcat.idempotence)
report("times", kcat.times)
report("topics", kcat.topics)
