"""Fetch without a session: offsets, limits, waiting, errors."""

import cramjam

from kafkaconform.batches import Record, batch
from kafkaconform.outcome import Tree
from kafkaconform.prepare import UNKNOWN_UUID, append, make_topic, produce_request, wait_until_gone
from kafkaconform.probes.delete_topics import by_name
from kafkaconform.registry import asked_since, probe
from kafkaconform.session import Session
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchTopic

#: How soon a fetch that waits is answered once enough has come, amply: well before its own time is up.
WOKEN_S = 3.0


def fetch(
    topic: str = "",
    *partitions: FetchPartition,
    topic_id: bytes = bytes(16),
    max_wait_ms: int = 0,
    min_bytes: int = 0,
    max_bytes: int = 1 << 20,
    isolation_level: int = 0,
    replica_id: int = -1,
) -> FetchRequest:
    """A fetch outside any session; by name up to version 12, by id from 13 on."""
    request = FetchRequest(
        max_wait_ms=max_wait_ms,
        min_bytes=min_bytes,
        max_bytes=max_bytes,
        isolation_level=isolation_level,
        replica_id=replica_id,
        topics=[FetchTopic(topic=topic, topic_id=topic_id, partitions=list(partitions))],
    )
    request.replica_state.replica_id = replica_id
    return request


def part(partition: int = 0, offset: int = 0, *, limit: int = 1 << 20, epoch: int = -1) -> FetchPartition:
    """One partition of a fetch."""
    return FetchPartition(
        partition=partition, fetch_offset=offset, partition_max_bytes=limit, current_leader_epoch=epoch
    )


def three_batches(session: Session) -> tuple[str, bytes]:
    """A topic with batches at offsets 0, 1 to 3 and 4."""
    name, topic_id = make_topic(session, "orders")
    append(session, name, batch(), batch([Record(value=b"a"), Record(value=b"b"), Record(value=b"c")]), batch())
    return name, topic_id


def sizes(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Of each partition only its errors, offsets and which batches came."""
    for topic in answer["responses"]:
        for partition in topic["partitions"]:
            records = partition["records"]
            partition["records"] = records and [each.get("base_offset", each) for each in records]
    return answer


@probe
def every_version(session: Session) -> None:
    """All there is in every version: LSO from 4, start offset from 5, sessions from 7, preferred replica
    from 11, ids from 13.
    """
    name, topic_id = three_batches(session)
    session.connect().ask_all_versions(fetch(name, part(), topic_id=topic_id))


@probe
def zstd_topic(session: Session) -> None:
    """A topic whose own compression is zstd, in versions that do not know it: as any other; 76 before 4.0."""
    name, topic_id = make_topic(session, "orders", configs={"compression.type": "zstd"})
    connection = session.connect()
    for version in (4, 5, 9, 10):
        connection.ask(fetch(name, part(), topic_id=topic_id), version)


@probe
def empty_partition(session: Session) -> None:
    """Nothing there: no records, but not null, in every version."""
    name, topic_id = make_topic(session, "orders")
    session.connect().ask_all_versions(fetch(name, part(), topic_id=topic_id))


@probe
def offsets(session: Session) -> None:
    """A batch is sent whole even if the offset lies in its middle; the end is fine; outside is 1."""
    name, topic_id = three_batches(session)
    connection = session.connect()
    for offset in (0, 1, 2, 3, 4, 5, 6, 100, -1, -2):
        connection.ask(fetch(name, part(offset=offset)), 11, view=sizes)
    for offset in (6, -1):
        connection.ask(fetch(name, part(offset=offset), topic_id=topic_id), 17, view=sizes)
        connection.ask(fetch(name, part(offset=offset)), 4, view=sizes)


@probe
def limits(session: Session) -> None:
    """The first batch comes whatever the limits; after it they count, per partition and in all."""
    name, _ = three_batches(session)
    connection = session.connect()
    for limit in (0, 1, 70, 80, 140, 155, 170, 230, 1000):
        connection.ask(fetch(name, part(limit=limit)), 11, view=sizes)
    for max_bytes in (0, 1, 70, 140, 155, 170, 230):
        connection.ask(fetch(name, part(), max_bytes=max_bytes), 11, view=sizes)


@probe
def limits_over_partitions(session: Session) -> None:
    """Partitions are filled in the order of the request until the limit of the whole is reached."""
    name, _ = make_topic(session, "orders", 3)
    for partition in (0, 1, 2):
        append(session, name, batch(), batch(), partition=partition)
    connection = session.connect()
    for max_bytes in (1, 69, 138, 140, 210, 300, 10_000):
        connection.ask(fetch(name, part(2), part(0), part(1), max_bytes=max_bytes), 11, view=sizes)


@probe
def negative_sizes(session: Session) -> None:
    """A negative byte limit, of a partition or in all, is -1; a negative minimum or wait counts as 0."""
    name, _ = three_batches(session)
    connection = session.connect()
    connection.ask(fetch(name, part(limit=-1)), 11, view=sizes)
    connection.ask(fetch(name, part(), max_bytes=-1), 11, view=sizes)
    connection.ask(fetch(name, part(), min_bytes=-1), 11, view=sizes)
    connection.ask(fetch(name, part(), max_wait_ms=-1), 11, view=sizes)


@probe
def unknown_topic_or_partition(session: Session) -> None:
    """3 for what is not there by name, 100 by id; nothing is created."""
    name, topic_id = make_topic(session, "orders")
    connection = session.connect()
    for version in (4, 7, 11, 12):
        connection.ask(fetch(session.name("missing"), part()), version)
        connection.ask(fetch(name, part(1), part(-1)), version)
    for version in (13, 16, 18):
        connection.ask(FetchRequest(topics=[FetchTopic(topic_id=UNKNOWN_UUID, partitions=[part()])]), version)
        connection.ask(FetchRequest(topics=[FetchTopic(topic_id=bytes(16), partitions=[part()])]), version)
        connection.ask(FetchRequest(topics=[FetchTopic(topic_id=topic_id, partitions=[part(1)])]), version)


@probe
def leader_epochs(session: Session) -> None:
    """The leader epoch a client knows: a later one than the broker's is 75, an earlier one 74, -1 is not
    looked at.
    """
    name, topic_id = three_batches(session)
    connection = session.connect()
    for version in (9, 12, 17):
        for epoch in (-1, 0, 1, -2):
            connection.ask(fetch(name, part(epoch=epoch), topic_id=topic_id), version, view=sizes)


@probe
def last_fetched_epoch(session: Session) -> None:
    """From version 12 on a client may say which epoch it read last; where logs diverge the answer says so."""
    name, _ = three_batches(session)
    connection = session.connect()
    for epoch, offset in ((0, 5), (1, 5), (0, 4), (-1, 5), (0, 6), (0, 77)):
        asked = part(offset=offset)
        asked.last_fetched_epoch = epoch
        connection.ask(fetch(name, asked), 12, view=sizes)


@probe
def as_a_replica(session: Session) -> None:
    """A consumer that pretends to be a replica the partition does not have: 6. Below -1 it is a consumer
    still.
    """
    name, topic_id = three_batches(session)
    connection = session.connect()
    for replica_id in (4711, -2, -3):
        connection.ask(fetch(name, part(), replica_id=replica_id), 11, view=sizes)
    connection.ask(fetch(name, part(), topic_id=topic_id, replica_id=4711), 17, view=sizes)


@probe
def isolation_levels(session: Session) -> None:
    """read_committed gives an empty list of aborted transactions, read_uncommitted null; another level is
    -1.
    """
    name, topic_id = three_batches(session)
    connection = session.connect()
    for version in (4, 11, 17):
        for level in (0, 1, 2, -1):
            request = fetch(name, part(), topic_id=topic_id, isolation_level=level)
            connection.ask(request, version, view=sizes)


@probe
def no_topics(session: Session) -> None:
    """A fetch of nothing outside a session is answered at once when it may not wait."""
    connection = session.connect()
    for version in (4, 7, 12, 17):
        connection.ask(FetchRequest(max_wait_ms=0), version)


@probe
def same_partition_twice(session: Session) -> None:
    """Of a partition named twice the last entry counts."""
    name, _ = three_batches(session)
    session.connect().ask(fetch(name, part(offset=0), part(offset=4)), 11, view=sizes)


@probe
def waits_for_bytes(session: Session) -> None:
    """Below min_bytes a fetch waits: until enough came, or until max_wait_ms is over; errors are answered at
    once.
    """
    name, _ = make_topic(session, "orders")
    reader, writer = session.connect(), session.connect()
    waiting = reader.send(fetch(name, part(), max_wait_ms=6_000, min_bytes=1), 11)
    writer.ask(produce_request(name, batch()), 9)
    waiting.answer(WOKEN_S)
    reader.ask(fetch(name, part(offset=1), max_wait_ms=100, min_bytes=1), 11, view=sizes)
    reader.ask(fetch(name, part(), max_wait_ms=100, min_bytes=1000), 11, view=sizes)
    waiting = reader.send(fetch(name, part(), max_wait_ms=6_000, min_bytes=100), 11, view=sizes)
    writer.ask(produce_request(name, batch()), 9)
    waiting.answer(WOKEN_S)
    reader.ask(fetch(name, part(offset=77), max_wait_ms=6_000, min_bytes=1), 11, view=sizes)
    reader.ask(fetch(session.name("missing"), part(), max_wait_ms=6_000, min_bytes=1), 11, view=sizes)


@probe
def compressed_batches(session: Session) -> None:
    """Compressed batches come as they were written."""
    name, _ = make_topic(session, "orders")
    payload = bytes(cramjam.gzip.compress(Record().encoded(0)))
    append(session, name, batch(payload=payload, attributes=1), batch())
    session.connect().ask(fetch(name, part()), 11)


@probe
def log_append_time(session: Session) -> None:
    """A topic that stamps records: the batch says so, and its largest timestamp is the broker's."""
    name, _ = make_topic(session, "stamped", configs={"message.timestamp.type": "LogAppendTime"})
    append(session, name, batch())
    session.connect().ask(fetch(name, part()), 11)


@probe
def leader_epoch_in_batches(session: Session) -> None:
    """The broker writes its leader epoch and the offset into each batch."""
    name, _ = make_topic(session, "orders")
    append(session, name, batch(leader_epoch=99), batch(leader_epoch=-7))
    session.connect().ask(fetch(name, part()), 11)


@probe
@asked_since("3.3", "with ZooKeeper a topic that is deleted is in the way for a moment more")
def recreated_topic(session: Session) -> None:
    """A topic made again has another id; the old one is 100 from then on."""
    name, topic_id = make_topic(session, "orders")
    session.service.quietly(by_name(name), 6)
    wait_until_gone(session, name)
    _, new_id = make_topic(session, "orders")
    connection = session.connect()
    connection.ask(FetchRequest(topics=[FetchTopic(topic_id=topic_id, partitions=[part()])]), 17)
    connection.ask(FetchRequest(topics=[FetchTopic(topic_id=new_id, partitions=[part()])]), 17)


@probe
def as_a_replica_with_an_epoch(session: Session) -> None:
    """A pretended replica that also names a leader epoch: 75, whether the epoch is right or not."""
    name, topic_id = three_batches(session)
    connection = session.connect()
    for epoch in (0, 1):
        connection.ask(fetch(name, part(epoch=epoch), replica_id=4711), 11, view=sizes)
        connection.ask(fetch(name, part(epoch=epoch), topic_id=topic_id, replica_id=4711), 17, view=sizes)


@probe
def several_topics(session: Session) -> None:
    """Good partitions first, in the order of the request; behind them those that are not there."""
    first, _ = three_batches(session)
    second, _ = make_topic(session, "empty", 2)
    topics = [
        FetchTopic(topic=session.name("missing"), partitions=[part()]),
        FetchTopic(topic=second, partitions=[part(1), part(0), part(7)]),
        FetchTopic(topic=first, partitions=[part(offset=99)]),
    ]
    session.connect().ask(FetchRequest(max_wait_ms=0, topics=topics, max_bytes=1 << 20), 11, view=sizes)
