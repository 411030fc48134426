"""One error for a whole request, byte by byte as Kafka's own classes shape it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kafkaemu.handlers.index import HANDLERS
from kafkaemu.handlers.served import served
from kafkaemu.server.error_answers import SHAPES, error_answer
from kafkawire.compiler import decode, encode
from kafkawire.errors import ErrorCode
from kafkawire.index import APIS

FAILED = ErrorCode.UNKNOWN_SERVER_ERROR
PRODUCE = 0


def recorded() -> Iterator[tuple[int, int, bytes, bytes]]:
    """API key, version, request and Kafka's answer."""
    for line in Path(__file__).with_name("error_answers.txt").read_text().splitlines():
        if not line.startswith("#"):
            key, version, request, answer = line.split()
            yield int(key), int(version), bytes.fromhex(request.replace("-", "")), bytes.fromhex(answer)


RECORDED = list(recorded())


def in_order(answer: Any) -> Any:
    """Topics and partitions sorted: Kafka's Produce gathers them in hash maps."""
    for topic in answer.responses:
        topic.partition_responses.sort(key=lambda partition: partition.index)
    answer.responses.sort(key=lambda topic: (topic.name, topic.topic_id))
    return answer


@pytest.mark.parametrize("key", sorted(HANDLERS))
def test_an_internal_error_has_the_shape_that_kafka_gives_it(key: int) -> None:
    api = APIS[key]
    for _, version, request, answer in (line for line in RECORDED if line[0] == key):
        ours = error_answer(api, version, decode(api.request, version, request), FAILED)
        if key == PRODUCE:
            assert in_order(decode(api.response, version, encode(ours, version))) == in_order(
                decode(api.response, version, answer)
            )
        else:
            assert encode(ours, version).hex() == answer.hex(), f"{api.name} v{version}"


def test_there_is_a_recorded_shape_for_whatever_is_served() -> None:
    wanted = {(key, version) for key, (first, last) in served().items() for version in range(first, last + 1)}
    assert {(key, version) for key, version, _, _ in RECORDED} == wanted


@pytest.mark.parametrize("key", sorted(APIS))
def test_every_api_can_say_that_it_failed_in_every_version(key: int) -> None:
    api = APIS[key]
    for version in range(api.oldest, api.last + 1):
        answer = error_answer(api, version, api.request(), FAILED)
        assert encode(answer, version)


def test_every_api_with_a_handler_says_its_error_somewhere() -> None:
    for key in HANDLERS:
        top = any(field.name == "error_code" for field in APIS[key].response.FIELDS)
        assert top or key in SHAPES, APIS[key].name


def test_produce_with_null_records_fails_like_any_other() -> None:
    """Kafka's own class cannot say anything then."""
    api = APIS[PRODUCE]
    nulls = decode(api.request, 9, next(line[2] for line in RECORDED if line[:2] == (PRODUCE, 9)))
    for topic in nulls.topic_data:  # type: ignore[attr-defined]
        for partition in topic.partition_data:
            partition.records = None
    answer: Any = error_answer(api, 9, nulls, FAILED)
    assert {p.error_code for t in answer.responses for p in t.partition_responses} == {-1}
