"""``kafkaconform clients``: installs stock clients and runs them."""

import secrets
import sys

import click

from kafkaconform.scenarios.catalogue import CLIENTS
from kafkaconform.scenarios.driver import RESTART, ScenarioClient, ScenarioUnavailable, run_scenarios


@click.group()
def clients() -> None:
    """Run stock clients as released: each does what applications do, and says what went wrong."""


@clients.command("list")
def list_clients() -> None:
    """Name every client, and say how to install those that are not here."""
    for client in CLIENTS.values():
        click.echo(client.missing() or f"{client.name} is installed")


@clients.command()
@click.argument("names", nargs=-1)
def install(names: tuple[str, ...]) -> None:
    """Install clients into the cache, all of them where none is named."""
    failed = False
    for client in _chosen_clients(names):
        try:
            client.install()
            click.echo(f"{client.name} is installed in {client.folder}")
        except ScenarioUnavailable as absent:
            click.echo(str(absent), err=True)
            failed = True
    sys.exit(failed)


@clients.command()
@click.argument("names", nargs=-1)
@click.option("--bootstrap", default="127.0.0.1:9092", show_default=True, help="The broker, HOST:PORT.")
def run(names: tuple[str, ...], bootstrap: str) -> None:
    """Run clients against a broker, all of them where none is named; exit code 1 where a check failed."""
    from kafkaconform.reach import why_unreachable
    from kafkaconform.wire import parse_address

    chosen, failed = _chosen_clients(names), False
    try:
        gone = why_unreachable(*parse_address(bootstrap))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--bootstrap") from None
    if gone:
        click.echo(gone, err=True)
        sys.exit(2)
    for client in chosen:
        if (reason := client.missing()) is not None:
            click.echo(f"not run: {reason}")
            continue
        for result in run_scenarios(client, bootstrap, f"{client.name}-{secrets.token_hex(4)}"):
            click.echo(f"{client.name} {result.check}: {'ok' if result.ok else 'FAILED'}: {result.detail}")
            failed |= not result.ok
        if RESTART in client.checks:
            click.echo(f"{client.name} {RESTART}: not run: it is for 'kafkaconform run --start'")
    sys.exit(failed)


def _chosen_clients(names: tuple[str, ...]) -> list[ScenarioClient]:
    for name in names:
        if name not in CLIENTS:
            raise click.BadParameter(f"there is no client {name}: choose from {', '.join(CLIENTS)}.")
    return [CLIENTS[name] for name in names or CLIENTS]
