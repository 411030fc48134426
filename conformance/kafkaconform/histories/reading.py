"""Readers: consumers without a group, which read partitions from their start on."""

from collections.abc import Mapping
from typing import Any

from kafkaconform.histories.client import Client, Unexpected
from kafkaconform.histories.history import Partition, Read, Seen
from kafkaconform.histories.surroundings import Surroundings
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchTopic
from kafkawire.records.iterate import records_in

FETCH_BYTES_MAX = 1 << 20
#: Small, so that many answers end in the middle of what there is.
PARTITION_BYTES_MAX = 1 << 12


def poll(around: Surroundings, client: Client, positions: Mapping[Partition, int], max_wait_ms: int) -> list[Read]:
    """One Fetch of all ``positions``; what came of each partition, which is noted too. Raises `Unexpected`."""
    topics: dict[str, list[FetchPartition]] = {}
    for (topic, index), offset in positions.items():
        topics.setdefault(topic, []).append(
            FetchPartition(partition=index, fetch_offset=offset, partition_max_bytes=PARTITION_BYTES_MAX)
        )
    request = FetchRequest(
        max_wait_ms=max_wait_ms,
        min_bytes=1,
        max_bytes=FETCH_BYTES_MAX,
        topics=[FetchTopic(topic=topic, partitions=partitions) for topic, partitions in topics.items()],
    )
    began = around.history.tick()
    answer = client.ask(request)
    ended = around.history.tick()
    if answer.error_code:
        raise Unexpected(f"Fetch of {client.name}: error {answer.error_code}.")
    reads = [
        _read(client.name, Partition(topic.topic, data.partition_index), data, positions, began, ended)
        for topic in answer.responses
        for data in topic.partitions
    ]
    around.history.reads += reads
    return reads


def _read(
    reader: str, partition: Partition, data: Any, positions: Mapping[Partition, int], began: int, ended: int
) -> Read:
    if data.error_code:
        raise Unexpected(f"Fetch of {reader} from {partition}: error {data.error_code}.")
    from_offset = positions[partition]
    records = records_in(data.records or b"")
    return Read(
        began=began,
        ended=ended,
        reader=reader,
        partition=partition,
        from_offset=from_offset,
        records=tuple(Seen(one.offset, one.value or b"") for one in records if one.offset >= from_offset),
        high_watermark=data.high_watermark,
        stable_offset=data.last_stable_offset,
    )


class Reader:
    """Reads all partitions from ``from_offset`` on, as long as there is time."""

    def __init__(self, around: Surroundings, name: str, from_offset: int = 0) -> None:
        self._around = around
        self._client = around.client(name)
        self._positions = dict.fromkeys(around.partitions, from_offset)

    def run(self) -> None:
        """Reads until time is up."""
        while not self._around.is_over:
            self._poll(max_wait_ms=100)

    def read_all(self) -> None:
        """Reads until nothing comes any more: meant for when nobody produces."""
        while self._poll(max_wait_ms=0):
            pass

    def _poll(self, max_wait_ms: int) -> bool:
        reads = poll(self._around, self._client, self._positions, max_wait_ms)
        for read in reads:
            self._positions[read.partition] = read.end
        return any(read.records for read in reads)
