"""What of a broker's, a group's or a client metrics subscription's configuration may be set at run time, with the reference's
sentences (DynamicBrokerConfig, GroupConfig, ClientMetricsConfigs).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kafkaemu.config.broker import BrokerConfig, validate_topic_configs
from kafkaemu.config.dynamic_checks import base_name, check_change
from kafkaemu.config.table import BROKER, GROUP, TOPIC, ConfigKey
from kafkaemu.config.values import ConfigError, Value, java_int, parse

#: Keys whose files and passwords belong to a listener: set only with its prefix (SslConfigs.RECONFIGURABLE_CONFIGS).
LISTENER_SECURITY = frozenset(
    {
        "ssl.key.password",
        "ssl.keystore.certificate.chain",
        "ssl.keystore.key",
        "ssl.keystore.location",
        "ssl.keystore.password",
        "ssl.keystore.type",
        "ssl.truststore.certificates",
        "ssl.truststore.location",
        "ssl.truststore.password",
        "ssl.truststore.type",
    }
)
#: Keys that are of one broker, never of all of them, besides those of listeners.
_ONE_BROKER = frozenset({"cordoned.log.dirs", "listeners", "listener.security.protocol.map", "principal.builder.class"})
#: Limits of replication, which are set at run time only and told only where they are set (QuotaConfig.brokerQuotaConfigs).
RATES = {
    name: ConfigKey((name, "LONG", str(2**63 - 1), "[0,...]", "MEDIUM", True))
    for name in (
        "follower.replication.throttled.rate",
        "leader.replication.throttled.rate",
        "replica.alter.log.dirs.io.max.bytes.per.second",
    )
}
#: Keys of a client metrics subscription: type and default.
CLIENT_METRICS: dict[str, tuple[str, str]] = {
    "interval.ms": ("INT", "300000"),
    "match": ("LIST", ""),
    "metrics": ("LIST", ""),
}
_MATCHED = (
    "client_id",
    "client_instance_id",
    "client_software_name",
    "client_software_version",
    "client_source_address",
    "client_source_port",
)


class BadRequest(ConfigError):
    """A configuration that the reference calls an invalid request instead of an invalid config."""


class UnforeseenValue(ConfigError):
    """A value that the reference trips over."""


def kind_of(resource_type: int, name: str) -> str | None:
    """The type of a key of topics (2), brokers (4) or groups (32); None for one that there is not. Those of client metrics (16)
    count as unknown, as in the reference, which lets nobody append to them."""
    tables = {2: TOPIC, 4: BROKER, 32: GROUP}
    key = tables[resource_type].get(name) if resource_type in tables else None
    return None if key is None else key.kind


def default_of(resource_type: int, name: str) -> str | None:
    """The default of a key, as text: what items are appended to where the resource does not set it."""
    return {2: TOPIC, 4: BROKER, 32: GROUP}[resource_type][name].default_text


def validator_of(resource_type: int) -> Callable[[BrokerConfig, Mapping[str, str]], None]:
    """What checks all configs of one resource together: raises `ConfigError`, or `BadRequest`."""
    return {2: validate_topic_configs, 16: validate_client_metrics, 32: validate_group}[resource_type]


def _refuse_any(names: Iterable[str], reason: str) -> None:
    if found := list(names):
        raise ConfigError(f"{reason}: [{', '.join(found)}]")


def _is_of_one_broker(name: str) -> bool:
    base = base_name(name)
    is_of_listener = base != name and not base.startswith("max.connection")
    return is_of_listener or name in _ONE_BROKER or name in LISTENER_SECURITY or name.startswith("sasl.")


def validate_broker(config: BrokerConfig, configs: Mapping[str, str], *, is_default: bool) -> None:
    """Raise `ConfigError` for dynamic configs of a broker, or (``is_default``) of all of them, that the reference refuses.

    Keys that Kafka does not know are taken, for plugins that might."""
    keys = config.broker_keys
    if keys is not BROKER:
        configs = {name: text for name, text in configs.items() if base_name(name) in keys or name not in BROKER}
    fixed = (name for name in configs if (key := keys.get(base_name(name))) is not None and not key.dynamic)
    _refuse_any(fixed, "Cannot update these configs dynamically")
    _refuse_any(
        (name for name in configs if name in LISTENER_SECURITY),
        "These security configs can be dynamically updated only per-listener using the listener prefix",
    )
    for name, text in configs.items():
        key = keys.get(base_name(name)) or RATES.get(name)
        if key is not None:
            key.parse(text)
    if is_default:
        _refuse_any(
            (name for name in configs if _is_of_one_broker(name)),
            "Cannot update these configs at default cluster level, broker id must be specified",
        )
    check_change(config, configs, is_default=is_default)


def _bound(name: str, which: str) -> str:
    """The broker key that bounds a group key, if there is one."""
    kind, _, rest = name.partition(".")
    return f"group.{kind}.{which}.{rest.removeprefix('num.')}"


def validate_group(config: BrokerConfig, configs: Mapping[str, str]) -> None:
    """Raise `ConfigError` for configs of a group that are unknown, no values, or beyond the broker's bounds."""
    for name in configs:
        if name not in GROUP:
            raise ConfigError(f"Unknown group config name: {name}")
    values: dict[str, Any] = {name: GROUP[name].parse(text) for name, text in configs.items()}
    defaults: dict[str, Any] = {name: config.group_default(name) for name in GROUP}
    for name, value in values.items():
        low, high = _bound(name, "min"), _bound(name, "max")
        if low in BROKER and value < config[low]:
            raise ConfigError(f"{name} must be greater than or equal to {low}")
        if high in BROKER and value > config[high]:
            raise ConfigError(f"{name} must be less than or equal to {high}")
    for kind in ("consumer", "share", "streams"):
        session, heartbeat = f"{kind}.session.timeout.ms", f"{kind}.heartbeat.interval.ms"
        is_set = session in values or heartbeat in values
        if is_set and values.get(session, defaults[session]) <= values.get(heartbeat, defaults[heartbeat]):
            raise ConfigError(f"{session} must be greater than {heartbeat}")


def validate_client_metrics(config: BrokerConfig, configs: Mapping[str, str]) -> None:
    """Raise `BadRequest` or `ConfigError` for configs of a client metrics subscription that cannot be."""
    for name in configs:
        if name not in CLIENT_METRICS:
            raise BadRequest(f"Unknown client metrics configuration: {name}")
    values: dict[str, Value] = {name: parse(name, CLIENT_METRICS[name][0], text) for name, text in configs.items()}
    for name, value in values.items():
        if isinstance(value, tuple) and "" in value:
            raise ConfigError(f"Configuration '{name}' values must not be empty.")
    interval_ms = values.get("interval.ms")
    if isinstance(interval_ms, int):
        _check_interval(interval_ms)
    matches = values.get("match") or ()
    assert isinstance(matches, tuple)
    for match in matches:
        _check_match(match)


def validate_untyped_client_metrics(configs: Mapping[str, str]) -> None:
    """The same of releases before 4.0, which took the texts apart themselves; also raises `UnforeseenValue`."""
    for name in configs:
        if name not in CLIENT_METRICS:
            raise BadRequest(f"Unknown client metrics configuration: {name}")
    if "interval.ms" in configs:
        if (interval_ms := java_int(configs["interval.ms"])) is None:
            raise UnforeseenValue(f"{configs['interval.ms']} is no INT")
        _check_interval(interval_ms)
    if "match" in configs:
        # Java's split leaves out what is empty at the end, but for a text that is empty.
        text = configs["match"]
        for match in text.rstrip(",").split(",") if text.strip(",") or not text else ():
            _check_match(match)


def _check_interval(interval_ms: int) -> None:
    if not 100 <= interval_ms <= 3_600_000:
        raise BadRequest(
            f"Invalid value {interval_ms} for interval.ms, interval must be between 100 and 3600000 (1 hour)"
        )


def _check_match(match: str) -> None:
    key, equals, pattern = match.partition("=")
    if not equals or not pattern or "=" in pattern:
        raise ConfigError(f"Illegal client matching pattern: {match}")
    if key.strip() not in _MATCHED:
        raise ConfigError(f"Illegal client matching pattern: {match}")
    from kafkaemu.config.java_pattern import NoPattern, java_pattern

    try:
        java_pattern(pattern.strip())
    except NoPattern:
        raise ConfigError(f"Illegal client matching pattern: {match}") from None
