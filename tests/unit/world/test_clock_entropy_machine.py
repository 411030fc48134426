"""Clocks, randomness, and what the machine tells of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from kafkaemu.world.interface import Entropy
from kafkaemu.world.memory import MovedClock, SeededEntropy
from kafkaemu.world.real import RealClock, RealEntropy
from kafkaemu.world.real.machine import memory_bytes
from kafkaemu.world.uuids import kafka_uuid
from kafkawire.primitives import uuid_text


def test_real_time_never_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = RealClock()
    times = iter([5_000_000_000, 4_000_000_000, 6_000_000_000])
    monkeypatch.setattr("kafkaemu.world.real.clock.time.time_ns", lambda: next(times))
    assert [clock.now_ms() for _ in range(3)] == [5000, 5000, 6000]
    assert clock.real_ms() <= clock.real_ms()


def test_a_moved_clock_moves_only_by_hand_and_tells_who_asked() -> None:
    clock = MovedClock(1000)
    moves: list[int] = []
    clock.on_move(lambda: moves.append(clock.now_ms()))
    assert (clock.now_ms(), clock.now_ms()) == (1000, 1000)
    clock.advance(500)
    assert clock.now_ms() == 1500
    assert clock.real_ms() == 0
    clock.advance_real(2.5)
    assert (clock.now_ms(), clock.real_ms()) == (1500, 2.5)
    assert moves == [1500, 1500]
    for advance in (clock.advance, clock.advance_real):
        with pytest.raises(ValueError, match="never goes back"):
            advance(-1)
    assert MovedClock(real_ms=lambda: 7.0).real_ms() == 7.0


@pytest.mark.parametrize("entropy", [RealEntropy(), SeededEntropy(1)])
def test_random_numbers_stay_below_their_bound(entropy: Entropy) -> None:
    assert {entropy.below(3) for _ in range(200)} == {0, 1, 2}
    assert entropy.below(1) == 0
    assert len(entropy.token(33)) == 33


@pytest.mark.parametrize("entropy", [RealEntropy(), SeededEntropy(1)])
def test_uuids_are_version_4_and_never_look_like_an_option(entropy: Entropy) -> None:
    uuids = [entropy.uuid() for _ in range(500)]
    assert len(set(uuids)) == 500
    assert all(uuid[6] >> 4 == 4 and uuid[8] >> 6 == 2 for uuid in uuids)
    assert not any(uuid_text(uuid).startswith("-") for uuid in uuids)


def test_a_uuid_with_a_leading_dash_is_drawn_again() -> None:
    tokens = iter([bytes([0xF8]) * 16, bytes([0xFB]) * 16, bytes(16)])
    assert kafka_uuid(lambda size: next(tokens))[0] == 0


def test_the_same_seed_gives_the_same_randomness() -> None:
    first, second = SeededEntropy(5), SeededEntropy(5)
    assert [first.uuid(), first.token(4), first.below(99)] == [second.uuid(), second.token(4), second.below(99)]
    assert SeededEntropy(6).uuid() != SeededEntropy(7).uuid()


def test_a_containers_limit_counts(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text("max\n")
    whole = memory_bytes((str(limit), str(tmp_path / "absent")))
    limit.write_text("1048576\n")
    assert memory_bytes((str(limit),)) == 1048576
    assert whole is None or whole > 1048576
