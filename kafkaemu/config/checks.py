"""Broker values that must go together (KafkaConfig.validateValues, GroupCoordinatorConfig), with the reference's sentences."""

from __future__ import annotations

import re
from typing import Any, Protocol

from kafkaemu.config.values import ConfigError, java_int

ADDRESS_LIMITS = "max.connections.per.ip.overrides"
#: Key prefix -> settings that have a min and a max beside them.
_BOUNDED = {
    "group.consumer.": ("heartbeat.interval.ms", "session.timeout.ms", "assignment.interval.ms"),
    "group.share.": (
        "heartbeat.interval.ms",
        "session.timeout.ms",
        "assignment.interval.ms",
        "record.lock.duration.ms",
        "delivery.count.limit",
        "partition.max.record.locks",
    ),
    "group.streams.": ("heartbeat.interval.ms", "session.timeout.ms", "assignment.interval.ms"),
}


class _Values(Protocol):
    def __getitem__(self, name: str) -> Any: ...

    def is_set(self, name: str) -> bool: ...


def check_together(config: _Values) -> None:
    """Raise `ConfigError` for the first rule that is broken. Only what is set is looked at: defaults keep every rule."""
    for rule in (_identity, _log, _log_dirs, _replica, _network):
        rule(config)


def _any_set(config: _Values, *names: str) -> bool:
    return any(config.is_set(name) for name in names)


def _identity(config: _Values) -> None:
    if _any_set(config, "node.id") and config["node.id"] != config["broker.id"]:
        raise ConfigError("You must set `node.id` to the same value as `broker.id`.")
    if config.is_set("controller.quorum.voters"):
        _voters(config)


def _voters(config: _Values) -> None:
    ids = []
    for voter in filter(None, config["controller.quorum.voters"]):
        node_id, at, address = voter.partition("@")
        if not (at and node_id.isdecimal() and address.rpartition(":")[2].isdecimal()):
            raise ConfigError(
                "Invalid configuration value for controller.quorum.voters. Each entry should be in the form `{id}@{host}:{port}`."
            )
        ids.append(int(node_id))
    if ids and config["node.id"] not in ids and "controller" in config["process.roles"]:
        raise ConfigError(
            f"If process.roles contains the 'controller' role, the node id {config['node.id']} must be included in the set of "
            f"voters controller.quorum.voters=Set({', '.join(map(str, ids))})"
        )


def _log(config: _Values) -> None:
    for name, low in (("log.roll.ms", 1), ("log.roll.jitter.ms", 0)):
        if config.is_set(name) and config[name] < low:
            raise ConfigError(f"{name} must be greater than or equal to {low}")
    for name in ("log.retention.ms", "log.retention.minutes", "log.retention.hours"):
        if config.is_set(name):
            if config[name] == 0:
                raise ConfigError("log.retention.ms must be unlimited (-1) or, greater than or equal to 1")
            break
    if _any_set(config, "log.cleaner.dedupe.buffer.size", "log.cleaner.threads"):
        threads = config["log.cleaner.threads"]
        if threads and config["log.cleaner.dedupe.buffer.size"] // threads <= 1024 * 1024:
            raise ConfigError("log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.")
    codec = config["offsets.topic.compression.codec"] if _any_set(config, "offsets.topic.compression.codec") else 0
    if not 0 <= codec <= 4:
        raise ConfigError(f"Unknown compression type id: {codec}")


def _replica(config: _Values) -> None:
    if not _any_set(config, "replica.fetch.wait.max.ms", "replica.socket.timeout.ms", "replica.lag.time.max.ms"):
        return
    wait_ms = config["replica.fetch.wait.max.ms"]
    if wait_ms > config["replica.socket.timeout.ms"]:
        raise ConfigError(
            "replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms to prevent unnecessary socket timeouts"
        )
    if wait_ms > config["replica.lag.time.max.ms"]:
        raise ConfigError(
            "replica.fetch.wait.max.ms should always be less than or equal to replica.lag.time.max.ms to prevent frequent "
            "changes in ISR"
        )


def _log_dirs(config: _Values) -> None:
    if not config.is_set("cordoned.log.dirs"):
        return
    cordoned = config["cordoned.log.dirs"]
    if "*" in cordoned:
        if len(cordoned) > 1:
            raise ConfigError("When cordoned.log.dirs is set to *, it must not contain other values")
        return
    known = config["log.dirs"] or config["log.dir"]
    missing = [folder for folder in cordoned if folder not in known]
    if missing:
        raise ConfigError(
            "All entries in cordoned.log.dirs must be present in log.dirs or log.dir. "
            f"Missing entries : {', '.join(missing)}"
        )


def _network(config: _Values) -> None:
    if config.is_set("queued.max.request.bytes"):
        queued = config["queued.max.request.bytes"]
        if 0 < queued < config["socket.request.max.bytes"]:
            raise ConfigError("queued.max.request.bytes must be larger or equal to socket.request.max.bytes")
    if config.is_set(ADDRESS_LIMITS):
        address_limits(config[ADDRESS_LIMITS])
    unlimited = not config.is_set("max.connections.per.ip") or config["max.connections.per.ip"] > 0
    if not unlimited and not config["max.connections.per.ip.overrides"]:
        raise ConfigError(
            "max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides property is set."
        )


def check_groups(config: _Values) -> None:
    """Raise `ConfigError` where bounds of groups are broken. Only what is set is looked at."""
    protocols = "group.coordinator.rebalance.protocols"
    if config.is_set(protocols) and "classic" not in config[protocols]:
        raise ConfigError("Disabling the 'classic' protocol is not supported.")
    for prefix, settings in _BOUNDED.items():
        for setting in settings:
            value, low, high = prefix + setting, f"{prefix}min.{setting}", f"{prefix}max.{setting}"
            if not _any_set(config, value, low, high):
                continue
            if config[high] < config[low]:
                raise ConfigError(f"{high} must be greater than or equal to {low}")
            if config[value] < config[low]:
                raise ConfigError(f"{value} must be greater than or equal to {low}")
            if config[value] > config[high]:
                raise ConfigError(f"{value} must be less than or equal to {high}")


def address_limits(text: str) -> dict[str, int]:
    """Limits by host, of ``host:limit,...`` (SocketServerConfigs). Raises `ConfigError` with the sentences that Java has for pairs
    and numbers that are none."""
    limits: dict[str, int] = {}
    entries = re.split(r"\s*,\s*", text)
    while entries and not entries[-1]:
        # As Java splits.
        entries.pop()
    for entry in entries:
        host, colon, limit = entry.rpartition(":")
        if not colon:
            raise ConfigError(
                f"Error parsing configuration property '{ADDRESS_LIMITS}': begin 0, end -1, length {len(entry)}"
            )
        number = java_int(limit.strip())
        if number is None:
            raise ConfigError(f'For input string: "{limit.strip()}"')
        limits[host.strip()] = number
    return limits
