"""InitProducerId by plain calls."""

from typing import Any

import pytest

from kafkaemu.handlers import init_producer_id
from kafkawire.errors import ErrorCode
from kafkawire.messages.init_producer_id import InitProducerIdRequest
from tests.support.replicas import Replicas


def asked(world: Replicas, **fields: Any) -> tuple[int, int, int]:
    body = InitProducerIdRequest(**{"transactional_id": None, "transaction_timeout_ms": 60_000, **fields})
    answer = world.ask(init_producer_id.handle, body, 5).answer
    return answer.error_code, answer.producer_id, answer.producer_epoch


def test_ids_are_never_given_twice_and_come_in_blocks() -> None:
    world = Replicas()
    before = world.controller.log.end_offset
    assert [asked(world) for _ in range(1001)] == [(0, number, 0) for number in range(1001)]
    assert world.controller.log.end_offset == before + 2
    assert world.controller.image.next_producer_id == 2000


def test_a_known_id_without_a_transactional_id_gets_a_new_one() -> None:
    world = Replicas()
    assert asked(world, producer_id=77, producer_epoch=3) == (0, 0, 0)
    assert asked(world, producer_id=-2, producer_epoch=-2) == (0, 1, 0)


@pytest.mark.parametrize("fields", [{"producer_id": 7}, {"producer_epoch": 0}, {"transactional_id": ""}])
def test_half_a_producer_and_an_empty_transactional_id_are_invalid(fields: dict[str, Any]) -> None:
    assert asked(Replicas(), **fields) == (ErrorCode.INVALID_REQUEST, -1, -1)


def test_a_transactional_id_is_refused_for_good() -> None:
    code, *rest = asked(Replicas(), transactional_id="t")
    assert (code, *rest) == (ErrorCode.UNSUPPORTED_VERSION, -1, -1)
    assert not ErrorCode(code).retriable
