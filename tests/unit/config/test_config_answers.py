"""What Kafka's own classes make of a hundred texts for each key: the value, or the sentence that refuses it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from kafkaemu.config.effects import TABLES
from kafkaemu.config.values import ConfigError, text_of

ANSWERS = json.loads(gzip.decompress(Path(__file__).with_name("config_answers.json.gz").read_bytes()))


def _answer(resource: str, name: str, text: str) -> str:
    try:
        return f"={text_of(TABLES[resource][name].parse(text))}"
    except ConfigError as error:
        return f"!{error}"


#: Names of Java classes: Kafka looks them up, and here any will do, since none is loaded.
_CLASSES = {(resource, name) for resource, table in TABLES.items() for name in table if table[name].kind == "CLASS"}


@pytest.mark.parametrize(
    ("resource", "name"), sorted({(resource, name) for resource in ANSWERS for name in ANSWERS[resource]} - _CLASSES)
)
def test_a_text_means_what_it_means_to_kafka(resource: str, name: str) -> None:
    answers = ANSWERS[resource][name]
    assert {text: _answer(resource, name, text) for text in answers} == answers


def test_every_key_was_asked() -> None:
    assert {resource: set(keys) for resource, keys in ANSWERS.items()} == {
        resource: {*table, *table.internal} for resource, table in TABLES.items()
    }
