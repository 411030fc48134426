"""The leader epoch cache (KIP-101)."""

import pytest

from kafkaemu.log.leader_epochs import LeaderEpochs


def cache(*entries: tuple[int, int]) -> LeaderEpochs:
    epochs = LeaderEpochs()
    for epoch, start in entries:
        epochs.assign(epoch, start)
    return epochs


def test_an_epoch_begins_once() -> None:
    assert cache((2, 10), (2, 12)).entries() == [(2, 10)]


def test_a_new_epoch_drops_what_contradicts_it() -> None:
    assert cache((1, 0), (2, 10), (3, 20)).entries() == [(1, 0), (2, 10), (3, 20)]
    assert cache((1, 0), (2, 10), (3, 10)).entries() == [(1, 0), (3, 10)]
    assert cache((1, 0), (5, 10), (3, 20)).entries() == [(1, 0), (3, 20)]
    assert cache((1, 0), (2, 10), (2, 5)).entries() == [(1, 0), (2, 5)]


def test_neither_epoch_nor_offset_is_negative() -> None:
    with pytest.raises(AssertionError):
        cache((-1, 0))


@pytest.mark.parametrize(
    ("epoch", "expected"),
    [(-1, (-1, -1)), (1, (1, 5)), (2, (2, 10)), (3, (2, 10)), (4, (4, 30)), (5, (-1, -1))],
)
def test_end_offset_of_an_epoch(epoch: int, expected: tuple[int, int]) -> None:
    assert cache((2, 5), (4, 10)).end_offset_for(epoch, 30) == expected


def test_nothing_is_known_of_any_epoch_in_an_empty_cache() -> None:
    assert cache().end_offset_for(0, 30) == (-1, -1)
    assert (cache().latest, cache().epoch_at(3)) == (-1, -1)


def test_epoch_at_an_offset() -> None:
    epochs = cache((2, 5), (4, 10))
    assert [epochs.epoch_at(offset) for offset in (4, 5, 9, 10, 99)] == [-1, 2, 2, 4, 4]


def test_truncation_from_the_end_forgets_what_began_there() -> None:
    epochs = cache((1, 0), (2, 10), (3, 20))
    epochs.truncate_from_end(20)
    assert epochs.entries() == [(1, 0), (2, 10)]
    epochs.truncate_from_end(11)
    assert epochs.entries() == [(1, 0), (2, 10)]


def test_truncation_from_the_start_keeps_the_epoch_at_the_start() -> None:
    epochs = cache((1, 0), (2, 10), (3, 20))
    epochs.truncate_from_start(15)
    assert epochs.entries() == [(2, 15), (3, 20)]
    epochs.truncate_from_start(20)
    assert epochs.entries() == [(3, 20)]
    epochs.clear()
    assert epochs.entries() == []
