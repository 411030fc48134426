"""The ``kafkaemu`` command. Nothing is imported before the sub-command that needs it is known: ``serve`` starts in a blink."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from kafkaemu.cli.errors import UsageError

USAGE = """\
Usage: kafkaemu COMMAND [OPTION]...

A Kafka-compatible broker in one process, for tests and development.

Commands:
  serve      run a broker, on localhost:9092 unless told otherwise
  ready      tell whether a broker answers: exit code 0 if it does, 1 if not

`kafkaemu COMMAND --help` lists the options of a command, `kafkaemu --version` prints the version.
"""


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code. Raises `UsageError`."""
    if not arguments or arguments[0] in ("--help", "-h", "help"):
        print(USAGE, end="")
        return 0
    command, *rest = arguments
    if command in ("--version", "-V"):
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"kafkaemu {version('kafkaemu')}")
        except PackageNotFoundError:
            print("kafkaemu, run from a source tree without being installed")
        return 0
    if command == "serve":
        from kafkaemu.cli.serve import serve

        return serve(rest)
    if command == "ready":
        from kafkaemu.cli.ready import ready

        return ready(rest)
    raise UsageError(f"there is no command {command!r}: the commands are serve and ready")


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: prints the sentence of a `UsageError` to standard error and exits."""
    try:
        code = run(sys.argv[1:] if arguments is None else arguments)
    except UsageError as error:
        print(f"kafkaemu: {error}", file=sys.stderr)
        code = 2
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
