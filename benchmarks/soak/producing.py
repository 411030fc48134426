"""Producers that cost next to nothing: a prepared request for each partition, in which only what must change is changed."""

from __future__ import annotations

import time
from struct import Struct

from google_crc32c import value as crc32c

from benchmarks.raw import PRODUCE_VERSION, frame
from benchmarks.soak.ledger import Ledger
from benchmarks.soak.pipe import Pipe
from kafkawire.messages.init_producer_id import InitProducerIdRequest
from kafkawire.messages.produce import PartitionProduceData, ProduceRequest, TopicProduceData
from kafkawire.primitives import Buffer
from kafkawire.records.builder import build_batch
from kafkawire.records.record import Record

MARK = b"\x7fhere!\x7f\x7f"
_TIMESTAMPS = Struct(">qq")
_SEQUENCE = Struct(">i")
_OFFSET = Struct(">q")
_CRC = Struct(">I")
_CRC_AT, _CHECKED_AT, _TIMESTAMPS_AT, _SEQUENCE_AT = 17, 21, 27, 53
_ERROR_AND_OFFSET = Struct(">hq")


def batch_of(records: int, value_bytes: int, producer_id: int, producer_epoch: int) -> bytes:
    """A batch whose first value begins with `MARK`."""
    values = [MARK + bytes(value_bytes - len(MARK)), *(bytes(value_bytes) for _ in range(records - 1))]
    listed = [Record(value=value, timestamp_ms=1) for value in values]
    return build_batch(listed, producer_id=producer_id, producer_epoch=producer_epoch, base_sequence=0)


def value_position(records: int, value_bytes: int) -> int:
    """Where the first value begins in such a batch."""
    return batch_of(records, value_bytes, 1, 0).index(MARK)


class PartitionProducer:
    """An idempotent producer of batches of one shape to one partition, acks=all."""

    def __init__(
        self, pipe: Pipe, ledger: Ledger, topic: str, index: int, records: int, value_bytes: int, producer_id: int
    ) -> None:
        self._pipe = pipe
        self._ledger = ledger
        self._key = (topic, index)
        self._records = records
        batch = batch_of(records, value_bytes, producer_id, 0)
        data = TopicProduceData(name=topic, partition_data=[PartitionProduceData(index=index, records=batch)])
        request = ProduceRequest(transactional_id=None, acks=-1, timeout_ms=30_000, topic_data=[data])
        self._frame = bytearray(frame(0, PRODUCE_VERSION, request))
        self._batch_at = self._frame.index(batch)
        self._end = self._batch_at + len(batch)
        self._value_at = self._frame.index(MARK)
        # Correlation id, tags, one topic, its name, one partition, its index.
        self._answer_at = 4 + 1 + 1 + 1 + len(topic) + 1 + 4

    def produce(self, due: float, *, is_timed: bool) -> None:
        """Queue one batch that was due at ``due`` of `time.perf_counter`."""
        sent, frame_, at = self._ledger.sent, self._frame, self._batch_at
        offset = sent[self._key]
        now_ms = int(time.time() * 1000)
        _TIMESTAMPS.pack_into(frame_, at + _TIMESTAMPS_AT, now_ms, now_ms)
        _SEQUENCE.pack_into(frame_, at + _SEQUENCE_AT, offset & 0x7FFFFFFF)
        _OFFSET.pack_into(frame_, self._value_at, offset)
        _CRC.pack_into(frame_, at + _CRC_AT, crc32c(bytes(frame_[at + _CHECKED_AT : self._end])))
        sent[self._key] = offset + self._records
        self._pipe.put(frame_, self._acknowledged, (offset, due if is_timed else None))

    def _acknowledged(self, answer: Buffer, what: tuple[int, float | None]) -> None:
        expected, due = what
        error, offset = _ERROR_AND_OFFSET.unpack_from(answer, self._answer_at)
        ledger, key = self._ledger, self._key
        if error or offset != expected:
            ledger.error(f"Produce to {key}: error {error}, offset {'right' if offset == expected else 'wrong'}")
        ledger.acknowledged[key] = expected + self._records
        if due is not None:
            ledger.latencies_ms.append((time.perf_counter() - due) * 1000)


async def new_producer_id(pipe: Pipe) -> int:
    """An id from the broker."""
    answer = await pipe.call(InitProducerIdRequest(transactional_id=None), 2)
    return int(answer.producer_id)
