"""Every configuration key of Kafka: type, default, valid values, importance, and whether it may change at run time.

The rows stand in `broker_keys`, `topic_keys` and `group_keys`; a row is parsed when its key is first asked for, because a
broker at start needs a dozen of four hundred.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from kafkaemu.config.values import ConfigError, Value, invalid, items_of, parse, text_of, validator

#: Row of a key table: name, type, default, valid values, importance, dynamic.
Row = tuple[str, str, "str | None", str, str, bool]
REQUIRED = "<required>"

#: LIST keys that refuse an empty list (ValidList of the reference; nothing in their valid values tells).
NON_EMPTY_LISTS = frozenset(
    {
        "advertised.listeners",
        "controller.listener.names",
        "group.consumer.assignors",
        "group.coordinator.rebalance.protocols",
        "group.share.assignors",
        "listeners",
        "log.dir",
        "log.dirs",
        "process.roles",
    }
)


class ConfigKey:
    """One key.

    ``kind`` is Kafka's type name, ``default`` the parsed default (None for null and for a required key), ``valid_values`` the
    reference's notation of what the key takes, ``dynamic`` whether it may be changed at run time.
    """

    __slots__ = ("_check", "default", "dynamic", "importance", "kind", "name", "required", "valid_values")

    def __init__(self, row: Row) -> None:
        self.name, self.kind, default, self.valid_values, self.importance, self.dynamic = row
        self.required = default == REQUIRED
        self.default: Value = None if default is None or self.required else parse(self.name, self.kind, default)
        self._check = validator(self.valid_values)
        if self.name.startswith("controller.quorum."):
            from kafkaemu.config.quorum_values import CHECKS

            self._check = CHECKS.get(self.name, self._check)

    @property
    def sensitive(self) -> bool:
        """Whether its value is never told."""
        return self.kind == "PASSWORD"

    @property
    def default_text(self) -> str | None:
        """The default as it is described; None for null."""
        return text_of(self.default)

    def parse(self, text: str) -> Value:
        """The value of ``text``. Raises `ConfigError` with the reference's sentence."""
        if self.valid_values.startswith("[partitionId]"):
            # The one list in which everything stays as it is given.
            value: Value = items_of(text)
        else:
            value = parse(self.name, self.kind, text)
            if self.kind == "LIST":
                self._check_list(value)
        if self._check is not None:
            self._check(self.name, value)
        return value

    def _check_list(self, value: Value) -> None:
        assert isinstance(value, tuple)
        if not value and self.name in NON_EMPTY_LISTS:
            valid = self.valid_values or "any non-empty value"
            raise ConfigError(f"Configuration '{self.name}' must not be empty. Valid values include: {valid}")
        if "" in value and not self.name.startswith("controller.quorum."):
            if self._check is not None:
                # What is wrong before the empty one is said first.
                self._check(self.name, value[: value.index("")])
            raise ConfigError(f"Configuration '{self.name}' values must not be empty.")


class KeyTable:
    """The keys of one kind of resource, by name."""

    def __init__(
        self,
        module: str,
        *,
        absent: frozenset[str] = frozenset(),
        changed: tuple[Row, ...] = (),
        untold: frozenset[str] = frozenset(),
        once_internal: frozenset[str] = frozenset(),
    ) -> None:
        self._module = module
        self._absent = absent
        self._changed = changed
        self._untold = untold
        #: Names of keys that were internal in a past release. New topics are told of them like of public ones.
        self.once_internal = once_internal
        self._rows: dict[str, Row] = {}
        self._internal: frozenset[str] = frozenset()
        self._keys: dict[str, ConfigKey] = {}

    def _by_name(self) -> dict[str, Row]:
        if not self._rows:
            module = import_module(self._module)
            internal: tuple[Row, ...] = getattr(module, "INTERNAL", ())
            self._internal = self.once_internal.union(row[0] for row in internal)
            self._rows = {row[0]: row for row in (*module.ROWS, *internal)}
            if self._absent or self._changed:
                changed = {row[0]: row for row in self._changed}
                merged = {**self._rows, **changed}
                self._rows = {name: merged[name] for name in sorted(merged) if name not in self._absent}
        return self._rows

    def of_release(
        self,
        absent: frozenset[str],
        changed: tuple[Row, ...],
        untold: frozenset[str] = frozenset(),
        once_internal: frozenset[str] = frozenset(),
    ) -> KeyTable:
        """The keys of another release: without the ``absent`` ones, with ``changed`` rows, which may be of other keys, with
        ``untold`` ones that are never described, and with some that are internal there."""
        return KeyTable(self._module, absent=absent, changed=changed, untold=untold, once_internal=once_internal)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name()

    def __iter__(self) -> Iterator[str]:
        """The public names, in alphabetical order."""
        rows = self._by_name()
        return (name for name in rows if name not in self._internal and name not in self._untold)

    @property
    def internal(self) -> frozenset[str]:
        """The names that Kafka keeps to itself: they are taken, and described only where they are set."""
        self._by_name()
        return self._internal

    def get(self, name: str) -> ConfigKey | None:
        """The key of that name, or None."""
        key = self._keys.get(name)
        if key is None and (row := self._by_name().get(name)) is not None:
            key = self._keys[name] = ConfigKey(row)
        return key

    def __getitem__(self, name: str) -> ConfigKey:
        key = self.get(name)
        if key is None:
            raise KeyError(name)
        return key


BROKER = KeyTable("kafkaemu.config.broker_keys")
TOPIC = KeyTable("kafkaemu.config.topic_keys")
GROUP = KeyTable("kafkaemu.config.group_keys")

__all__ = ["BROKER", "GROUP", "TOPIC", "ConfigError", "ConfigKey", "KeyTable", "Value", "invalid"]
