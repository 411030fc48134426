"""The cache of fetch sessions: epochs, eviction, and what an incremental answer leaves out (KIP-227)."""

import pytest

from kafkaemu.replica.fetch_sessions import EVICTION_MS, NO_SESSION, FetchEntry, FetchKey, FetchSessionCache, next_epoch
from kafkaemu.world.memory import SeededEntropy
from kafkawire.errors import ErrorCode
from kafkawire.messages.fetch import FetchPartition

NOW_MS = 1_700_000_000_000


def cache_of(slots: int = 2) -> FetchSessionCache:
    return FetchSessionCache(slots, SeededEntropy().below)


def entries_of(*indexes: int, offset: int = 0) -> dict[FetchKey, FetchEntry]:
    return {
        ("orders", i): FetchEntry(("orders", i), "orders", bytes(16), FetchPartition(partition=i, fetch_offset=offset))
        for i in indexes
    }


def opened(cache: FetchSessionCache, *indexes: int, now_ms: int = NOW_MS, is_privileged: bool = False) -> int:
    return cache.open(entries_of(*indexes), now_ms, is_privileged=is_privileged, uses_topic_ids=False)


def resumed(cache: FetchSessionCache, session_id: int, epoch: int, now_ms: int = NOW_MS) -> object:
    return cache.resume(session_id, epoch, {}, (), now_ms, uses_topic_ids=False)


def test_epochs_count_up_and_wrap_to_one() -> None:
    assert [next_epoch(0), next_epoch(7), next_epoch(2**31 - 1)] == [1, 8, 1]


def test_a_session_goes_on_with_its_next_epoch_only() -> None:
    cache = cache_of()
    session_id = opened(cache, 0)
    session = cache.get(session_id)
    assert session is not None
    assert 0 < session_id < 2**31
    assert resumed(cache, session_id + 1, 1) == ErrorCode.FETCH_SESSION_ID_NOT_FOUND
    assert resumed(cache, session_id, 2) == ErrorCode.INVALID_FETCH_SESSION_EPOCH
    assert resumed(cache, session_id, 1) is session
    assert resumed(cache, session_id, 1) == ErrorCode.INVALID_FETCH_SESSION_EPOCH
    assert resumed(cache, session_id, 2) is session


def test_names_and_ids_do_not_mix() -> None:
    cache = cache_of()
    session_id = opened(cache, 0)
    resumed_by_id = cache.resume(session_id, 1, {}, (), NOW_MS, uses_topic_ids=True)
    assert resumed_by_id == ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR
    assert resumed(cache, session_id, 1) is cache.get(session_id)


def test_new_partitions_come_last_and_changed_ones_keep_their_place() -> None:
    cache = cache_of()
    session_id = opened(cache, 2, 0)
    wanted = {**entries_of(1, 0, offset=5)}
    session = cache.resume(session_id, 1, wanted, [("orders", 9)], NOW_MS, uses_topic_ids=False)
    assert not isinstance(session, ErrorCode)
    assert [(key[1], entry.asked.fetch_offset) for key, entry in session.entries.items()] == [(2, 0), (0, 5), (1, 5)]


def test_a_session_without_partitions_is_closed() -> None:
    cache = cache_of()
    session_id = opened(cache, 0)
    session = cache.resume(session_id, 1, {}, [("orders", 0)], NOW_MS, uses_topic_ids=False)
    assert not isinstance(session, ErrorCode) and not session.entries
    assert cache.get(session_id) is None


def test_a_full_cache_refuses_while_all_sessions_are_young() -> None:
    cache = cache_of()
    assert all(opened(cache, 0) for _ in range(2))
    assert opened(cache, 0, 1, 2, now_ms=NOW_MS + EVICTION_MS) == NO_SESSION
    assert len(cache) == 2


def test_the_longest_unused_session_goes_after_two_minutes() -> None:
    cache = cache_of()
    first, second = opened(cache, 0), opened(cache, 1)
    resumed(cache, first, 1, NOW_MS + 1)
    assert opened(cache, 2, now_ms=NOW_MS + EVICTION_MS) == NO_SESSION
    assert opened(cache, 2, now_ms=NOW_MS + EVICTION_MS + 1)
    assert cache.get(second) is None and cache.get(first) is not None


def test_an_old_session_in_use_gives_way_to_a_larger_one_only() -> None:
    cache = cache_of()
    small, large = opened(cache, 0), opened(cache, 0, 1, 2)
    later = NOW_MS + EVICTION_MS + 1
    resumed(cache, small, 1, later)
    resumed(cache, large, 1, later)
    # Worth is decided by privilege, size, id: one of equal size has no id yet and is worth less.
    assert opened(cache, 5, now_ms=later) == NO_SESSION
    assert opened(cache, 5, 6, now_ms=later)
    assert cache.get(small) is None and cache.get(large) is not None


def test_a_follower_pushes_out_young_consumers_and_no_consumer_a_young_follower() -> None:
    cache = cache_of(1)
    consumer = opened(cache, 0, 1)
    follower = opened(cache, 0, is_privileged=True)
    assert follower and cache.get(consumer) is None
    assert opened(cache, 0, 1, 2) == NO_SESSION
    later = NOW_MS + EVICTION_MS + 1
    resumed(cache, follower, 1, later)
    assert opened(cache, 0, 1, 2, now_ms=later) == NO_SESSION


def test_a_session_that_shrinks_is_filed_under_its_new_size() -> None:
    cache = cache_of(1)
    session_id = opened(cache, 0, 1, 2)
    later = NOW_MS + EVICTION_MS + 1
    cache.resume(session_id, 1, {}, [("orders", 0), ("orders", 1)], later, uses_topic_ids=False)
    assert opened(cache, 5, 6, now_ms=later)
    assert cache.get(session_id) is None


def test_closing_an_unknown_session_is_no_error() -> None:
    cache = cache_of()
    cache.close(77)
    session_id = opened(cache, 0)
    cache.close(session_id)
    assert len(cache) == 0


@pytest.mark.parametrize(
    ("high_watermark", "start_offset", "size", "is_exceptional", "expected"),
    [
        (10, 0, 0, False, False),
        (11, 0, 0, False, True),
        (10, 1, 0, False, True),
        (10, 0, 5, False, True),
        (10, 0, 0, True, True),
    ],
)
def test_a_partition_is_answered_when_something_about_it_is_new(
    high_watermark: int, start_offset: int, size: int, is_exceptional: bool, expected: bool
) -> None:
    cache = cache_of()
    session = cache.get(opened(cache, 0))
    assert session is not None
    entry = session.entries["orders", 0]
    entry.sent_high_watermark, entry.sent_start_offset = 10, 0
    assert (
        session.must_answer(entry, high_watermark, start_offset, size=size, is_exceptional=is_exceptional) is expected
    )


def test_a_partition_is_answered_once_more_after_an_error() -> None:
    cache = cache_of()
    session = cache.get(opened(cache, 0))
    assert session is not None
    entry = session.entries["orders", 0]
    assert session.must_answer(entry, -1, -1, size=0, is_exceptional=True)
    assert session.must_answer(entry, 0, 0, size=0, is_exceptional=False)
    assert not session.must_answer(entry, 0, 0, size=0, is_exceptional=False)


def test_partitions_that_got_records_move_to_the_end() -> None:
    cache = cache_of()
    session = cache.get(opened(cache, 0, 1, 2))
    assert session is not None
    session.must_answer(session.entries["orders", 0], 5, 0, size=100, is_exceptional=False)
    assert [key[1] for key in session.entries] == [1, 2, 0]
