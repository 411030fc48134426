"""Kafka's console tools, many of them in one JVM: see ToolRunner.java, which is compiled when it is first needed."""

from __future__ import annotations

import shutil
import struct
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

import attrs

from kafkaconform.reference import ReferenceUnavailable
from kafkaconform.reference.jars import gather_jars, require_java

TOOL_TIMEOUT_S = 90
SOURCES = sorted(Path(__file__).parent.glob("*.java"))

_TOOLS = "org.apache.kafka.tools."
#: Name of the script that a user types, without its .sh -> class with the main method.
TOOLS = {
    "kafka-acls": _TOOLS + "AclCommand",
    "kafka-broker-api-versions": _TOOLS + "BrokerApiVersionsCommand",
    "kafka-client-metrics": _TOOLS + "ClientMetricsCommand",
    "kafka-cluster": _TOOLS + "ClusterTool",
    "kafka-configs": "kafka.admin.ConfigCommand",
    "kafka-console-consumer": _TOOLS + "consumer.ConsoleConsumer",
    "kafka-console-producer": _TOOLS + "ConsoleProducer",
    "kafka-console-share-consumer": _TOOLS + "consumer.ConsoleShareConsumer",
    "kafka-consumer-groups": _TOOLS + "consumer.group.ConsumerGroupCommand",
    "kafka-consumer-perf-test": _TOOLS + "ConsumerPerformance",
    "kafka-delegation-tokens": _TOOLS + "DelegationTokenCommand",
    "kafka-delete-records": _TOOLS + "DeleteRecordsCommand",
    "kafka-e2e-latency": _TOOLS + "EndToEndLatency",
    "kafka-features": _TOOLS + "FeatureCommand",
    "kafka-get-offsets": _TOOLS + "GetOffsetShell",
    "kafka-groups": _TOOLS + "GroupsCommand",
    "kafka-leader-election": _TOOLS + "LeaderElectionCommand",
    "kafka-log-dirs": _TOOLS + "LogDirsCommand",
    "kafka-metadata-quorum": _TOOLS + "MetadataQuorumCommand",
    "kafka-producer-perf-test": _TOOLS + "ProducerPerformance",
    "kafka-reassign-partitions": _TOOLS + "reassign.ReassignPartitionsCommand",
    "kafka-share-groups": _TOOLS + "consumer.group.ShareGroupCommand",
    "kafka-streams-application-reset": _TOOLS + "StreamsResetter",
    "kafka-streams-groups": _TOOLS + "streams.StreamsGroupCommand",
    "kafka-topics": _TOOLS + "TopicCommand",
    "kafka-transactions": _TOOLS + "TransactionsCommand",
    "kafka-verifiable-consumer": _TOOLS + "VerifiableConsumer",
    "kafka-verifiable-producer": _TOOLS + "VerifiableProducer",
    "ui-queries": "UiQueries",
}


@attrs.frozen
class Printed:
    """What a tool printed, on either stream, and how it ended."""

    output: str
    ending: str


class JavaTools:
    """Runs tools one after the other in a JVM, which is started with the first and again after one that hung.

    Args:
        kafka_version: the release whose tools they are.

    Raises:
        ReferenceUnavailable: Java, its compiler or Maven is absent.
    """

    def __init__(self, kafka_version: str) -> None:
        java, jars = require_java(), gather_jars(kafka_version)
        self._folder = Path(tempfile.mkdtemp(prefix="java-tools-"))
        class_path = f"{self._folder}:{jars}/*"
        _compile(self._folder, class_path)
        # What the tools log comes from threads of its own and in no fixed order; what they print is not in it.
        quiet = [
            "-Dlog4j2.simplelogLevel=OFF",
            "-Dlog4j2.StatusLogger.level=OFF",
            "-Dorg.apache.logging.log4j.level=OFF",
        ]
        self._command = [java, "-Xmx256m", "-XX:TieredStopAtLevel=1", *quiet, "-cp", class_path, "ToolRunner"]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> JavaTools:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, tool: str, arguments: Sequence[str], text: str = "") -> Printed:
        """Runs the tool of this script's name with ``text`` as its standard input."""
        process = self._process
        if process is None:
            process = self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        assert process.stdin is not None and process.stdout is not None
        hung = threading.Timer(TOOL_TIMEOUT_S, process.kill)
        hung.start()
        try:
            words = b"".join(_text(word) for word in arguments)
            process.stdin.write(_text(TOOLS[tool]) + struct.pack(">i", len(arguments)) + words + _text(text))
            process.stdin.flush()
            exit_code, size = struct.unpack(">ii", _exactly(process.stdout, 8))
            return Printed(_exactly(process.stdout, size).decode(), f"exit code {exit_code}")
        except EOFError:
            self._stop()
            return Printed("", f"the JVM ended, or the tool did not within {TOOL_TIMEOUT_S} s")
        finally:
            hung.cancel()

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def _compile(folder: Path, class_path: str) -> None:
    compiler = shutil.which("javac")
    if compiler is None:
        raise ReferenceUnavailable(
            "The tools run under a small Java program: install a JDK, no 'javac' is on the PATH."
        )
    subprocess.run([compiler, "-d", str(folder), "-cp", class_path, *map(str, SOURCES)], check=True)


def _text(text: str) -> bytes:
    """As Java's readUTF wants it; for characters other than NUL and those beyond the BMP that is UTF-8."""
    octets = text.encode()
    return struct.pack(">H", len(octets)) + octets


def _exactly(stream: IO[bytes], size: int) -> bytes:
    octets = stream.read(size)
    if len(octets) < size:
        raise EOFError
    return octets
