"""``kafkaemu serve``: run a broker until a signal comes."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from kafkaemu.cli.errors import UsageError
from kafkaemu.cli.options import Command, Option
from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.listeners import Listeners, parse_listeners
from kafkaemu.config.profiles import CURRENT, Profile, profile_of
from kafkaemu.config.sources import load
from kafkaemu.config.values import ConfigError

DEFAULT_PORT = 9092
LEVELS = ("debug", "info", "warn", "error")
MEMORY_LIMIT_BYTES_MIN = 1 << 20
_ABOUT_LISTENERS = ("advertised.listeners", "inter.broker.listener.name", "security.inter.broker.protocol")
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}

COMMAND = Command(
    "serve",
    "Run a broker until it gets SIGTERM or SIGINT (Ctrl-C).",
    (
        Option("--port", "PORT", f"port to listen on ({DEFAULT_PORT}); 0 finds a free one"),
        Option("--host", "HOST", "address to listen on (localhost: both loopbacks)"),
        Option("--listeners", "LIST", "several listeners, as Kafka's listeners: NAME://HOST:PORT,..."),
        Option("--advertised-listeners", "LIST", "what clients are told to connect to: NAME://HOST:PORT,..."),
        Option(
            "--topic", "NAME[:PARTITIONS]", "a topic that exists before the first client may connect", repeated=True
        ),
        Option("--set", "KEY=VALUE", "a broker configuration of Kafka", repeated=True),
        Option("--config", "FILE", "a server.properties file"),
        Option("--log-level", "LEVEL", f"{', '.join(LEVELS)} (info)"),
        Option("--as-version", "RELEASE", "pass for an older release of Kafka, such as 3.9, 3.3 or 2.8 (4.3)"),
        Option("--memory-limit", "BYTES", "memory for records, as 512M or 2G (half of the machine's)"),
    ),
    "--set overrides the file, the other options override both. With --port, --host or --listeners,\n"
    "nothing that the file says of listeners counts, what it advertises included.",
)


def serve(arguments: Sequence[str]) -> int:
    """Run ``kafkaemu serve``; returns the exit code. Raises `UsageError`."""
    values = COMMAND.parse(arguments)
    if values is None:
        print(COMMAND.help())
        return 0
    level = _one(values, "--log-level", "info").lower()
    if level not in LEVELS:
        raise UsageError(f"--log-level is one of {', '.join(LEVELS)}, not {level!r}")
    topics = [_topic(text) for text in values.get("--topic", [])]
    limit_bytes = _bytes(values["--memory-limit"][0]) if "--memory-limit" in values else None
    profile = _profile(values["--as-version"][0]) if "--as-version" in values else CURRENT
    config, listeners, warnings = configured(values)
    if not profile.is_tested:
        warnings += (f"--as-version {profile.release} is untested: no recorded answers of that release prove it",)
    return _run(config, listeners, warnings, topics, level, limit_bytes, profile)


def configured(values: dict[str, list[str]]) -> tuple[BrokerConfig, Listeners, tuple[str, ...]]:
    """Configuration, listeners and sentences of warning of the options by name. Raises `UsageError`."""
    from kafkaemu.world.real.disk import RealDisk

    flags = _flags(values)
    try:
        sources = load(
            RealDisk(),
            properties_file=_one(values, "--config", None),
            settings=values.get("--set", []),
            flags=flags,
            # Where to listen is said anew: the names and addresses that the file has for it mean nothing then.
            forget=_forgotten(values),
        )
        sources.overrides.setdefault("listeners", f"PLAINTEXT://localhost:{DEFAULT_PORT}")
        config = BrokerConfig(sources.overrides)
        return config, parse_listeners(config), sources.warnings
    except ConfigError as error:
        raise UsageError(str(error)) from None


def _run(
    config: BrokerConfig,
    listeners: Listeners,
    warnings: tuple[str, ...],
    topics: list[tuple[str, int | None]],
    level: str,
    limit_bytes: int | None,
    profile: Profile,
) -> int:
    import gc
    import logging

    # What is imported stays: collecting it over and over is a tenth of the start.
    gc.disable()
    from kafkaemu import cluster
    from kafkaemu.broker import Broker, CannotStart
    from kafkaemu.server.listeners import CannotListen
    from kafkaemu.world.real import RealWorld
    from kafkaemu.world.real.machine import memory_bytes

    gc.freeze()
    gc.enable()
    cluster.configure_logging(level.upper())
    for warning in warnings:
        logging.getLogger("kafkaemu").warning(warning)
    try:
        if limit_bytes is None and (total_bytes := memory_bytes()) is not None:
            limit_bytes = total_bytes // 2
        broker = Broker(RealWorld(), config, topics=topics, memory_limit_bytes=limit_bytes, profile=profile)
        cluster.run(broker, listeners)
    except CannotStart as error:
        raise UsageError(str(error)) from None
    except CannotListen as error:
        print(f"kafkaemu: {error}", file=sys.stderr)
        return 1
    return 0


def _one(values: dict[str, list[str]], name: str, default: str | None) -> str:
    return values[name][0] if name in values else default  # type: ignore[return-value]


def _flags(values: dict[str, list[str]]) -> dict[str, str]:
    """What the options say in the terms of the configuration."""
    flags: dict[str, str] = {}
    if "--listeners" in values:
        if "--port" in values or "--host" in values:
            raise UsageError("--listeners says hosts and ports: leave out --host and --port")
        flags["listeners"] = values["--listeners"][0]
    elif "--port" in values or "--host" in values:
        port = _port(_one(values, "--port", str(DEFAULT_PORT)))
        host = _one(values, "--host", "localhost")
        if not host:
            raise UsageError("--host is empty: say localhost, 0.0.0.0 or an address of this machine")
        flags["listeners"] = f"PLAINTEXT://{f'[{host}]' if ':' in host else host}:{port}"
        if host == "0.0.0.0" and "--advertised-listeners" not in values:
            flags["advertised.listeners"] = f"PLAINTEXT://localhost:{port}"
    if "--advertised-listeners" in values:
        flags["advertised.listeners"] = values["--advertised-listeners"][0]
    return flags


def _forgotten(values: dict[str, list[str]]) -> tuple[str, ...]:
    """What a properties file says of listeners besides where they are, if the command line says where to listen."""
    if "--port" in values or "--host" in values:
        return (*_ABOUT_LISTENERS, "listener.security.protocol.map")
    return _ABOUT_LISTENERS if "--listeners" in values else ()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= 65535):
        raise UsageError(f"--port is a number from 0 to 65535, not {text!r}")
    return int(text)


def _profile(release: str) -> Profile:
    from kafkawire.releases import UnknownRelease

    try:
        return profile_of(release)
    except UnknownRelease as error:
        raise UsageError(f"--as-version: {error}") from None


def _topic(text: str) -> tuple[str, int | None]:
    name, colon, partitions = text.rpartition(":")
    if not colon:
        return text, None
    if not (partitions.isascii() and partitions.isdecimal() and int(partitions) > 0):
        raise UsageError(f"--topic is NAME or NAME:PARTITIONS with at least one partition, not {text!r}")
    return name, int(partitions)


def _bytes(text: str) -> int:
    number, unit = text, ""
    if text and text[-1].upper() in _UNITS:
        number, unit = text[:-1], text[-1].upper()
    if not (number.isascii() and number.isdecimal() and int(number) > 0):
        raise UsageError(f"--memory-limit is a number of bytes, or as 512M or 2G, not {text!r}")
    limit_bytes = int(number) * _UNITS[unit]
    if limit_bytes < MEMORY_LIMIT_BYTES_MIN:
        raise UsageError(f"--memory-limit is at least 1M, not {text}")
    return limit_bytes
