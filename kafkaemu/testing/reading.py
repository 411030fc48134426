"""Reading a topic as a read_committed consumer does, from its start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kafkaemu.testing.errors import is_told
from kafkaemu.testing.values import Record
from kafkawire.errors import ErrorCode
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchTopic, PartitionData
from kafkawire.messages.list_offsets import ListOffsetsPartition, ListOffsetsRequest, ListOffsetsTopic
from kafkawire.records.batch import iterate_batches
from kafkawire.records.builder import ControlType, control_type_of
from kafkawire.records.iterate import records_of

__tracebackhide__ = is_told
READ_COMMITTED = 1
EARLIEST, LATEST = -2, -1
CONSUMER = -1
PARTITION_BYTES_MAX = 16 << 20
#: How long one broker of several is waited for before the next is asked.
SHARE_S = 0.1
#: What is said of a partition that has gone, or goes elsewhere: there is nothing to read just now.
_NOTHING_NOW = {
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    ErrorCode.NOT_LEADER_OR_FOLLOWER,
    ErrorCode.OFFSET_OUT_OF_RANGE,
    ErrorCode.LEADER_NOT_AVAILABLE,
    ErrorCode.OFFSET_NOT_AVAILABLE,
}


class Reader:
    """Reads the partitions of one topic from their leaders (node by partition)."""

    def __init__(self, ask: Callable[..., Any], topic: str, leaders: dict[int, int]) -> None:
        self._ask = ask
        self._topic = topic
        #: Partitions by their leader.
        self._by_node: dict[int, list[int]] = {}
        for index, node in leaders.items():
            self._by_node.setdefault(node, []).append(index)
        self._indexes = list(leaders)
        #: The next offset to read, by partition.
        self._next: dict[int, int] = {}

    def ranges(self) -> dict[int, tuple[int, int]]:
        """First offset, and the one behind the last that may be read, by partition."""
        starts, ends = self._offsets(EARLIEST), self._offsets(LATEST)
        return {index: (starts[index], ends[index]) for index in starts if index in ends}

    def _offsets(self, timestamp: int) -> dict[int, int]:
        found = {}
        for node, indexes in self._by_node.items():
            partitions = [ListOffsetsPartition(partition_index=index, timestamp=timestamp) for index in indexes]
            request = ListOffsetsRequest(
                replica_id=CONSUMER,
                isolation_level=READ_COMMITTED,
                topics=[ListOffsetsTopic(name=self._topic, partitions=partitions)],
            )
            for one in self._ask(request, 5, node=node).topics[0].partitions:
                if one.error_code == ErrorCode.NONE:
                    found[one.partition_index] = one.offset
        return found

    def read_to_end(self) -> list[Record]:
        """Everything there is now."""
        ranges = self.ranges()
        self._next = {index: start for index, (start, _) in ranges.items()}
        records: list[Record] = []
        while True:
            before = dict(self._next)
            if all(self._next.get(index, end) >= end for index, (_, end) in ranges.items()):
                return records
            records += self._read(0)
            if self._next == before:
                # Deleted in the meantime, or moved.
                return records

    @property
    def is_whole(self) -> bool:
        """Whether every partition is read. A new leader may not know yet that it is one, and a topic may have gone."""
        return bool(self._next) and all(index in self._next for index in self._indexes)

    def read_next(self, wait_s: float) -> list[Record]:
        """What has come since; waits for it, at most so long."""
        return self._read(wait_s if len(self._by_node) == 1 else min(wait_s, SHARE_S))

    def _read(self, wait_s: float) -> list[Record]:
        records: list[Record] = []
        for node, indexes in self._by_node.items():
            partitions = [
                FetchPartition(partition=index, fetch_offset=self._next[index], partition_max_bytes=PARTITION_BYTES_MAX)
                for index in indexes
                if index in self._next
            ]
            request = FetchRequest(
                max_wait_ms=int(wait_s * 1000),
                min_bytes=1,
                isolation_level=READ_COMMITTED,
                topics=[FetchTopic(topic=self._topic, partitions=partitions)],
            )
            answer = self._ask(request, 11, node=node, wait_s=wait_s)
            for topic in answer.responses:
                for data in topic.partitions:
                    records += self._records_of(data)
        return records

    def _records_of(self, data: PartitionData) -> Iterator[Record]:
        if data.error_code != ErrorCode.NONE:
            if data.error_code in _NOTHING_NOW:
                self._next.pop(data.partition_index, None)
            return
        index = data.partition_index
        aborted = sorted((one.first_offset, one.producer_id) for one in data.aborted_transactions or ())
        in_aborted: set[int] = set()
        buffer = _joined(data.records)
        for position, header in iterate_batches(buffer):
            if header.last_offset < self._next[index]:
                continue
            while aborted and aborted[0][0] <= header.last_offset:
                in_aborted.add(aborted.pop(0)[1])
            first, self._next[index] = self._next[index], header.last_offset + 1
            if header.is_control:
                (marker,) = records_of(buffer, position)
                if control_type_of(marker.key) == ControlType.ABORT:
                    in_aborted.discard(header.producer_id)
                continue
            if header.is_transactional and header.producer_id in in_aborted:
                continue
            for one in records_of(buffer, position):
                if one.offset >= first:
                    yield Record(self._topic, index, one.offset, one.timestamp_ms, one.key, one.value, one.headers)


def _joined(records: Any) -> bytes:
    """The batches of an answer in one piece, wherever they lie."""
    if records is None:
        return b""
    parts = records if isinstance(records, (list, tuple)) else (records,)
    return b"".join(bytes(part) for part in parts)
