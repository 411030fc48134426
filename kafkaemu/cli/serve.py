"""``kafkaemu serve``: run a broker until a signal comes."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import attrs

from kafkaemu.cli.errors import UsageError
from kafkaemu.cli.options import Command, Option
from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.listeners import Listeners, parse_listeners
from kafkaemu.config.profiles import CURRENT, Profile
from kafkaemu.config.releases import profile_of
from kafkaemu.config.sources import load
from kafkaemu.config.unbuilt import check_built, check_spoken, warnings_of
from kafkaemu.config.values import ConfigError

DEFAULT_HOST, DEFAULT_PORT = "localhost", 9092
#: Where to listen if nothing else says it: a container sets it to 0.0.0.0.
HOST_VARIABLE = "KAFKAEMU_HOST"
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
    "KAFKA_* variables override the file, --set overrides both, the other options override all three.\n"
    "With --port, --host or --listeners, nothing that file and variables say of listeners counts.",
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
    setup = configured(values, os.environ)
    if not profile.is_tested:
        untested = f"--as-version {profile.release} is untested: no recorded answers of that release prove it"
        setup = attrs.evolve(setup, warnings=(*setup.warnings, untested))
    return _run(setup, topics, level, limit_bytes, profile)


@attrs.frozen(eq=False, repr=False)
class Setup:
    """What options, file and environment come to: ``taken`` are the variables that count, ``warnings`` sentences for the log."""

    config: BrokerConfig
    listeners: Listeners
    warnings: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    cluster_id: str | None = None


def configured(values: dict[str, list[str]], environ: Mapping[str, str] = MappingProxyType({})) -> Setup:
    """What the options by name, and these variables, come to. Raises `UsageError`."""
    from kafkaemu.world.real.disk import RealDisk

    default_host = environ.get(HOST_VARIABLE) or DEFAULT_HOST
    flags = _flags(values, default_host)
    environment = None
    if any(name.startswith("KAFKA_") for name in environ):
        from kafkaemu.config.environment import read_environment, where_advertised

        environment = read_environment(environ)
    try:
        sources = load(
            RealDisk(),
            properties_file=_one(values, "--config", None),
            environment=environment,
            settings=values.get("--set", []),
            flags=flags,
            # Where to listen is said anew: the names and addresses that others have for it mean nothing then.
            forget=_forgotten(values),
        )
    except ConfigError as error:
        raise UsageError(str(error)) from None
    overrides = sources.overrides
    if "listeners" not in overrides and environment is not None and "advertised.listeners" in environment.settings:
        overrides["listeners"] = where_advertised(overrides["advertised.listeners"])
    elif "listeners" not in overrides:
        overrides.update({**_listeners(default_host, DEFAULT_PORT), **overrides})
    try:
        config = BrokerConfig(overrides)
        check_built(config)
        listeners = parse_listeners(config)
        check_spoken(listeners)
    except ConfigError as error:
        raise UsageError(str(sources.explain(error))) from None
    warnings = (*sources.warnings, *warnings_of(config))
    if environment is None:
        return Setup(config, listeners, warnings)
    return Setup(config, listeners, warnings, tuple(environment.taken), environment.cluster_id)


def _run(
    setup: Setup, topics: list[tuple[str, int | None]], level: str, limit_bytes: int | None, profile: Profile
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
    logger = logging.getLogger("kafkaemu")
    if setup.taken:
        logger.info("Configured by the environment: %s", ", ".join(setup.taken))
    for warning in setup.warnings:
        logger.warning(warning)
    try:
        if limit_bytes is None and (total_bytes := memory_bytes()) is not None:
            limit_bytes = total_bytes // 2
        broker = Broker(
            RealWorld(),
            setup.config,
            topics=topics,
            memory_limit_bytes=limit_bytes,
            profile=profile,
            cluster_id=setup.cluster_id,
        )
        cluster.run(broker, setup.listeners)
    except (CannotStart, ConfigError) as error:
        raise UsageError(str(error)) from None
    except CannotListen as error:
        print(f"kafkaemu: {error}", file=sys.stderr)
        return 1
    return 0


def _one(values: dict[str, list[str]], name: str, default: str | None) -> str:
    return values[name][0] if name in values else default  # type: ignore[return-value]


def _listeners(host: str, port: int) -> dict[str, str]:
    """One listener for everybody, in the terms of the configuration."""
    listeners = {"listeners": f"PLAINTEXT://{f'[{host}]' if ':' in host else host}:{port}"}
    if host == "0.0.0.0":
        listeners["advertised.listeners"] = f"PLAINTEXT://localhost:{port}"
    return listeners


def _flags(values: dict[str, list[str]], default_host: str) -> dict[str, str]:
    """What the options say in the terms of the configuration."""
    flags: dict[str, str] = {}
    if "--listeners" in values:
        if "--port" in values or "--host" in values:
            raise UsageError("--listeners says hosts and ports: leave out --host and --port")
        flags["listeners"] = values["--listeners"][0]
    elif "--port" in values or "--host" in values:
        port = _port(_one(values, "--port", str(DEFAULT_PORT)))
        host = _one(values, "--host", default_host)
        if not host:
            raise UsageError("--host is empty: say localhost, 0.0.0.0 or an address of this machine")
        flags.update(_listeners(host, port))
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
