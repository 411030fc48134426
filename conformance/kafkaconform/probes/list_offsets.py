"""ListOffsets: the offset that belongs to a time or to one of the special values below zero."""

import cramjam

from kafkaconform.batches import TIMESTAMP_MS, Record, batch
from kafkaconform.outcome import Tree
from kafkaconform.prepare import append, make_topic
from kafkaconform.registry import asked_since, probe
from kafkaconform.session import Session
from kafkawire.messages.delete_records import DeleteRecordsPartition, DeleteRecordsRequest, DeleteRecordsTopic
from kafkawire.messages.list_offsets import ListOffsetsPartition, ListOffsetsRequest, ListOffsetsTopic

LATEST, EARLIEST, MAX_TIMESTAMP, EARLIEST_LOCAL, LATEST_TIERED, EARLIEST_PENDING = -1, -2, -3, -4, -5, -6


def ask_for(
    topic: str,
    timestamp: int,
    *,
    partition: int = 0,
    epoch: int = -1,
    replica_id: int = -1,
    isolation_level: int = 0,
) -> ListOffsetsRequest:
    """A request for one partition."""
    asked = ListOffsetsPartition(partition_index=partition, timestamp=timestamp, current_leader_epoch=epoch)
    return ListOffsetsRequest(
        replica_id=replica_id,
        isolation_level=isolation_level,
        topics=[ListOffsetsTopic(name=topic, partitions=[asked])],
        timeout_ms=10_000,
    )


def filled(session: Session) -> str:
    """Offsets 0 to 4 with timestamps 0, 10, 30, 20 and 15 ms behind the start, in three batches."""
    name, _ = make_topic(session, "orders")
    records = [Record(timestamp_delta=10), Record(timestamp_delta=30), Record(timestamp_delta=20)]
    append(session, name, batch(), batch(records), batch([Record(timestamp_delta=15)]))
    return name


@probe
def latest_and_earliest(session: Session) -> None:
    """Both ends of the log in every version; the epoch from 4 on."""
    name = filled(session)
    connection = session.connect()
    for timestamp in (LATEST, EARLIEST):
        connection.ask_all_versions(ask_for(name, timestamp))


@probe
def by_timestamp(session: Session) -> None:
    """The first offset whose timestamp is at or behind the one asked for, with that timestamp and its epoch;
    none: -1.
    """
    name = filled(session)
    connection = session.connect()
    for delta in (-1, 0, 1, 10, 11, 15, 16, 20, 21, 30, 31):
        connection.ask(ask_for(name, TIMESTAMP_MS + delta), 7)
    for version in session.versions(ListOffsetsRequest):
        connection.ask(ask_for(name, TIMESTAMP_MS + 11), version)
    connection.ask(ask_for(name, 0), 7)


@probe
def largest_timestamp(session: Session) -> None:
    """-3, from version 7 on: the first record with the largest timestamp; before 7 the request is refused
    with 35.
    """
    name = filled(session)
    connection = session.connect()
    connection.ask_all_versions(ask_for(name, MAX_TIMESTAMP))


@probe
def later_special_values(session: Session) -> None:
    """-4 from version 8, -5 from 9, -6 from 11; 35 in versions before, and for any lower value."""
    name = filled(session)
    connection = session.connect()
    for timestamp in (EARLIEST_LOCAL, LATEST_TIERED, EARLIEST_PENDING, -7, -100):
        for version in (1, 5, 7, 8, 9, 10, 11):
            connection.ask(ask_for(name, timestamp), version)


@probe
def empty_partition(session: Session) -> None:
    """Nothing there: both ends are 0, no timestamp is found."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for timestamp in (LATEST, EARLIEST, MAX_TIMESTAMP, EARLIEST_LOCAL, TIMESTAMP_MS, 0):
        connection.ask(ask_for(name, timestamp), 8)
        connection.ask(ask_for(name, timestamp), 1)


@probe
def unknown_topic_or_partition(session: Session) -> None:
    """3 for what is not there; nothing is created."""
    name = filled(session)
    connection = session.connect()
    for version in session.versions(ListOffsetsRequest):
        connection.ask(ask_for(session.name("missing"), LATEST), version)
        connection.ask(ask_for(name, LATEST, partition=1), version)
    connection.ask(ask_for(name, LATEST, partition=-1), 7)
    connection.ask(ask_for("a b", LATEST), 7)
    connection.ask(ask_for("", LATEST), 7)


@probe
def leader_epochs(session: Session) -> None:
    """The leader epoch a client knows, from version 4 on: later than the broker's 75, earlier 74, -1 is not
    looked at.
    """
    name = filled(session)
    connection = session.connect()
    for epoch in (-1, 0, 1, -2):
        for timestamp in (LATEST, TIMESTAMP_MS):
            connection.ask(ask_for(name, timestamp, epoch=epoch), 4)
    connection.ask(ask_for(name, LATEST, epoch=1), 11)


@probe
def isolation_levels(session: Session) -> None:
    """read_committed asks for the last stable offset, which is the high watermark where no transaction is
    open; another level is -1.
    """
    name = filled(session)
    connection = session.connect()
    for version in (2, 7):
        for level in (0, 1, 2, -1):
            connection.ask(ask_for(name, LATEST, isolation_level=level), version)


@probe
def as_a_replica(session: Session) -> None:
    """A client may pretend to be a replica or a debugger; what it is told differs only where it is not the
    leader.
    """
    name = filled(session)
    connection = session.connect()
    for replica_id in (4711, -2, -3):
        connection.ask(ask_for(name, LATEST, replica_id=replica_id), 7)


@probe
def partition_twice(session: Session) -> None:
    """A partition that is named twice is answered once, with 42."""
    name = filled(session)
    connection = session.connect()
    asked = [ListOffsetsPartition(partition_index=0, timestamp=t) for t in (LATEST, EARLIEST)]
    request = ListOffsetsRequest(replica_id=-1, topics=[ListOffsetsTopic(name=name, partitions=asked)])
    for version in (1, 7):
        connection.ask(request, version)


@probe
def several(session: Session) -> None:
    """Several topics and partitions, each answered on its own; topics and partitions come in any order."""

    def in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
        answer["topics"].sort(key=lambda topic: str(topic["name"]))
        for topic in answer["topics"]:
            topic["partitions"].sort(key=lambda partition: int(partition["partition_index"]))
        return answer

    name = filled(session)
    connection = session.connect()
    asked = [ListOffsetsPartition(partition_index=i, timestamp=t) for i, t in ((0, EARLIEST), (3, LATEST))]
    topics = [
        ListOffsetsTopic(name=session.name("missing"), partitions=asked[:1]),
        ListOffsetsTopic(name=name, partitions=asked),
    ]
    connection.ask(ListOffsetsRequest(replica_id=-1, topics=topics), 7, view=in_order)
    connection.ask(ListOffsetsRequest(replica_id=-1, topics=[]), 7)
    connection.ask(ListOffsetsRequest(replica_id=-1, topics=[ListOffsetsTopic(name=name, partitions=[])]), 7)


@probe
def log_append_time(session: Session) -> None:
    """With log append time every record of a batch has the batch's time: the largest is found at its first
    record.
    """
    name, _ = make_topic(session, "stamped", configs={"message.timestamp.type": "LogAppendTime"})
    append(session, name, batch([Record(), Record(timestamp_delta=9)]))
    connection = session.connect()
    connection.ask(ask_for(name, MAX_TIMESTAMP), 7, view=without_time)
    connection.ask(ask_for(name, 0), 7, view=without_time)


def without_time(answer: dict[str, Tree]) -> dict[str, Tree]:
    """The broker's clock taken out."""
    for topic in answer["topics"]:
        for partition in topic["partitions"]:
            partition["timestamp"] = "<time>" if partition["timestamp"] > TIMESTAMP_MS else partition["timestamp"]
    return answer


SPECIAL = (LATEST, EARLIEST, MAX_TIMESTAMP, EARLIEST_LOCAL, LATEST_TIERED, EARLIEST_PENDING)


@probe
def after_deleted_records(session: Session) -> None:
    """What was deleted is found no more, whether in the middle of a batch or altogether."""
    name = filled(session)
    connection = session.connect()
    for start in (2, 4, 5):
        partition = DeleteRecordsPartition(partition_index=0, offset=start)
        cut = DeleteRecordsRequest(topics=[DeleteRecordsTopic(name=name, partitions=[partition])], timeout_ms=10_000)
        session.service.quietly(cut, 1)
        for timestamp in (*SPECIAL, 0, *(TIMESTAMP_MS + delta for delta in (0, 10, 11, 16, 30, 31))):
            connection.ask(ask_for(name, timestamp), 11)


@probe
def every_kind_every_version(session: Session) -> None:
    """Each special value, a time that is found and one that is not, in every version."""
    name = filled(session)
    connection = session.connect()
    for timestamp in (*SPECIAL, TIMESTAMP_MS + 20, TIMESTAMP_MS + 31, -7, -(2**63), 2**63 - 1):
        connection.ask_all_versions(ask_for(name, timestamp))


@probe
def inside_compressed_batches(session: Session) -> None:
    """The record itself is found, not its batch."""
    name, _ = make_topic(session, "orders")
    records = [Record(timestamp_delta=10), Record(timestamp_delta=30), Record(timestamp_delta=20)]
    plain = b"".join(record.encoded(delta) for delta, record in enumerate(records))
    append(session, name, batch(records, payload=bytes(cramjam.gzip.compress(plain)), attributes=1))
    append(session, name, batch(records, payload=bytes(cramjam.zstd.compress(plain)), attributes=4))
    connection = session.connect()
    for timestamp in (MAX_TIMESTAMP, *(TIMESTAMP_MS + delta for delta in (0, 10, 11, 20, 21, 30, 31))):
        connection.ask(ask_for(name, timestamp), 7)


@probe
def stamped_by_timestamp(session: Session) -> None:
    """With log append time a batch is found at its first record, by the broker's clock; what the producer said counts for nothing."""
    name, _ = make_topic(session, "stamped", configs={"message.timestamp.type": "LogAppendTime"})
    connection = session.connect()
    append(session, name, batch([Record(), Record(timestamp_delta=9)]))
    connection.settle()
    append(session, name, batch([Record(), Record()]))
    for timestamp in (TIMESTAMP_MS, TIMESTAMP_MS + 100, 4_000_000_000_000):
        connection.ask(ask_for(name, timestamp), 7, view=without_time)
    for timestamp in SPECIAL:
        connection.ask(ask_for(name, timestamp), 11, view=without_time)


@probe
def largest_timestamp_twice(session: Session) -> None:
    """The first of equal timestamps, in a batch and between batches."""
    name, _ = make_topic(session, "orders")
    records = [Record(timestamp_delta=10), Record(timestamp_delta=30), Record(timestamp_delta=30)]
    append(session, name, batch(records), batch(records), batch([Record(timestamp_delta=30)]))
    connection = session.connect()
    for timestamp in (MAX_TIMESTAMP, TIMESTAMP_MS + 30, TIMESTAMP_MS + 29):
        connection.ask(ask_for(name, timestamp), 11)


@probe
@asked_since("3.6", "there is no message.timestamp.before.max.ms")
def without_timestamps(session: Session) -> None:
    """Records that have no time (-1): nothing has the largest, nothing is found."""
    name, _ = make_topic(session, "orders", configs={"message.timestamp.before.max.ms": str(2**63 - 1)})
    append(session, name, batch([Record(), Record()], base_timestamp=-1, max_timestamp=-1))
    connection = session.connect()
    for timestamp in (MAX_TIMESTAMP, 0, 1, LATEST, EARLIEST):
        connection.ask(ask_for(name, timestamp), 7)


@probe
def order_of_checks(session: Session) -> None:
    """Of several faults the first in this order counts: isolation level, named twice, a time that the version does not know,
    topic, epoch.
    """
    name = filled(session)
    missing = session.name("missing")
    connection = session.connect()
    for version in (4, 7, 11):
        for topic, timestamp, epoch, level, times in (
            (missing, -100, 5, 2, 2),
            (name, LATEST, 5, 2, 2),
            (missing, -100, 5, 0, 2),
            (missing, -100, 5, 0, 1),
            (name, -100, 5, 0, 1),
            (missing, LATEST, 5, 0, 1),
            (name, LATEST, 5, 0, 1),
            (name, LATEST, 5, 1, 1),
        ):
            request = ask_for(topic, timestamp, epoch=epoch, isolation_level=level)
            request.topics[0].partitions *= times
            connection.ask(request, version)


@probe
def topic_twice(session: Session) -> None:
    """A topic in two entries is answered as one; a partition in both of them is named twice."""

    def in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
        for topic in answer["topics"]:
            topic["partitions"].sort(key=lambda partition: int(partition["partition_index"]))
        return answer

    name, _ = make_topic(session, "orders", 3)
    connection = session.connect()
    topics = [
        ListOffsetsTopic(
            name=name,
            partitions=[ListOffsetsPartition(partition_index=index, timestamp=LATEST) for index in indexes],
        )
        for indexes in ((0, 1), (1, 2))
    ]
    for version in (1, 7, 11):
        connection.ask(ListOffsetsRequest(replica_id=-1, topics=topics), version, view=in_order)


@probe
def timeouts(session: Session) -> None:
    """The timeout, from version 10 on, may be anything where nothing lies elsewhere."""
    name = filled(session)
    connection = session.connect()
    for timeout_ms in (0, -1, 2_147_483_647):
        request = ask_for(name, TIMESTAMP_MS)
        request.timeout_ms = timeout_ms
        for version in (10, 11):
            connection.ask(request, version)
