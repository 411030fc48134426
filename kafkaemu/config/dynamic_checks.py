"""Whether a running broker can become what it is asked to be (KafkaConfig.validateValues and the reconfigurable parts of
DynamicBrokerConfig), with the reference's sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.checks import ADDRESS_LIMITS, address_limits, check_groups, check_together
from kafkaemu.config.synonyms import overridden
from kafkaemu.config.table import BROKER
from kafkaemu.config.values import ConfigError, invalid

#: Sizes of thread pools, which may at most be doubled or halved at once (DynamicThreadPool).
THREAD_POOLS = (
    "num.io.threads",
    "num.network.threads",
    "num.replica.fetchers",
    "num.recovery.threads.per.data.dir",
    "background.threads",
    "remote.log.manager.copier.thread.pool.size",
    "remote.log.manager.expiration.thread.pool.size",
    "remote.log.manager.follower.thread.pool.size",
    "remote.log.reader.threads",
)
_POSITIVE = ("max.connections", "max.connection.creation.rate")
_LISTENER_KEY = r"listener\.name\.[^.]*\.(.*)"


def base_name(name: str) -> str:
    """A key without its listener's prefix."""
    match = re.fullmatch(_LISTENER_KEY, name)
    return match[1] if match else name


class Candidate:
    """What a broker's configuration would be with ``configs`` as all that is set at run time for it, or for all brokers."""

    def __init__(self, config: BrokerConfig, configs: Mapping[str, str], *, is_default: bool) -> None:
        self._config = config
        own, default = (config.dynamic, configs) if is_default else (configs, config.dynamic_default)
        self._texts = overridden(overridden(config.static, default), own)

    def __getitem__(self, name: str) -> Any:
        key = self._config.broker_keys.get(name)
        if key is None:
            # What the release does not know yet cannot be changed.
            return self._config[name]
        text = self._texts.get(name)
        return key.default if text is None else key.parse(text)

    def is_set(self, name: str) -> bool:
        """Whether the key has a value of its own."""
        return name in self._texts


def check_change(config: BrokerConfig, configs: Mapping[str, str], *, is_default: bool) -> None:
    """Raise `ConfigError` for dynamic configs, each a value its key takes, that do not go together or cannot be had while running."""
    candidate = Candidate(config, configs, is_default=is_default)
    if candidate.is_set("log.cleaner.threads") and candidate["log.cleaner.threads"] == 0:
        # The reference divides its buffer by them, and says what Java says.
        raise ConfigError("/ by zero")
    address_limits(candidate[ADDRESS_LIMITS])
    try:
        check_together(candidate)
    except ConfigError as error:
        raise ConfigError(f"requirement failed: {error}") from None
    check_groups(candidate)
    for reason in _refusals(config, candidate, configs):
        # The reference wraps its sentence into an exception's, and that into another's.
        exception = f"org.apache.kafka.common.config.ConfigException: {reason}"
        raise ConfigError(f"Invalid value {exception} for configuration Invalid dynamic configuration")


def _refusals(config: BrokerConfig, candidate: Candidate, configs: Mapping[str, str]) -> Iterator[str]:
    numbers = [(name, base_name(name), text) for name, text in configs.items()]
    yield from (f"Invalid {base} {text}" for _, base, text in numbers if base in _POSITIVE and int(text) <= 0)
    for name in THREAD_POOLS:
        # What then counts, wherever it is set: a broker's own size hides that of all brokers.
        yield from _pool(name, candidate[name], config[name])
    for name, base, text in numbers:
        if base in THREAD_POOLS and base != name:
            yield from _pool(base, int(text), config[base])
    yield from _cleaner(candidate["log.cleaner.threads"], config["log.cleaner.threads"])
    yield from _local_retention(candidate, "ms", _retention_ms(candidate))
    yield from _local_retention(candidate, "bytes", candidate["log.retention.bytes"])
    if candidate.is_set("metric.reporters"):
        default = BROKER["metric.reporters"].default
        assert isinstance(default, tuple)
        if not set(candidate["metric.reporters"]) <= set(default):
            yield (
                "Validation of dynamic config update of Set(metric.reporters) failed with class class "
                "kafka.server.DynamicMetricsReporters"
            )


def _pool(name: str, new: int, current: int) -> Iterator[str]:
    if new == current:
        return
    failed = f"Dynamic thread count update validation failed for {name}={new}"
    if new < current // 2:
        yield f"{failed}, value should be at least half the current value {current}"
    elif new > current * 2:
        yield f"{failed}, value should not be greater than double the current value {current}"


def _cleaner(new: int, current: int) -> Iterator[str]:
    if new < current // 2:
        yield f"Log cleaner threads cannot be reduced to less than half the current value {current}"
    elif new > current * 2:
        yield f"Log cleaner threads cannot be increased to more than double the current value {current}"


def _retention_ms(candidate: Candidate) -> int:
    """How long logs would keep records, in milliseconds; -1: for ever."""
    for key, factor in (("log.retention.ms", 1), ("log.retention.minutes", 60_000), ("log.retention.hours", 3_600_000)):
        value = candidate[key]
        if value is not None:
            return int(value) * factor if value >= 0 else -1
    return -1


def _local_retention(candidate: Candidate, unit: str, total: int) -> Iterator[str]:
    name, bound = f"log.local.retention.{unit}", f"log.retention.{unit}"
    local = candidate[name]
    if total == -1 or local == -2:
        return
    if local == -1:
        yield str(invalid(name, local, f"Value must not be -1 as {bound} value is set as {total}."))
    elif local > total:
        yield str(invalid(name, local, f"Value must not be more than {bound} property value: {total}"))
