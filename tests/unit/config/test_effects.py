"""Every key that takes effect here, and what it changes; each of them as set at start, most of them changed at run time too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from kafkaemu.config.effects import TABLES, Kind, effect, entries, patterns_of
from kafkaemu.config.effects_page import page
from kafkaemu.config.synonyms import TOPIC_SYNONYMS
from kafkaemu.config.table import BROKER
from kafkaemu.metadata.image import ResourceType
from tests.support.whole_broker import WholeBroker
from tests.unit.config.broker_cases import BROKER_CASES, LISTENER_CASES, listeners_of
from tests.unit.config.log_cases import TOPIC_CASES, Case

PAGE = Path(__file__).resolve().parents[3] / "docs" / "configs.md"
#: Broker key -> topic key, and the factor between their units.
_DEFAULTS_OF_TOPICS = {
    broker_key: (topic_key, factor)
    for topic_key, synonyms in TOPIC_SYNONYMS.items()
    if topic_key in TOPIC_CASES
    for broker_key, factor in synonyms
}


def _started(case: Case, key: str, text: str) -> WholeBroker:
    """A broker with the key set at start, and a topic where the case has no own."""
    topic_key, factor = _DEFAULTS_OF_TOPICS.get(key, (None, 1))
    if topic_key is None:
        return WholeBroker({**case.others, key: text})
    value = str(int(text) // factor) if factor != 1 else text
    broker = WholeBroker({key: value})
    assert broker.topic(**case.others) == 0
    return broker


def _with_topic(case: Case, key: str, text: str) -> WholeBroker:
    broker = WholeBroker()
    assert broker.topic(**{**case.others, key: text}) == 0
    return broker


def _check(case: Case, observed: Mapping[str, Any]) -> None:
    assert len(set(map(repr, observed.values()))) > 1, f"the key changes nothing: {observed}"
    expected = {text: value for text, value in case.seen.items() if value is not None}
    assert {text: value for text, value in observed.items() if text in expected} == expected


def _broker_cases() -> Iterator[tuple[str, Case]]:
    yield from BROKER_CASES.items()
    for key, (topic_key, _) in _DEFAULTS_OF_TOPICS.items():
        yield key, TOPIC_CASES[topic_key]


ALL_BROKER_CASES = dict(_broker_cases())


@pytest.mark.parametrize("key", sorted(TOPIC_CASES))
def test_a_config_of_a_topic_takes_effect(key: str) -> None:
    case = TOPIC_CASES[key]
    _check(case, {text: case.observe(_with_topic(case, key, text)) for text in case.seen})


@pytest.mark.parametrize("key", sorted(TOPIC_CASES))
def test_a_config_of_a_topic_takes_effect_when_its_change_is_answered(key: str) -> None:
    case = TOPIC_CASES[key]
    first, *others = case.seen
    observed = {}
    for text in others:
        broker = _with_topic(case, key, first)
        assert broker.alter({key: text}, kind=ResourceType.TOPIC, name="orders") is None
        observed[text] = case.observe(broker)
    observed[first] = case.observe(_with_topic(case, key, first))
    _check(case, observed)


@pytest.mark.parametrize("key", sorted(ALL_BROKER_CASES))
def test_a_config_of_the_broker_takes_effect(key: str) -> None:
    case = ALL_BROKER_CASES[key]
    _check(case, {text: case.observe(_started(case, key, text)) for text in case.seen})


@pytest.mark.parametrize(
    "key", sorted(key for key, case in ALL_BROKER_CASES.items() if BROKER[key].dynamic and not case.is_at_start)
)
def test_a_config_of_the_broker_takes_effect_when_its_change_is_answered(key: str) -> None:
    case = ALL_BROKER_CASES[key]
    first, *others = case.seen
    observed = {first: case.observe(_started(case, key, first))}
    for text in others:
        broker = _started(case, key, first)
        assert broker.alter({key: text}, name=case.resource) is None
        observed[text] = case.observe(broker)
    _check(case, observed)


@pytest.mark.parametrize("key", sorted(LISTENER_CASES))
def test_a_config_of_listeners_takes_effect(key: str) -> None:
    look, seen, others = LISTENER_CASES[key]
    assert len(set(map(repr, seen.values()))) > 1
    assert {text: look(listeners_of({**others, key: text})) for text in seen} == seen


EVERY_KEY = [(resource, name) for resource, table in TABLES.items() for name in (*table, *table.internal)]


def test_every_key_is_in_one_class() -> None:
    assert {key: found for key in EVERY_KEY if len(found := patterns_of(*key)) != 1} == {}


def test_every_entry_is_of_a_key_that_there_is() -> None:
    used = {
        entry for entry in entries() if any(fnmatchcase(name, entry[1]) for of, name in EVERY_KEY if of == entry[0])
    }
    assert {pattern for _, pattern in entries()} == {pattern for _, pattern in used}


def test_what_is_said_to_take_effect_is_shown_and_nothing_else() -> None:
    said = {key for key in EVERY_KEY if (found := effect(*key)) is not None and found.kind is Kind.EFFECTIVE}
    shown = {("topic", name) for name in TOPIC_CASES}
    shown |= {("broker", name) for name in (*ALL_BROKER_CASES, *LISTENER_CASES)}
    assert said == shown


def test_the_page_of_configs_is_not_stale() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m kafkaemu.config.effects_page > docs/configs.md"
