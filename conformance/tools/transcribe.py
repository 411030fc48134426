"""Runs Apache Kafka's console tools against a broker and writes down what they print.

    python conformance/tools/transcribe.py --reference kafka-4.3.1.txt     against Apache Kafka, started for it
    python conformance/tools/transcribe.py --kafkaemu kafkaemu.txt         against our broker, started for it
    python conformance/tools/transcribe.py --bootstrap HOST:PORT out.txt   against any other

Needs Java, and Maven for the jars of the first run. Ports and measured figures are replaced, so that two transcripts can be
compared line by line.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from kafkaconform.reference import DEFAULT_KAFKA_VERSION, Reference, ReferenceUnavailable
from kafkaconform.reference.jars import gather_jars, require_java

TOOL_TIMEOUT_S = 60
START_TIMEOUT_S = 20

TOOLS = {
    "kafka-topics": "org.apache.kafka.tools.TopicCommand",
    "kafka-console-producer": "org.apache.kafka.tools.ConsoleProducer",
    "kafka-console-consumer": "org.apache.kafka.tools.consumer.ConsoleConsumer",
    "kafka-consumer-groups": "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
    "kafka-get-offsets": "org.apache.kafka.tools.GetOffsetShell",
    "kafka-transactions": "org.apache.kafka.tools.TransactionsCommand",
    "kafka-producer-perf-test": "org.apache.kafka.tools.ProducerPerformance",
}

#: (tool, arguments, standard input): what a first day with a broker looks like.
SESSION: Sequence[tuple[str, str, str]] = (
    ("kafka-topics", "--list", ""),
    ("kafka-topics", "--create --topic orders --partitions 1 --replication-factor 1", ""),
    ("kafka-topics", "--create --topic orders", ""),
    ("kafka-topics", "--create --topic orders --if-not-exists", ""),
    ("kafka-topics", "--create --topic payments --partitions 3 --config cleanup.policy=compact", ""),
    ("kafka-topics", "--create --topic broken --partitions 0", ""),
    ("kafka-topics", "--create --topic bad/name", ""),
    ("kafka-topics", "--create --topic unlucky --config no.such.config=1", ""),
    ("kafka-topics", "--list", ""),
    (
        "kafka-console-producer",
        "--topic orders --reader-property parse.key=true --reader-property key.separator=:",
        "table 4:two espressos\ntable 7:one latte\ntable 4:the bill\n",
    ),
    ("kafka-console-producer", "--topic made-by-naming-it --compression-codec zstd", "hello\n"),
    (
        "kafka-console-consumer",
        "--topic orders --group baristas --from-beginning --max-messages 2"
        " --formatter-property print.key=true --formatter-property print.offset=true",
        "",
    ),
    (
        "kafka-console-consumer",
        "--topic orders --group baristas --max-messages 1 --formatter-property print.offset=true",
        "",
    ),
    ("kafka-console-consumer", "--topic made-by-naming-it --from-beginning --max-messages 1", ""),
    ("kafka-console-consumer", "--topic orders --partition 0 --offset 1 --max-messages 1", ""),
    ("kafka-console-consumer", "--topic orders --group baristas --timeout-ms 2000", ""),
    ("kafka-consumer-groups", "--list", ""),
    ("kafka-consumer-groups", "--list --state empty", ""),
    ("kafka-consumer-groups", "--list --type", ""),
    ("kafka-consumer-groups", "--describe --group baristas", ""),
    ("kafka-consumer-groups", "--describe --group baristas --members --verbose", ""),
    ("kafka-consumer-groups", "--describe --group baristas --state", ""),
    ("kafka-consumer-groups", "--describe --group nobody", ""),
    ("kafka-consumer-groups", "--reset-offsets --group baristas --topic orders --to-earliest", ""),
    ("kafka-consumer-groups", "--reset-offsets --group baristas --topic orders --shift-by -1 --execute", ""),
    ("kafka-consumer-groups", "--reset-offsets --group baristas --all-topics --by-duration PT1H --execute", ""),
    ("kafka-consumer-groups", "--reset-offsets --group newcomers --topic orders --to-offset 9 --execute", ""),
    ("kafka-consumer-groups", "--describe --all-groups --offsets", ""),
    ("kafka-consumer-groups", "--delete-offsets --group newcomers --topic orders:0 --topic missing", ""),
    ("kafka-consumer-groups", "--delete --group baristas --group nobody", ""),
    ("kafka-consumer-groups", "--delete --group baristas", ""),
    ("kafka-get-offsets", "--topic orders", ""),
    ("kafka-get-offsets", "--topic orders --time earliest", ""),
    ("kafka-get-offsets", "--topic orders --time max-timestamp", ""),
    ("kafka-get-offsets", "--topic-partitions payments.*:0-1 --time 0", ""),
    ("kafka-get-offsets", "--topic missing", ""),
    ("kafka-transactions", "list", ""),
    (
        "kafka-producer-perf-test",
        "--topic payments-load --num-records 20000 --record-size 100 --throughput -1",
        "",
    ),
    ("kafka-topics", "--list --exclude-internal", ""),
    ("kafka-topics", "--delete --topic orders", ""),
    ("kafka-topics", "--delete --topic orders", ""),
    ("kafka-topics", "--delete --topic payments.*", ""),
    ("kafka-topics", "--list --exclude-internal", ""),
)


def run_session(bootstrap: str, kafka_version: str) -> str:
    """The transcript of SESSION against the broker at ``bootstrap``.

    Raises:
        ReferenceUnavailable: Java or Maven is absent.
    """
    java, jars = require_java(), gather_jars(kafka_version)
    parts = [f"Console tools of Apache Kafka {kafka_version}\n"]
    for tool, arguments, text in SESSION:
        command = [java, "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", f"{jars}/*", TOOLS[tool]]
        words = ["--bootstrap-server", bootstrap, *arguments.split()]
        try:
            finished = subprocess.run(
                [*command, *words],
                input=text,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=TOOL_TIMEOUT_S,
                check=False,
            )
            output, ending = finished.stdout, f"exit code {finished.returncode}"
        except subprocess.TimeoutExpired as expired:
            output = (expired.stdout or b"").decode() if isinstance(expired.stdout, bytes) else expired.stdout or ""
            ending = f"still running after {TOOL_TIMEOUT_S} s"
        if tool == "kafka-consumer-groups":
            output = "".join(sorted(output.splitlines(keepends=True)))  # the order is that of a hash map
        parts.append(f"$ {tool} {arguments}\n{normalised(output, bootstrap)}({ending})\n")
        click.echo(f"{tool} {arguments}: {ending}", err=True)
    return "\n".join(parts)


def normalised(output: str, bootstrap: str) -> str:
    """Output without what differs from run to run: addresses, clock, stack traces' line numbers, measured figures."""
    lines = []
    for line in output.splitlines():
        if "SLF4J" in line or "StatusLogger" in line or line.startswith("\tat "):
            continue
        line = line.replace(bootstrap, "HOST:PORT").replace(f"localhost:{bootstrap.rpartition(':')[2]}", "HOST:PORT")
        line = re.sub(r"console-consumer-\d+( ?) *", r"console-consumer-#\1", line)
        line = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,]\d+Z?", "TIME", line)
        if "records sent" in line:
            line = re.sub(r"(?<=, )[\d.,]+|(?<=\()[\d.,]+", "#", line)
            line = re.sub(r"\d+ ms", "# ms", line)
        lines.append(line.rstrip() + "\n")
    # ProducerPerformance reports every five seconds; a slower machine has more reports, the last line is the sum.
    reports = [line for line in lines if "records sent" in line]
    return "".join(line for line in lines if line not in reports[:-1] or line == (reports or [""])[-1])


@contextmanager
def reference_broker(kafka_version: str) -> Iterator[str]:
    """Apache Kafka on a free port."""
    node = Reference(kafka_version, free_port())
    node.start()
    try:
        yield node.bootstrap
    finally:
        node.stop()


@contextmanager
def our_broker() -> Iterator[str]:
    """kafkaemu on a free port, as a user starts it."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "kafkaemu", "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise ReferenceUnavailable("kafkaemu did not come up; 'kafkaemu serve' says why.")
            time.sleep(0.05)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def answers(port: int) -> bool:
    """Whether somebody listens."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@click.command()
@click.option("--reference", "who", flag_value="reference", help="Against Apache Kafka, started for it.")
@click.option("--kafkaemu", "who", flag_value="kafkaemu", help="Against our broker, started for it.")
@click.option("--bootstrap", metavar="HOST:PORT", help="Against a broker that is up.")
@click.option("--kafka-version", default=DEFAULT_KAFKA_VERSION, show_default=True)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def main(who: str | None, bootstrap: str | None, kafka_version: str, file: Path) -> None:
    """Write the transcript of Kafka's console tools to FILE."""
    if (who is None) == (bootstrap is None):
        raise click.UsageError("One of --reference, --kafkaemu and --bootstrap is needed.")
    try:
        if bootstrap is not None:
            transcript = run_session(bootstrap, kafka_version)
        else:
            broker = reference_broker(kafka_version) if who == "reference" else our_broker()
            with broker as address:
                transcript = run_session(address, kafka_version)
    except ReferenceUnavailable as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    file.write_text(transcript, encoding="utf-8")
    width = min(shutil.get_terminal_size().columns, 80)
    click.echo("-" * width + f"\n{file} is written.")


if __name__ == "__main__":
    main()
