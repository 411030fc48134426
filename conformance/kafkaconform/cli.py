"""The ``kafkaconform`` command: argument parsing and printing only."""

import importlib.util
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
@click.option("--only", default="*", metavar="GLOB", help="Probes by path, such as 'produce/*'; or an API.")
@click.option("--kafka-version", default=DEFAULT_KAFKA_VERSION, show_default=True, help="The release that runs there.")
@click.option(
    "--goldens",
    default=Path("conformance/goldens"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to store what it answers.",
)
def record(bootstrap: str, only: str, kafka_version: str, goldens: Path) -> None:
    """Record the answers of a real broker, each probe twice."""
    _require_extra()
    from kafkaconform.recorder import record_all
    from kafkawire.releases import UnknownRelease, declared

    try:
        declared(kafka_version)
    except UnknownRelease as error:
        _fail(f"--kafka-version: {error}")
    host, port = _address(bootstrap)
    sys.exit(record_all(host, port, only=only, release=kafka_version, folder=goldens))


@main.command()
@click.option("--bootstrap", default="127.0.0.1:9092", show_default=True, help="The broker to judge, HOST:PORT.")
@click.option("--only", default="*", metavar="GLOB", help="Checks by path, such as 'fetch/*'; or an API.")
@click.option("--as-version", default=DEFAULT_KAFKA_VERSION, show_default=True, help="The release it should be like.")
@click.option("--kinds", default="probe", show_default=True, help="Kinds of checks: probe, scenario, history.")
@click.option("--known", type=click.Path(path_type=Path), help="A TOML file of accepted differences.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Where to write the run as JSON.")
@click.option("--goldens", type=click.Path(file_okay=False, path_type=Path), help="Recorded answers other than ours.")
def run(
    bootstrap: str,
    only: str,
    as_version: str,
    kinds: str,
    known: Path | None,
    json_file: Path | None,
    goldens: Path | None,
) -> None:
    """Judge any broker by what Apache Kafka answers; exit code 0 where nothing differs."""
    _require_extra()
    from kafkaconform.checks import Target
    from kafkaconform.goldens import shipped_goldens
    from kafkaconform.known import BadKnownList
    from kafkaconform.results import Kind
    from kafkaconform.run_command import CannotRun
    from kafkaconform.run_command import run as run_command

    try:
        chosen = {Kind(kind.strip()) for kind in kinds.split(",")}
    except ValueError as error:
        raise click.BadParameter(f"{error}: it is one of {', '.join(Kind)}.", param_hint="--kinds") from None
    host, port = _address(bootstrap)
    target = Target(host, port, as_version, goldens or shipped_goldens())
    try:
        sys.exit(run_command(target, only=only, kinds=chosen, known_file=known, json_file=json_file))
    except (BadKnownList, CannotRun) as error:
        _fail(str(error), 2)


def _address(bootstrap: str) -> tuple[str, int]:
    host, _, port = bootstrap.rpartition(":")
    if not host or not port.isdecimal():
        raise click.BadParameter(f"{bootstrap!r} is not HOST:PORT.", param_hint="--bootstrap")
    return host, int(port)


def _require_extra() -> None:
    if importlib.util.find_spec("rich") is None:
        _fail("This needs the conformance extra: pip install 'kafkaemu[conformance]'")


def _fail(sentence: str, code: int = 1) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
