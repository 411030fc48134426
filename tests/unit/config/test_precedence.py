"""Which value of a config counts and which are its synonyms, while it is set in one place after another: as recorded from a node
that was started with configs of its own (record_precedence.py)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from kafkaconform.outcome import tree_of
from kafkaconform.probes.describe_configs import describe, in_order
from tests.support.whole_broker import WholeBroker
from tests.unit.config.record_precedence import ANSWERS, KEYS, ORDERS, STATIC, STEPS, flat, resources

RECORDED = json.loads(ANSWERS.read_text(encoding="utf-8"))


def _told(broker: WholeBroker) -> Iterator[list[Any]]:
    for kind, name in resources(ORDERS):
        answer = broker.ask(describe(kind, name, *KEYS[kind], synonyms=True), 4)
        (result,) = in_order(tree_of(answer, 4))["results"]
        yield [flat(config) for config in result["configs"]]


@pytest.fixture(scope="module")
def told() -> list[list[Any]]:
    broker = WholeBroker(STATIC)
    broker.topic(ORDERS)
    told = [list(_told(broker))]
    for kind, name, key, value in STEPS:
        assert broker.alter({key: value}, kind=kind, name=name) is None
        told.append(list(_told(broker)))
    return told


@pytest.mark.parametrize("step", range(len(STEPS) + 1))
def test_configs_are_told_as_kafka_tells_them(told: list[list[Any]], step: int) -> None:
    assert told[step] == RECORDED[step]
