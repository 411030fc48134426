"""``kafkaemu ready``: does a broker answer?"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from kafkaemu.cli.errors import UsageError
from kafkaemu.cli.options import Command, Option

COMMAND = Command(
    "ready",
    "Ask a broker for its versions and its metadata: exit code 0 if it answers, 1 if it does not.",
    (
        Option("--bootstrap", "HOST:PORT", "the broker to ask (localhost:9092)"),
        Option("--timeout", "SECONDS", "how long to wait for the answers (5)"),
        Option("--wait", "SECONDS", "how long to keep asking one that does not answer yet (0)"),
    ),
)


def ready(arguments: Sequence[str]) -> int:
    """Run ``kafkaemu ready``; returns the exit code. Raises `UsageError`."""
    values = COMMAND.parse(arguments)
    if values is None:
        print(COMMAND.help())
        return 0
    text = values.get("--bootstrap", ["localhost:9092"])[0]
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not (port.isascii() and port.isdecimal() and 0 < int(port) <= 65535):
        raise UsageError(f"--bootstrap is HOST:PORT, not {text!r}")
    timeout_s = _seconds(values, "--timeout", "5")
    if timeout_s == 0:
        raise UsageError("--timeout is at least one second")
    wait_s = _seconds(values, "--wait", "0")
    from kafkaemu.cluster import is_ready

    sentence = is_ready(host, int(port), timeout_s, wait_s)
    if sentence is not None:
        print(f"kafkaemu: {sentence}", file=sys.stderr)
        return 1
    print(f"{text} is ready")
    return 0


def _seconds(values: dict[str, list[str]], name: str, default: str) -> int:
    text = values.get(name, [default])[0]
    if not (text.isascii() and text.isdecimal()):
        raise UsageError(f"{name} is a whole number of seconds, not {text!r}")
    return int(text)
