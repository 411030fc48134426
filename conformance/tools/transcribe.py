"""Runs Apache Kafka's console tools, kcat and what a UI asks against a broker, and writes down what they print.

    python conformance/tools/transcribe.py --reference kafka-4.3.1.txt     against Apache Kafka, started for it
    python conformance/tools/transcribe.py --kafkaemu kafkaemu.txt         against our broker, started for it
    python conformance/tools/transcribe.py --bootstrap HOST:PORT out.txt   against any other, fresh

What is asked stands in session.txt, what is made equal before two transcripts are compared in normalise.py, and which
differences are meant in explained.py. Needs a JDK, Maven for the jars of the first run, kcat, and the development
environment's Python clients.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import resources
from pathlib import Path
from string import Template

import attrs
import click
from confluent_kafka import Consumer, KafkaError
from java_tools import TOOLS, JavaTools, Printed
from normalise import normalised

from kafkaconform.orphans import ends_with_parent
from kafkaconform.ports import unused_port
from kafkaconform.reference import DEFAULT_KAFKA_VERSION, Reference, ReferenceUnavailable
from kafkaconform.reference.harness import READY_LINES

TOOL_TIMEOUT_S = 60
JOIN_TIMEOUT_S = 20
#: Kafka answers a change before its brokers have applied it: how long the next step waits for that.
SETTLING_S = 0.4
CHANGES = ("--alter", "--create", "--delete", "--execute", "--verify")
SESSION = Path(__file__).with_name("session.txt")
#: Programs beside Java's tools, by the name they have in the session.
PROGRAMS = {
    "kcat": ["kcat"],
    "ui-queries.py": [sys.executable, str(Path(__file__).with_name("ui_queries.py"))],
}


@attrs.frozen
class Step:
    """One line of the session: a heading ``#``, a tool ``$``, a file ``@``, or a verb about members of groups."""

    verb: str
    line: str
    text: str = ""


def session_steps(script: str) -> list[Step]:
    """The session as steps; the comment before the first empty line is not part of it."""
    steps: list[Step] = []
    for line in script.partition("\n\n")[2].splitlines():
        verb, _, rest = line.partition(" ")
        if verb == "<":
            steps[-1] = attrs.evolve(steps[-1], text=f"{steps[-1].text}{rest}\n")
        elif verb:
            steps.append(Step(verb, rest))
    return steps


class Members:
    """Stock consumers that are in groups while tools look at them, polled by turns until all have what they are due."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._consumers: dict[str, Consumer] = {}

    def join(self, client_id: str, group: str, *topics: str) -> None:
        """Adds a consumer of this client id, and waits until every one of the session owns partitions."""
        consumer = Consumer(
            {
                "bootstrap.servers": self._bootstrap,
                "client.id": client_id,
                "group.id": group,
                "enable.auto.commit": False,
                "heartbeat.interval.ms": 100,
            }
        )
        consumer.subscribe(list(topics))
        self._consumers[client_id] = consumer
        self._settle(len(self._consumers))

    def leave(self, client_id: str) -> None:
        """Closes the consumer of this client id; those that stay take over."""
        self._consumers.pop(client_id).close()
        self._settle(len(self._consumers))

    def close(self) -> None:
        """Closes all."""
        while self._consumers:
            self._consumers.popitem()[1].close()

    def _settle(self, members: int) -> None:
        """Until the three partitions of the session's group are shared out among ``members``."""
        deadline = time.monotonic() + JOIN_TIMEOUT_S
        while members:
            for consumer in self._consumers.values():
                message = consumer.poll(0.05)
                error = message.error() if message is not None else None
                if error is not None and error.code() != KafkaError._PARTITION_EOF:
                    raise ReferenceUnavailable(f"A member could not read: {error}")
            owned = [len(consumer.assignment()) for consumer in self._consumers.values()]
            if all(owned) and sum(owned) == 3:
                return
            if time.monotonic() > deadline:
                raise ReferenceUnavailable(f"The members of a group own {owned} partitions, not 3 in all.")


def run_session(bootstrap: str, kafka_version: str, *, settling_s: float = SETTLING_S) -> str:
    """The transcript of session.txt against the broker at ``bootstrap``, with this pause after each change.

    Raises:
        ReferenceUnavailable: Java, its compiler, Maven or kcat is absent, or a consumer could not join.
    """
    parts = [f"Console tools of Apache Kafka {kafka_version}, and others\n"]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="session-")))
        java = stack.enter_context(JavaTools(kafka_version))
        members = Members(bootstrap)
        stack.callback(members.close)
        for step in session_steps(SESSION.read_text(encoding="utf-8")):
            if step.verb == "$":
                started = time.monotonic()
                printed = run_tool(java, step, bootstrap, folder)
                output = normalised(printed.output, bootstrap, folder, step.line)
                parts.append(f"$ {step.line}\n{output}({printed.ending})\n")
                time.sleep(settling_s if any(change in step.line for change in CHANGES) else 0)
                click.echo(f"{time.monotonic() - started:5.1f} s  {step.line}: {printed.ending}", err=True)
            elif step.verb == "@":
                name, _, content = step.line.partition(" ")
                (folder / name).write_text(content + "\n", encoding="utf-8")
            elif step.verb == "#":
                parts.append(f"# {step.line}\n")
            else:
                getattr(members, step.verb)(*step.line.split())
                parts.append(f"{step.verb} {step.line}\n")
    return "\n".join(parts)


def run_tool(java: JavaTools, step: Step, bootstrap: str, folder: Path) -> Printed:
    """What the tool of a step prints."""
    tool, *words = shlex.split(step.line)
    words = [word.replace("HOST:PORT", bootstrap) for word in words]
    words = [str(folder / word) if (folder / word).is_file() else word for word in words]
    if tool in TOOLS:
        if "HOST:PORT" not in step.line:
            words = ["--bootstrap-server", bootstrap, *words]
        return java.run(tool, words, step.text)
    return run_program([*PROGRAMS[tool], *words], step.text)


def run_program(command: Sequence[str], text: str) -> Printed:
    """What a program prints on either stream."""
    try:
        finished = subprocess.run(
            command,
            input=text,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TOOL_TIMEOUT_S,
            check=False,
        )
    except FileNotFoundError:
        raise ReferenceUnavailable(f"'{command[0]}' is not on the PATH: install it.") from None
    except subprocess.TimeoutExpired:
        return Printed("", f"still running after {TOOL_TIMEOUT_S} s")
    return Printed(finished.stdout, f"exit code {finished.returncode}")


@contextmanager
def reference_broker(kafka_version: str) -> Iterator[str]:
    """Apache Kafka on a free port."""
    node = Reference(kafka_version, unused_port(), is_tied=True)
    node.start()
    try:
        yield node.bootstrap
    finally:
        node.stop()


@contextmanager
def our_broker() -> Iterator[str]:
    """kafkaemu on free ports, started from the properties that Kafka is started with."""
    template = Template((resources.files("kafkaconform.reference") / "reference.properties").read_text())
    with tempfile.TemporaryDirectory() as folder:
        port = unused_port()
        data, properties = Path(folder, f"node-{port}", "data"), Path(folder, "server.properties")
        properties.write_text(template.substitute(port=port, controller_port=unused_port(), data_dir=data, extra=""))
        command = [sys.executable, "-m", "kafkaemu", "serve", "--config", str(properties)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=ends_with_parent()
        ) as process:
            assert process.stdout is not None
            try:
                printed = []
                for line in process.stdout:
                    printed.append(line)
                    if any(ready in line for ready in READY_LINES):
                        break
                else:
                    raise ReferenceUnavailable(f"kafkaemu did not come up:\n{''.join(printed)}")
                yield f"127.0.0.1:{port}"
            finally:
                process.terminate()


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
                # Ours has applied a change when it answers, and is held to that.
                transcript = run_session(address, kafka_version, settling_s=0 if who == "kafkaemu" else SETTLING_S)
    except ReferenceUnavailable as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    file.write_text(transcript, encoding="utf-8")
    click.echo(f"{file} is written.")


if __name__ == "__main__":
    main()
