"""The ``kafkaconform`` command: argument parsing and printing only."""

import importlib.util
import json
import signal
import sys
from pathlib import Path
from typing import NoReturn

import click

from kafkaconform.reference import DEFAULT_KAFKA_VERSION, Reference, ReferenceUnavailable
from kafkaconform.scenarios.cli import clients

_version_option = click.option(
    "--kafka-version",
    default=DEFAULT_KAFKA_VERSION,
    show_default=True,
    help="The release of Apache Kafka.",
)
_port_option = click.option(
    "--port", default=9092, show_default=True, type=click.IntRange(1, 65535), help="Its port on 127.0.0.1."
)
_file = click.Path(path_type=Path)
#: What shells say of a program that Ctrl-C has ended, and here SIGTERM, too. A run in which something failed has another one.
INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Compare what a broker answers with what Apache Kafka answers."""


main.add_command(clients)


@main.group()
def reference() -> None:
    """Run Apache Kafka itself (needs Java and Maven)."""


@reference.command()
@_version_option
@_port_option
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="A broker config on top of the harness's own; may be repeated.",
)
def start(kafka_version: str, port: int, settings: tuple[str, ...]) -> None:
    """Start a fresh node and wait until it serves."""
    overrides = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise click.BadParameter(f"{setting!r} is not KEY=VALUE.", param_hint="--set")
        overrides[key] = value
    node = Reference(kafka_version, port)
    try:
        pid = node.start(overrides)
    except ReferenceUnavailable as error:
        _fail(str(error))
    click.echo(
        f"Apache Kafka {kafka_version} serves on {node.bootstrap}, its "
        f"{'ZooKeeper' if node.uses_zookeeper else 'controller'} on {node.controller} "
        f"(pid {pid}, log {node.log_file})."
    )


@reference.command()
@_version_option
@_port_option
def stop(kafka_version: str, port: int) -> None:
    """Stop a node that 'start' began."""
    node = Reference(kafka_version, port)
    if node.stop():
        click.echo(f"Apache Kafka {kafka_version} on {node.bootstrap} is stopped.")
    else:
        click.echo(f"No Apache Kafka {kafka_version} of ours runs on {node.bootstrap}.")


@main.command()
@click.option("--bootstrap", default="127.0.0.1:9092", show_default=True, help="The reference, HOST:PORT.")
@click.option(
    "--only", multiple=True, metavar="GLOB", help="Probes by path, such as 'produce/*'; or an API; may be repeated."
)
@click.option("--kafka-version", default=DEFAULT_KAFKA_VERSION, show_default=True, help="The release that runs there.")
@click.option(
    "--goldens",
    default=Path("conformance/goldens"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to store what it answers.",
)
def record(bootstrap: str, only: tuple[str, ...], kafka_version: str, goldens: Path) -> None:
    """Record the answers of a real broker, each probe twice."""
    _require_extra()
    from kafkaconform.recorder import record_all
    from kafkawire.releases import UnknownRelease, declared

    try:
        declared(kafka_version)
    except UnknownRelease as error:
        _fail(f"--kafka-version: {error}")
    host, port = _address(bootstrap)
    try:
        goldens.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _fail(f"Answers cannot be stored in {goldens}: {error.strerror}.")
    sys.exit(record_all(host, port, only=only, release=kafka_version, folder=goldens))


@main.command()
@click.option("--bootstrap", default="127.0.0.1:9092", show_default=True, help="The broker to judge, HOST:PORT.")
@click.option(
    "--only", multiple=True, metavar="GLOB", help="Checks by path, such as 'fetch/*'; or an API; may be repeated."
)
@click.option("--as-version", default=DEFAULT_KAFKA_VERSION, show_default=True, help="The release it should be like.")
@click.option(
    "--kinds", default="probe,scenario,history", show_default=True, help="Kinds of checks, with commas between them."
)
@click.option(
    "--client",
    "clients",
    multiple=True,
    metavar="NAME",
    help="Of the scenarios only those of this client; may be repeated.",
)
@click.option(
    "--known", type=_file, help="A TOML file of accepted differences; kafkaemu: the list that kafkaemu keeps."
)
@click.option(
    "--write-known",
    type=_file,
    help="Where to write what is not accepted yet as such a file, for you to give the reasons.",
)
@click.option("--json", "json_file", type=_file, help="Where to write the run as JSON.")
@click.option("--junit", "junit_file", type=_file, help="Where to write the run as JUnit XML.")
@click.option("--html", "html_file", type=_file, help="Where to write the run as a page to read.")
@click.option(
    "--beside", metavar="HOST:PORT", help="Another broker, whose answers are expected instead of recorded ones."
)
@click.option(
    "--start", metavar="COMMAND", help="Brings the broker up: run where nobody answers, and again when it is gone."
)
@click.option("--unoffered", is_flag=True, help="Ask also what the broker does not offer in ApiVersions.")
@click.option("--goldens", type=click.Path(file_okay=False, path_type=Path), help="Recorded answers other than ours.")
def run(
    bootstrap: str,
    only: tuple[str, ...],
    as_version: str,
    kinds: str,
    clients: tuple[str, ...],
    known: Path | None,
    write_known: Path | None,
    json_file: Path | None,
    junit_file: Path | None,
    html_file: Path | None,
    beside: str | None,
    start: str | None,
    unoffered: bool,
    goldens: Path | None,
) -> None:
    """Judge any broker by what Apache Kafka answers; exit code 0 where nothing differs, 1 where something does."""
    _require_extra()
    from kafkaconform.checks import Target
    from kafkaconform.goldens import with_patch
    from kafkaconform.known import BadKnownList
    from kafkaconform.peers import Peers
    from kafkaconform.results import Kind
    from kafkaconform.run_command import CannotRun, Files, Selection
    from kafkaconform.run_command import run as run_command
    from kafkaconform.scenario_checks import UnknownClient
    from kafkaconform.shipped import shipped_goldens, shipped_known

    try:
        chosen = frozenset(Kind(kind.strip()) for kind in kinds.split(","))
    except ValueError as error:
        raise click.BadParameter(f"{error}: it is one of {', '.join(Kind)}.", param_hint="--kinds") from None
    host, port = _address(bootstrap)
    other = _address(beside, "--beside") if beside else None
    peers = Peers(asks_unoffered=unoffered)
    folder = goldens or shipped_goldens()
    target = Target(host, port, with_patch(folder, as_version), folder, beside=other, peers=peers)
    selection = Selection(only=only, kinds=chosen, clients=clients)
    accepted = shipped_known() if known == Path("kafkaemu") else known
    files = Files(known=accepted, write_known=write_known, json=json_file, junit=junit_file, html=html_file)
    # Whoever ends it, what it has begun is ended in order.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(run_command(target, selection, files, start=start))
    except (BadKnownList, CannotRun, UnknownClient) as error:
        _fail(str(error), 2)
    except KeyboardInterrupt:
        _fail("Interrupted: what the checks have set on brokers is put back, no report is written.", INTERRUPTED)
    finally:
        signal.signal(signal.SIGTERM, before)


@main.command()
@click.argument("before", type=_file)
@click.argument("after", type=_file)
@click.option("--json", "json_file", type=_file, help="Where to write what changed as JSON.")
def compare(before: Path, after: Path, json_file: Path | None) -> None:
    """Tell what changed between two runs that were written with --json; exit code 0 where nothing did, 1 where something did."""
    from kafkaconform.compare import BadReport, changes, read_run, report

    try:
        old, new = read_run(before), read_run(after)
        found = changes(old, new)
        if json_file is not None:
            json_file.write_text(
                json.dumps([change.to_json() for change in found], ensure_ascii=False), encoding="utf-8"
            )
    except BadReport as error:
        _fail(str(error), 2)
    except OSError as error:
        _fail(f"{json_file} cannot be written: {error.strerror}.", 2)
    for line in report(old, new, found):
        click.echo(line)
    sys.exit(1 if found else 0)


def _address(address: str, option: str = "--bootstrap") -> tuple[str, int]:
    from kafkaconform.wire import parse_address

    try:
        return parse_address(address)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None


def _require_extra() -> None:
    if any(importlib.util.find_spec(name) is None for name in ("rich", "jinja2")):
        _fail("This needs the conformance extra: pip install 'kafkaemu[conformance]'")


def _fail(sentence: str, code: int = 1) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
