"""What a broker is configured to be: typed values by key, and the topic values that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kafkaemu.config.checks import check_groups, check_together
from kafkaemu.config.emulator_defaults import EMULATOR_DEFAULTS
from kafkaemu.config.synonyms import TOPIC_SYNONYMS, broker_synonyms, group_synonym, overridden
from kafkaemu.config.table import BROKER, GROUP, TOPIC, KeyTable
from kafkaemu.config.values import ConfigError, Value


class BrokerConfig:
    """The configuration of one broker.

    ``overrides`` are texts by key, from a file, ``--set`` and flags; they count before ``defaults``, the emulator's own
    (`EMULATOR_DEFAULTS`), and those before Kafka's. Keys that Kafka does not know are kept in ``static`` and otherwise ignored.
    Raises `ConfigError` for a value that a key does not take, or values that do not go together.
    """

    def __init__(
        self, overrides: Mapping[str, str] | None = None, *, defaults: Mapping[str, str] = EMULATOR_DEFAULTS
    ) -> None:
        given = dict(overrides or {})
        # node.id and broker.id are one setting under two names (KafkaConfig.populateSynonyms).
        if "broker.id" in given:
            given.setdefault("node.id", given["broker.id"])
        static = {**defaults, **given}
        if "node.id" in static:
            static.setdefault("broker.id", static["node.id"])
        #: The keys that there are: those of the release that the broker passes for.
        self.broker_keys, self.topic_keys = BROKER, TOPIC
        #: What is set, as texts.
        self.static: Mapping[str, str] = static
        #: What is set at run time, as texts: for all brokers, and for this one, which counts first.
        self.dynamic_default: Mapping[str, str] = {}
        self.dynamic: Mapping[str, str] = {}
        self._values: dict[str, Value] = {}
        self._topic_defaults: dict[str, Value] | None = None
        for name, text in static.items():
            if (key := BROKER.get(name)) is not None:
                self._values[name] = key.parse(text)
            elif name.startswith("listener.name.") and (key := BROKER.get(name.split(".", 3)[-1])) is not None:
                key.parse(text)
        check_together(self)
        check_groups(self)

    def __getitem__(self, name: str) -> Any:
        """The typed value of a broker key: bool, int, float, str, tuple of str, or None for null. KeyError for a key that
        there is not, `ConfigError` for one that has no default and is not set."""
        try:
            return self._values[name]
        except KeyError:
            # Keys that the release does not have yet still say how this broker works.
            key = self.broker_keys.get(name) or BROKER[name]
            if key.required:
                raise ConfigError(f'Missing required configuration "{name}" which has no default value.') from None
            value = self._values[name] = key.default
            return value

    def set_dynamic(self, default: Mapping[str, str], own: Mapping[str, str]) -> None:
        """From now on these configs, already validated, count before all others: those of all brokers, and this one's own.
        Keys that Kafka does not know are passed over."""
        changed = {*self.dynamic_default, *self.dynamic, *default, *own}
        self.dynamic_default, self.dynamic = dict(default), dict(own)
        texts = overridden(overridden(self.static, default), own)
        for name in {synonym for one in changed for synonym in broker_synonyms(one)}:
            if (key := self.broker_keys.get(name)) is not None:
                text = texts.get(name)
                self._values[name] = key.default if text is None else key.parse(text)
        self._topic_defaults = None

    def use_keys(self, broker_keys: KeyTable, topic_keys: KeyTable) -> None:
        """From now on these are the keys that there are; before anything is set at run time. Raises `ConfigError` for a value that a
        key which only they have does not take.
        """
        self.broker_keys, self.topic_keys = broker_keys, topic_keys
        self._topic_defaults = None
        # Defaults may be others.
        self._values = {name: value for name, value in self._values.items() if name in self.static}
        for name, text in self.static.items():
            if name not in BROKER and (key := broker_keys.get(name)) is not None:
                self._values[name] = key.parse(text)

    def is_set(self, name: str) -> bool:
        """Whether the key has a value of its own, instead of Kafka's default."""
        return name in self.static or name in self.dynamic or name in self.dynamic_default

    def of_listener(self, listener: str, name: str) -> Any:
        """The value of ``name`` that is set for a listener of its own (``listener.name.<listener>.<name>``); None if none is."""
        own = f"listener.name.{listener.lower()}.{name}"
        for texts in (self.dynamic, self.dynamic_default, self.static):
            if own in texts:
                return BROKER[name].parse(texts[own])
        return None

    def topic_defaults(self) -> Mapping[str, Value]:
        """The value of every topic key for a topic that sets none. Not to be changed: it is shared."""
        if self._topic_defaults is None:
            # Keys that the release does not have yet still say how logs work.
            names = TOPIC if self.topic_keys is TOPIC else dict.fromkeys([*TOPIC, *self.topic_keys])
            self._topic_defaults = {name: self._topic_default(name) for name in names}
        return self._topic_defaults

    def _topic_default(self, name: str) -> Value:
        for broker_key, factor in TOPIC_SYNONYMS.get(name, ()):
            value = self[broker_key]
            if value is not None:
                return value * factor if factor != 1 else value  # type: ignore[no-any-return]
        return (self.topic_keys.get(name) or TOPIC[name]).default

    def group_default(self, name: str) -> Value:
        """The value of a group key for a group that does not set it."""
        synonym = group_synonym(name)
        return self[synonym] if synonym in BROKER else GROUP[name].default


def topic_values(config: BrokerConfig, overrides: Mapping[str, str]) -> Mapping[str, Value]:
    """The effective value of every topic key, for a topic with these configs of its own (texts, already validated)."""
    defaults = config.topic_defaults()
    if not overrides:
        return defaults
    return {**defaults, **{name: config.topic_keys[name].parse(text) for name, text in overrides.items()}}


def validate_topic_configs(config: BrokerConfig, overrides: Mapping[str, str]) -> None:
    """Raise `ConfigError` for topic configs that the reference refuses (LogConfig.validate), with its sentence."""
    for name in overrides:
        if name not in config.topic_keys:
            raise ConfigError(f"Unknown topic config name: {name}")
    values = topic_values(config, overrides)
    min_lag_ms, max_lag_ms = values["min.compaction.lag.ms"], values["max.compaction.lag.ms"]
    assert isinstance(min_lag_ms, int)
    assert isinstance(max_lag_ms, int)
    if min_lag_ms > max_lag_ms:
        raise ConfigError(
            f"conflict topic config setting min.compaction.lag.ms ({min_lag_ms}) > max.compaction.lag.ms ({max_lag_ms})"
        )
    is_checked = "remote.storage.enable" not in config.topic_keys.once_internal
    if is_checked and values["remote.storage.enable"] and not config["remote.log.storage.system.enable"]:
        raise ConfigError(
            "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage."
        )
