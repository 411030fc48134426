"""Configs as DescribeConfigs and CreateTopics tell them: value, source, synonyms (ConfigHelper, KafkaConfigSchema)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from weakref import WeakKeyDictionary

import attrs

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.dynamic import CLIENT_METRICS, RATES
from kafkaemu.config.synonyms import TOPIC_SYNONYMS, broker_synonyms, group_synonym
from kafkaemu.config.table import BROKER, GROUP, TOPIC, ConfigKey, KeyTable
from kafkaemu.config.values import parse, text_of


class Source(IntEnum):
    """Where a value comes from, as numbered on the wire (DescribeConfigsResponse.ConfigSource)."""

    UNKNOWN = 0
    TOPIC = 1
    DYNAMIC_BROKER = 2
    DYNAMIC_DEFAULT_BROKER = 3
    STATIC_BROKER = 4
    DEFAULT = 5
    DYNAMIC_BROKER_LOGGER = 6
    CLIENT_METRICS = 7
    GROUP = 8


#: Numbers of Kafka's config types on the wire (DescribeConfigsResponse.ConfigType).
TYPE_NUMBERS = {
    "UNKNOWN": 0,
    "BOOLEAN": 1,
    "STRING": 2,
    "INT": 3,
    "SHORT": 4,
    "LONG": 5,
    "DOUBLE": 6,
    "LIST": 7,
    "CLASS": 8,
    "PASSWORD": 9,
}


#: Resource types that have keys of their own in the tables, by number on the wire (ConfigResource.Type).
_TABLES = {2: ("topic", TOPIC), 4: ("broker", BROKER), 32: ("group", GROUP)}


def documentation(resource_type: int, name: str) -> str:
    """What a key does here, and what the table knows of it: Kafka's own descriptions are its authors'."""
    resource, table = _TABLES.get(resource_type, ("", None))
    key = table.get(name) if table is not None else None
    if key is None:
        return f"Configuration {name}."
    from kafkaemu.config.effects import effect

    does = effect(resource, name)
    default = (
        "none, it must be set" if key.required else "null" if key.default_text is None else f"'{key.default_text}'"
    )
    valid = f" Valid values: {key.valid_values}." if key.valid_values else ""
    change = "May be changed at run time." if key.dynamic else "Is read at start."
    said = "" if does is None else f"{does.text} "
    return f"{said}{key.kind}. Default: {default}.{valid} Importance: {key.importance.lower()}. {change}"


@attrs.frozen
class Synonym:
    """A key that gives, or would give, another one its value."""

    name: str
    value: str | None
    source: Source


@attrs.frozen
class Described:
    """One config of a resource. The value of a sensitive one is None."""

    name: str
    value: str | None
    source: Source
    kind: str
    read_only: bool = False
    sensitive: bool = False
    synonyms: tuple[Synonym, ...] = ()


def _broker_values(
    name: str, config: BrokerConfig, dynamic_default: Mapping[str, str], sensitive: bool
) -> tuple[Synonym, ...]:
    names = broker_synonyms(name)
    found: list[Synonym] = []
    layers = (
        (Source.DYNAMIC_BROKER, config.dynamic),
        (Source.DYNAMIC_DEFAULT_BROKER, dynamic_default),
        (Source.STATIC_BROKER, config.static),
    )
    for source, values in layers:
        found += [Synonym(n, None if sensitive else values[n], source) for n in names if n in values]
    for n in names:
        if (key := config.broker_keys.get(n)) is not None and (default := key.default_text) is not None:
            found.append(Synonym(n, None if sensitive else default, Source.DEFAULT))
    # What comes before the first synonym of the very name is left out, and all of it where there is none.
    while found and found[0].name != name:
        del found[0]
    return tuple(found)


def describe_broker(config: BrokerConfig, dynamic_default: Mapping[str, str]) -> list[Described]:
    """Every key of a broker, and others that are set. ``dynamic_default`` are the configs set for all brokers."""
    layers = (
        (Source.DYNAMIC_BROKER, config.dynamic),
        (Source.DYNAMIC_DEFAULT_BROKER, dynamic_default),
        (Source.STATIC_BROKER, config.static),
    )
    keys = config.broker_keys
    names = [*keys, *sorted(name for name in keys.internal if any(name in texts for _, texts in layers))]
    known = [_describe_broker_key(keys[name], config, dynamic_default) for name in names]
    return known + _describe_others(layers, keys)


def _describe_others(layers: Sequence[tuple[Source, Mapping[str, str]]], keys: KeyTable) -> list[Described]:
    """What is set of keys that no table has: limits of replication, and what may be a plugin's secret."""
    entries = []
    for name in dict.fromkeys(name for _, values in layers for name in values):
        if name in keys or name in BROKER or name.startswith("listener.name."):
            continue
        secret = name not in RATES
        synonyms = tuple(
            Synonym(name, None if secret else texts[name], source) for source, texts in layers if name in texts
        )
        value, source = synonyms[0].value, synonyms[0].source
        entries.append(
            Described(name, value, source, "UNKNOWN" if secret else RATES[name].kind, secret, secret, synonyms)
        )
    return entries


def describe_broker_defaults(dynamic_default: Mapping[str, str], keys: KeyTable = BROKER) -> list[Described]:
    """The keys set for all brokers (the broker resource without a name)."""
    source = Source.DYNAMIC_DEFAULT_BROKER
    entries = []
    for name, text in dynamic_default.items():
        if (key := keys.get(name)) is None:
            continue
        value = None if key.sensitive else text_of(key.parse(text))
        names = broker_synonyms(name)
        synonyms = tuple(
            Synonym(n, None if key.sensitive else dynamic_default[n], source)
            for n in names[names.index(name) :]
            if n in dynamic_default
        )
        entries.append(Described(name, value, source, key.kind, not key.dynamic, key.sensitive, synonyms))
    return entries + _describe_others([(source, dynamic_default)], keys)


def _describe_broker_key(key: ConfigKey, config: BrokerConfig, dynamic_default: Mapping[str, str]) -> Described:
    synonyms = _broker_values(key.name, config, dynamic_default, key.sensitive)
    texts = {**dynamic_default, **config.dynamic}
    value = key.parse(texts[key.name]) if key.name in texts else config[key.name]
    return Described(
        key.name,
        None if key.sensitive else text_of(value),
        synonyms[0].source if synonyms else Source.DEFAULT,
        key.kind,
        read_only=not key.dynamic,
        sensitive=key.sensitive,
        synonyms=synonyms,
    )


def _own_and_internal(config: BrokerConfig, topic_configs: Mapping[str, str]) -> list[str]:
    names = list(config.topic_keys)
    return names + [name for name in topic_configs if name in config.topic_keys and name not in set(names)]


def describe_topic(
    config: BrokerConfig, dynamic_default: Mapping[str, str], topic_configs: Mapping[str, str]
) -> list[Described]:
    """Every key of a topic; ``topic_configs`` are its own. Internal keys only where the topic sets them."""
    entries = []
    defaults = config.topic_defaults()
    for name in _own_and_internal(config, topic_configs):
        key = config.topic_keys[name]
        primary = TOPIC_SYNONYMS[name][0][0] if name in TOPIC_SYNONYMS else None
        synonyms = _broker_values(primary, config, dynamic_default, False) if primary is not None else ()
        if name in topic_configs:
            value = text_of(key.parse(topic_configs[name]))
            synonyms = (Synonym(name, value, Source.TOPIC), *synonyms)
        elif primary is not None and primary in dynamic_default and primary not in config.dynamic:
            value = text_of(key.parse(dynamic_default[primary]))
        else:
            value = text_of(defaults[name])
        source = synonyms[0].source if synonyms else Source.DEFAULT
        entries.append(Described(name, value, source, key.kind, sensitive=key.sensitive, synonyms=synonyms))
    return entries


#: What `effective_topic` answers for a topic without configs of its own, by broker, and the dynamic defaults it was made of.
_effective: WeakKeyDictionary[BrokerConfig, tuple[tuple[dict[str, str], dict[str, str]], tuple[Described, ...]]] = (
    WeakKeyDictionary()
)


def effective_topic(
    config: BrokerConfig, dynamic_default: Mapping[str, str], topic_configs: Mapping[str, str]
) -> Sequence[Described]:
    """Every key of a new topic as CreateTopics answers it, by name: its own values as they were given, and a broker's value in
    another unit counts as static (which `describe_topic` does not tell)."""
    known = _effective.get(config)
    dynamic = (dict(dynamic_default), dict(config.dynamic))
    if known is None or known[0] != dynamic:
        names = {*config.topic_keys, *config.topic_keys.once_internal}
        # Most topics set nothing of their own, and what they then have changes only with the dynamic defaults.
        entries = tuple(_effective_default(name, config, dynamic_default) for name in sorted(names))
        known = _effective[config] = (dynamic, entries)
    if not topic_configs:
        return known[1]
    by_name = {entry.name: entry for entry in known[1]}
    for name, text in topic_configs.items():
        key = config.topic_keys[name]
        by_name[name] = Described(name, text, Source.TOPIC, key.kind, sensitive=key.sensitive)
    return [by_name[name] for name in sorted(by_name)]


def _effective_default(name: str, config: BrokerConfig, dynamic_default: Mapping[str, str]) -> Described:
    synonyms = [broker_key for broker_key, _ in TOPIC_SYNONYMS.get(name, ())]
    dynamic = next((dynamic_default[synonym] for synonym in synonyms if synonym in dynamic_default), None)
    own = next((config.dynamic[synonym] for synonym in synonyms if synonym in config.dynamic), None)
    value = text_of(config.topic_defaults()[name]) if dynamic is None else dynamic
    if own is not None:
        value, source = own, Source.DYNAMIC_BROKER
    elif dynamic is not None:
        source = Source.DYNAMIC_DEFAULT_BROKER
    elif any(synonym in config.static for synonym in synonyms):
        source = Source.STATIC_BROKER
    else:
        source = Source.DEFAULT
    key = config.topic_keys[name]
    return Described(name, value, source, key.kind, sensitive=key.sensitive)


def describe_group(
    config: BrokerConfig, dynamic_default: Mapping[str, str], group_configs: Mapping[str, str]
) -> list[Described]:
    """Every key of a group; ``group_configs`` are its own."""
    entries = []
    for name in GROUP:
        key = GROUP[name]
        broker_key = group_synonym(name)
        if broker_key in BROKER:
            synonyms = _broker_values(broker_key, config, dynamic_default, False)
        else:
            synonyms = (Synonym(name, key.default_text, Source.DEFAULT),)
        if name in group_configs:
            value = text_of(key.parse(group_configs[name]))
            synonyms = (Synonym(name, value, Source.GROUP), *synonyms)
        else:
            value = text_of(config.group_default(name))
        source = synonyms[0].source if synonyms else Source.DEFAULT
        entries.append(Described(name, value, source, key.kind, synonyms=synonyms))
    return entries


def describe_client_metrics(own: Mapping[str, str]) -> list[Described]:
    """The three keys of a client metrics subscription."""
    entries = []
    for name, (kind, default) in CLIENT_METRICS.items():
        value = text_of(parse(name, kind, own.get(name, default)))
        synonyms = (Synonym(name, value, Source.CLIENT_METRICS),) if name in own else ()
        source = Source.CLIENT_METRICS if name in own else Source.DEFAULT
        entries.append(Described(name, value, source, kind, synonyms=synonyms))
    return entries
