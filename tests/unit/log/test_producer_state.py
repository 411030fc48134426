"""Sequences, producer epochs and transactions of one partition (invariants 27, 29, 30)."""

from struct import pack

import pytest

from kafkaemu.log.errors import LogError
from kafkaemu.log.producer_state import SEQUENCE_MAX, AbortedTransaction, ProducerState, follows
from kafkaemu.log.results import Origin
from kafkawire.errors import ErrorCode
from kafkawire.records.batch import BatchHeader
from kafkawire.records.builder import end_transaction_batch
from tests.unit.log.building import NOW_MS, append, batch_of, log_of, sequenced


def header(
    sequence: int, count: int = 1, *, offset: int = 0, epoch: int = 0, is_transactional: bool = False
) -> BatchHeader:
    batch = sequenced(sequence, *([b"v"] * count), epoch=epoch, base_offset=offset, is_transactional=is_transactional)
    return BatchHeader.parse(batch)


def state_after(*headers: BatchHeader) -> ProducerState:
    state = ProducerState("orders-0")
    for applied in headers:
        assert state.check(applied, applied.base_offset, is_client=True) is None
        state.apply(applied)
    return state


def refusal(state: ProducerState, refused: BatchHeader, *, is_client: bool = True) -> LogError:
    with pytest.raises(LogError) as caught:
        state.check(refused, 100, is_client=is_client)
    return caught.value


def test_an_unknown_producer_may_start_at_any_sequence() -> None:
    assert ProducerState("orders-0").check(header(77), 0, is_client=True) is None


def test_sequences_follow_each_other() -> None:
    state = state_after(header(5, 3), header(8))
    error = refusal(state, header(10))
    assert error.code is ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER
    assert error.reason == (
        "Out of order sequence number for producer 7 at offset 100 in partition orders-0: 10 (incoming seq. number), "
        "8 (current end sequence number)"
    )
    assert refusal(state, header(6)).code is ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER


def test_sequences_wrap_to_zero() -> None:
    assert follows(SEQUENCE_MAX, 0)
    assert not follows(SEQUENCE_MAX - 1, 0)
    state = state_after(header(SEQUENCE_MAX - 1, 4), header(2))
    entry = state.entry(7)
    assert entry is not None
    assert [(batch.first_sequence, batch.last_sequence) for batch in entry.batches] == [(SEQUENCE_MAX - 1, 1), (2, 2)]
    assert state_after(header(SEQUENCE_MAX)).check(header(0), 1, is_client=True) is None


def test_the_last_five_batches_are_recognized_and_no_more() -> None:
    state = state_after(*(header(number, offset=10 + number) for number in range(6)))
    for number in range(1, 6):
        known = state.check(header(number), 100, is_client=True)
        assert known is not None
        assert (known.first_offset, known.last_offset) == (10 + number, 10 + number)
    assert refusal(state, header(0)).code is ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER


def test_a_duplicate_has_the_same_first_and_last_sequence() -> None:
    state = state_after(header(0, 3))
    assert refusal(state, header(0, 2)).code is ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER


def test_a_new_epoch_begins_at_zero() -> None:
    state = state_after(header(0), header(1))
    error = refusal(state, header(2, epoch=1))
    assert error.code is ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER
    assert error.reason == (
        "Invalid sequence number for new epoch of producer 7 at offset 100 in partition orders-0: 1 (request epoch), "
        "2 (seq. number), 0 (current producer epoch)"
    )
    assert state.check(header(0, epoch=1), 2, is_client=True) is None


def test_a_fenced_epoch_never_appends() -> None:
    state = state_after(header(0), header(0, epoch=3, offset=1))
    error = refusal(state, header(1))
    assert error.code is ErrorCode.INVALID_PRODUCER_EPOCH
    assert error.reason == (
        "Epoch of producer 7 at offset 100 in orders-0 is 0, which is smaller than the last seen epoch 3"
    )
    assert refusal(state, header(1), is_client=False).code is ErrorCode.INVALID_PRODUCER_EPOCH
    with pytest.raises(AssertionError):
        state.apply(header(1))


def test_batches_of_an_old_epoch_are_no_duplicates() -> None:
    state = state_after(header(0), header(0, epoch=1, offset=1))
    assert refusal(state, header(0)).code is ErrorCode.INVALID_PRODUCER_EPOCH
    known = state.check(header(0, epoch=1), 9, is_client=True)
    assert known is not None
    assert known.first_offset == 1


def test_the_broker_itself_writes_without_sequences() -> None:
    state = state_after(header(0))
    assert state.check(header(5), 1, is_client=False) is None


def test_a_producer_without_an_epoch_is_not_counted() -> None:
    state = state_after(header(0, epoch=-1), header(9, epoch=-1))
    assert state.check(header(4, epoch=-1), 2, is_client=True) is None
    assert state.check(header(4, epoch=0), 2, is_client=True) is None


def test_expiry_counts_from_the_last_batch_and_spares_open_transactions() -> None:
    state = state_after(header(0))
    assert state.expire(NOW_MS + 99, 100) == 0
    assert state.expire(NOW_MS + 100, 100) == 1
    assert len(state) == 0
    state = state_after(header(0, is_transactional=True))
    assert state.expire(NOW_MS + 10**9, 100) == 0


def transactional(sequence: int, producer_id: int) -> bytes:
    return sequenced(sequence, b"v", producer_id=producer_id, is_transactional=True)


def marker(producer_id: int, *, is_commit: bool, coordinator_epoch: int = 0, producer_epoch: int = 0) -> bytes:
    return end_transaction_batch(
        is_commit=is_commit,
        producer_id=producer_id,
        producer_epoch=producer_epoch,
        coordinator_epoch=coordinator_epoch,
        timestamp_ms=NOW_MS,
    )


def test_the_last_stable_offset_is_the_first_offset_of_the_first_open_transaction() -> None:
    log = append(log_of(), batch_of(b"a"), transactional(0, 1), transactional(0, 2), batch_of(b"b"))
    assert log.last_stable_offset == 1
    log.append_as_leader(marker(1, is_commit=True), 0, NOW_MS, origin=Origin.COORDINATOR)
    # The marker is not committed itself yet.
    assert log.last_stable_offset == 1
    log.update_high_watermark(5)
    assert log.last_stable_offset == 2
    log.append_as_leader(marker(2, is_commit=False), 0, NOW_MS, origin=Origin.COORDINATOR)
    log.update_high_watermark(6)
    assert log.last_stable_offset == 6


def test_the_aborted_index_equals_a_replay() -> None:
    log = append(log_of(), transactional(0, 1), transactional(0, 2))
    for producer_id, is_commit in ((2, False), (1, False)):
        log.append_as_leader(marker(producer_id, is_commit=is_commit), 0, NOW_MS, origin=Origin.COORDINATOR)
    append(log, transactional(1, 1))
    expected = [AbortedTransaction(2, 1, 2, 0), AbortedTransaction(1, 0, 3, 4)]
    assert log.aborted_transactions(0, 5) == expected
    assert log.aborted_transactions(3, 5) == [expected[1]]
    assert log.aborted_transactions(0, 1) == [expected[1]]
    log.append_as_leader(batch_of(b"x"), 0, NOW_MS)
    log.truncate_to(5)
    assert log.aborted_transactions(0, 5) == expected
    assert log.last_stable_offset == 4


def test_a_plain_batch_within_a_transaction_is_refused() -> None:
    state = state_after(header(0, is_transactional=True))
    assert refusal(state, header(1)).code is ErrorCode.INVALID_TXN_STATE


def test_a_marker_of_an_old_coordinator_or_producer_epoch_is_refused() -> None:
    log = append(log_of(), transactional(0, 1))
    log.append_as_leader(marker(1, is_commit=True, coordinator_epoch=4), 0, NOW_MS, origin=Origin.COORDINATOR)
    for batch, code in (
        (marker(1, is_commit=True, coordinator_epoch=3), ErrorCode.TRANSACTION_COORDINATOR_FENCED),
        (marker(1, is_commit=True, coordinator_epoch=4, producer_epoch=-1), ErrorCode.INVALID_PRODUCER_EPOCH),
    ):
        with pytest.raises(LogError) as caught:
            log.append_as_leader(batch, 0, NOW_MS, origin=Origin.COORDINATOR)
        assert caught.value.code is code
    assert log.end_offset == 2


def test_a_marker_can_bump_the_epoch_after_which_sequences_begin_at_zero() -> None:
    log = append(log_of(), transactional(0, 1))
    log.append_as_leader(marker(1, is_commit=True, producer_epoch=1), 0, NOW_MS, origin=Origin.COORDINATOR)
    batch = sequenced(1, b"v", producer_id=1, epoch=1, is_transactional=True)
    with pytest.raises(LogError) as caught:
        log.append_as_leader(batch, 0, NOW_MS)
    assert caught.value.code is ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER
    batch = sequenced(0, b"v", producer_id=1, epoch=1, is_transactional=True)
    assert log.append_as_leader(batch, 0, NOW_MS).base_offset == 2


def test_markers_are_read_from_their_records() -> None:
    from kafkaemu.log.replay import apply_batch

    state = state_after(header(0, is_transactional=True))
    batch = end_transaction_batch(
        is_commit=False, producer_id=7, producer_epoch=0, coordinator_epoch=9, timestamp_ms=NOW_MS, base_offset=1
    )
    assert pack(">hi", 0, 9) in batch
    apply_batch(state, BatchHeader.parse(batch), batch)
    entry = state.entry(7)
    assert entry is not None
    assert entry.coordinator_epoch == 9
    assert state.aborted == [AbortedTransaction(7, 0, 1, 2)]
