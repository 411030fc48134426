"""What a test asks of a broker, as the broker takes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import attrs

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.listeners import Listeners, parse_listeners
from kafkaemu.config.profiles import CURRENT, Profile
from kafkaemu.config.releases import profile_of
from kafkaemu.config.spelling import is_known
from kafkaemu.config.table import BROKER
from kafkaemu.config.unbuilt import check_built, check_spoken
from kafkaemu.config.values import ConfigError
from kafkaemu.testing.errors import BrokerError, is_told
from kafkaemu.testing.surface import config_text
from kafkaemu.world.real.machine import memory_bytes
from kafkawire.releases import UnknownRelease

__tracebackhide__ = is_told
LISTENERS = "PLAINTEXT://127.0.0.1:0"


@attrs.frozen(eq=False, repr=False)
class Setup:
    """A checked configuration."""

    config: BrokerConfig
    listeners: Listeners
    profile: Profile
    memory_limit_bytes: int | None


def configured(config: Mapping[str, object], as_version: str | None, listeners: str | None) -> Setup:
    """The setup of a broker with these configs. Raises `BrokerError`, one sentence, for what is wrong with them."""
    for name in config:
        if not is_known(name):
            from difflib import get_close_matches

            close = get_close_matches(name, list(BROKER), 1)
            hint = f": did you mean {close[0]}?" if close else ""
            raise BrokerError(f"Kafka has no broker config {name}{hint}")
    texts = {"listeners": LISTENERS, **{name: config_text(value) for name, value in config.items()}}
    if listeners is not None:
        texts["listeners"] = listeners
    try:
        profile = CURRENT if as_version is None else profile_of(as_version)
        checked = BrokerConfig(texts)
        check_built(checked)
        parsed = parse_listeners(checked)
        check_spoken(parsed)
    except ConfigError as error:
        raise BrokerError(error.with_hint) from None
    except UnknownRelease as error:
        raise BrokerError(str(error)) from None
    return Setup(checked, parsed, profile, _memory_limit_bytes())


@cache
def _memory_limit_bytes() -> int | None:
    total_bytes = memory_bytes()
    return None if total_bytes is None else total_bytes // 2


def topics_of(topics: Iterable[str] | Mapping[str, int]) -> list[tuple[str, int | None]]:
    """Name and number of partitions (None: as configured) of ``{"orders": 3}``, or of ``["orders:3", "payments"]``.

    Raises `BrokerError` for a number that is none.
    """
    if isinstance(topics, Mapping):
        return list(topics.items())
    found: list[tuple[str, int | None]] = []
    for text in (topics,) if isinstance(topics, str) else topics:
        name, colon, count = text.partition(":")
        if colon and not (count.isdecimal() and int(count)):
            raise BrokerError(f"topic {text!r}: write name, or name:partitions")
        found.append((name, int(count) if colon else None))
    return found
