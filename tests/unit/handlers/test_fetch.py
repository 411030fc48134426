"""Fetch by plain calls: limits, offsets, isolation, epochs, waiting, sessions."""

from typing import Any

import pytest

from kafkaemu.handlers import fetch
from kafkaemu.log.config import LogConfig
from kafkawire.errors import ErrorCode
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchTopic, ForgottenTopic
from kafkawire.records.iterate import records_in
from tests.support.replicas import NOW_MS, Replicas, batch_of

#: (partition, error code, values)
Row = tuple[int, int, list[bytes | None]]


def part(index: int = 0, offset: int = 0, limit: int = 1 << 20, **fields: Any) -> FetchPartition:
    return FetchPartition(partition=index, fetch_offset=offset, partition_max_bytes=limit, **fields)


def request_of(
    *partitions: FetchPartition, topic: str = "orders", topic_id: bytes = bytes(16), **fields: Any
) -> FetchRequest:
    topics = [FetchTopic(topic=topic, topic_id=topic_id, partitions=list(partitions))] if partitions else []
    return FetchRequest(**{"max_wait_ms": 0, "min_bytes": 1, "max_bytes": 1 << 20, "topics": topics, **fields})


def bytes_of(records: Any) -> bytes:
    return b"".join(records) if isinstance(records, list) else bytes(records)


def rows(answer: Any) -> list[Row]:
    return [
        (each.partition_index, int(each.error_code), [record.value for record in records_in(bytes_of(each.records))])
        for topic in answer.responses
        for each in topic.partitions
    ]


def asked(world: Replicas, body: FetchRequest, version: int = 12) -> list[Row]:
    return rows(world.ask(fetch.handle, body, version).answer)


def filled(*values: bytes, partitions: int = 1) -> Replicas:
    world = Replicas()
    world.topic(partitions=partitions)
    for index in range(partitions):
        for value in values:
            world.append(value, index=index)
    return world


def only(answer: Any) -> Any:
    (topic,) = answer.responses
    (each,) = topic.partitions
    return each


SIZE = len(batch_of(b"a"))


def test_records_and_offsets() -> None:
    world = filled(b"a", b"b", b"c")
    each = only(world.ask(fetch.handle, request_of(part(offset=1)), 12).answer)
    assert [record.value for record in records_in(bytes_of(each.records))] == [b"b", b"c"]
    assert (each.high_watermark, each.last_stable_offset, each.log_start_offset) == (3, 3, 0)
    assert (each.aborted_transactions, each.preferred_read_replica) == (None, -1)


def test_records_are_slices_of_the_log() -> None:
    world = filled(b"a", b"b")
    each = only(world.ask(fetch.handle, request_of(part()), 12).answer)
    assert isinstance(each.records, memoryview) and each.records.readonly


@pytest.mark.parametrize("version", [4, 11, 12, 18])
def test_nothing_to_read_is_zero_length_and_not_null(version: int) -> None:
    world = Replicas()
    topic_id = world.topic()
    each = only(world.ask(fetch.handle, request_of(part(), topic_id=topic_id), version).answer)
    assert each.records == b""


@pytest.mark.parametrize("offset", [-1, -2, 3, 100])
def test_offsets_outside_the_log(offset: int) -> None:
    each = only(filled(b"a", b"b").ask(fetch.handle, request_of(part(offset=offset)), 12).answer)
    assert (each.error_code, each.high_watermark, each.last_stable_offset, each.log_start_offset) == (1, -1, -1, -1)
    assert each.aborted_transactions is None


def test_between_high_watermark_and_end_there_is_nothing_and_no_error() -> None:
    world = filled(b"a")
    world.partition().apply(leader_id=1, leader_epoch=0, replicas=(1, 2), isr=(1, 2))
    world.partition().append(batch_of(b"b", b"c"), 1, NOW_MS)
    for offset in (1, 2, 3):
        assert asked(world, request_of(part(offset=offset))) == [(0, 0, [])]
    assert asked(world, request_of(part(offset=4))) == [(0, 1, [])]
    assert asked(world, request_of(part())) == [(0, 0, [b"a"])]


def test_the_first_batch_of_all_comes_whatever_the_limits() -> None:
    world = filled(b"a", b"b", partitions=2)
    assert asked(world, request_of(part(limit=0), part(1))) == [(0, 0, [b"a"]), (1, 0, [b"a", b"b"])]
    assert asked(world, request_of(part(), part(1), max_bytes=1)) == [(0, 0, [b"a"]), (1, 0, [])]
    assert asked(world, request_of(part(), part(1), max_bytes=3 * SIZE)) == [(0, 0, [b"a", b"b"]), (1, 0, [b"a"])]
    # Limits that a batch does not end at cut it off.
    each = only(world.ask(fetch.handle, request_of(part(limit=SIZE + 5)), 12).answer)
    assert len(bytes_of(each.records)) == SIZE + 5


def test_fetch_max_bytes_of_the_broker_is_a_limit_too() -> None:
    world = Replicas(fetch_max_bytes="1024")
    world.topic()
    world.append(b"a" * 1000)
    world.append(b"b" * 1000)
    assert asked(world, request_of(part())) == [(0, 0, [b"a" * 1000])]


def test_negative_limits_are_an_error_where_there_is_something_to_read() -> None:
    # Recorded from Apache Kafka 4.3.1.
    world = filled(b"a")
    assert asked(world, request_of(part(limit=-1))) == [(0, -1, [])]
    assert asked(world, request_of(part(), max_bytes=-1)) == [(0, -1, [])]
    assert asked(world, request_of(part(offset=1, limit=-1))) == [(0, 0, [])]


def test_of_a_partition_named_twice_the_last_counts() -> None:
    assert asked(filled(b"a", b"b"), request_of(part(), part(offset=1))) == [(0, 0, [b"b"])]


def test_what_is_not_there_comes_last_and_is_told_by_name_or_id() -> None:
    world = Replicas()
    topic_id = world.topic(partitions=2)
    body = request_of(part(5), part(1), part(0))
    assert asked(world, body) == [(1, 0, []), (0, 0, []), (5, 3, [])]
    assert asked(world, request_of(part(), topic="missing")) == [(0, 3, [])]
    assert asked(world, request_of(part(9), topic_id=topic_id), 13) == [(9, 3, [])]
    each = only(world.ask(fetch.handle, request_of(part(), topic_id=bytes(range(16))), 13).answer)
    assert (each.error_code, each.high_watermark, each.aborted_transactions) == (100, -1, [])


def test_isolation() -> None:
    world = filled(b"a")
    world.partition().append(
        batch_of(b"t", producer_id=1, producer_epoch=0, base_sequence=0, is_transactional=True), -1, NOW_MS
    )
    assert asked(world, request_of(part())) == [(0, 0, [b"a", b"t"])]
    each = only(world.ask(fetch.handle, request_of(part(), isolation_level=1), 12).answer)
    assert [record.value for record in records_in(bytes_of(each.records))] == [b"a"]
    assert (each.high_watermark, each.last_stable_offset, each.aborted_transactions) == (2, 1, [])


@pytest.mark.parametrize("level", [2, -1])
def test_an_unknown_isolation_level_fails_the_whole_request(level: int) -> None:
    # Recorded from Apache Kafka 4.3.1.
    world = Replicas()
    topic_id = world.topic()
    answer = world.ask(fetch.handle, request_of(part(), isolation_level=level, session_epoch=0), 12).answer
    assert (answer.error_code, answer.session_id, rows(answer)) == (-1, 0, [(0, -1, [])])
    answer = world.ask(fetch.handle, request_of(part(), isolation_level=level, topic_id=topic_id), 13).answer
    assert (answer.error_code, answer.responses) == (-1, [])
    assert asked(world, request_of(part(), isolation_level=level, topic="missing")) == [(0, 3, [])]
    assert len(world.manager.fetch_sessions) == 0


@pytest.mark.parametrize(("epoch", "code"), [(-2, 0), (-1, 0), (0, 0), (1, 75)])
def test_leader_epochs_are_fenced(epoch: int, code: int) -> None:
    assert asked(filled(b"a"), request_of(part(offset=1, current_leader_epoch=epoch))) == [(0, code, [])]


def test_a_stale_leader_epoch_is_fenced_with_the_leader_from_version_16() -> None:
    world = Replicas()
    topic_id = world.topic()
    world.partition().apply(leader_id=1, leader_epoch=4, replicas=(1,), isr=(1,))
    body = request_of(part(current_leader_epoch=3), topic_id=topic_id)
    for version, leader, nodes in ((15, (-1, -1), []), (16, (1, 4), [(1, "broker.example", 9092)])):
        answer = world.ask(fetch.handle, body, version).answer
        each = only(answer)
        assert each.error_code == ErrorCode.FENCED_LEADER_EPOCH
        assert (each.current_leader.leader_id, each.current_leader.leader_epoch) == leader
        assert [(node.node_id, node.host, node.port) for node in answer.node_endpoints] == nodes


def test_only_the_leader_serves_consumers_that_know_no_racks() -> None:
    world = filled(b"a")
    world.partition().apply(leader_id=2, leader_epoch=1, replicas=(1, 2), isr=(1, 2))
    assert asked(world, request_of(part()), 10) == [(0, 6, [])]
    assert asked(world, request_of(part()), 11) == [(0, 0, [b"a"])]


@pytest.mark.parametrize(("replica_id", "epoch", "code"), [(4711, -1, 6), (4711, 0, 75), (1, -1, 6), (1, 0, 75)])
def test_who_pretends_to_be_a_replica_is_refused(replica_id: int, epoch: int, code: int) -> None:
    # Recorded from Apache Kafka 4.3.1.
    world = filled(b"a")
    body = request_of(part(current_leader_epoch=epoch), replica_id=replica_id)
    assert asked(world, body, 11) == [(0, code, [])]


def test_a_replica_of_the_partition_reads_to_the_end_of_the_log() -> None:
    world = filled(b"a")
    world.partition().apply(leader_id=1, leader_epoch=0, replicas=(1, 2), isr=(1, 2))
    world.partition().append(batch_of(b"b"), 1, NOW_MS)
    body = request_of(part())
    body.replica_state.replica_id = body.replica_id = 2
    assert asked(world, body, 11) == [(0, 0, [b"a", b"b"])]


def test_a_log_that_has_diverged_says_where() -> None:
    world = filled(b"a", b"b")
    world.partition().apply(leader_id=1, leader_epoch=5, replicas=(1,), isr=(1,))
    world.append(b"c")

    def diverging(epoch: int, offset: int) -> tuple[int, int, int]:
        answer = world.ask(fetch.handle, request_of(part(offset=offset, last_fetched_epoch=epoch)), 12).answer
        each = only(answer)
        return each.error_code, each.diverging_epoch.epoch, each.diverging_epoch.end_offset

    assert diverging(0, 2) == (0, -1, -1)
    assert diverging(0, 3) == (0, 0, 2)
    assert diverging(4, 2) == (0, 0, 2)
    assert diverging(6, 3) == (1, -1, -1)
    assert diverging(5, 3) == (0, -1, -1)


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"isolation_level": 5}, "UNKNOWN_SERVER_ERROR: there is no isolation level 5"),
        ({"replica_id": 4711}, "NOT_LEADER_OR_FOLLOWER: 4711 is the id of no replica"),
        ({"max_bytes": -1}, "UNKNOWN_SERVER_ERROR: a negative limit"),
    ],
)
def test_bad_requests_leave_a_line_in_the_log(
    caplog: pytest.LogCaptureFixture, fields: dict[str, Any], line: str
) -> None:
    asked(filled(b"a"), request_of(part(), **fields), 11)
    (message,) = caplog.messages
    assert message.startswith("Refused Fetch") and message.endswith(
        f'of /127.0.0.1:50123 (client id "test") with {line}'
    )


# Waiting


def waiting_for(
    world: Replicas, *partitions: FetchPartition, min_bytes: int = 1, version: int = 12, **fields: Any
) -> Any:
    body = request_of(*partitions, max_wait_ms=500, min_bytes=min_bytes, **fields)
    return world.ask(fetch.handle, body, version)


def test_an_append_completes_a_fetch_that_waits() -> None:
    world = filled(partitions=2)
    waiting = waiting_for(world, part(), part(1))
    assert waiting.answer is None
    world.append(b"a", index=1)
    assert rows(waiting.answer) == [(0, 0, []), (1, 0, [b"a"])]
    assert len(world.waiting) == 0


def test_bytes_of_all_partitions_add_up_to_min_bytes() -> None:
    world = filled(partitions=3)
    waiting = waiting_for(world, part(), part(1), part(2), min_bytes=3 * SIZE)
    for index in (0, 0):
        world.append(b"a", index=index)
        assert waiting.answer is None
    world.append(b"a", index=2)
    assert rows(waiting.answer) == [(0, 0, [b"a", b"a"]), (1, 0, []), (2, 0, [b"a"])]


def test_no_partition_counts_for_more_than_its_limit() -> None:
    world = filled(partitions=2)
    waiting = waiting_for(world, part(limit=SIZE), part(1), min_bytes=2 * SIZE)
    for _ in range(5):
        world.append(b"a")
    assert waiting.answer is None
    world.append(b"a", index=1)
    assert rows(waiting.answer) == [(0, 0, [b"a"]), (1, 0, [b"a"])]


def test_min_bytes_beyond_max_bytes_are_not_waited_for() -> None:
    world = filled(b"a", b"b")
    assert rows(waiting_for(world, part(), min_bytes=10_000, max_bytes=100).answer) == [(0, 0, [b"a"])]


def test_waiting_ends_after_max_wait_ms_with_what_there_is() -> None:
    world = filled(b"a")
    waiting = waiting_for(world, part(), min_bytes=10_000)
    world.advance(499)
    assert waiting.answer is None
    world.advance(1)
    assert rows(waiting.answer) == [(0, 0, [b"a"])]


@pytest.mark.parametrize(
    "body", [request_of(part(offset=77)), request_of(part(limit=-1)), request_of(part(current_leader_epoch=9))]
)
def test_errors_are_answered_at_once(body: FetchRequest) -> None:
    world = filled(b"a")
    body.max_wait_ms, body.min_bytes = 500, 10_000
    assert world.ask(fetch.handle, body, 12).answer is not None


def test_what_is_not_there_is_not_waited_for_but_beside_others_it_waits() -> None:
    world = filled()
    assert rows(waiting_for(world, part(), topic="missing").answer) == [(0, 3, [])]
    waiting = waiting_for(world, part(), part(5))
    assert waiting.answer is None
    world.append(b"a")
    assert rows(waiting.answer) == [(0, 0, [b"a"]), (5, 3, [])]


def test_a_rolled_segment_ends_the_waiting() -> None:
    # Once the log goes on in another segment, no read at this offset will ever get more.
    world = filled(b"a")
    waiting = waiting_for(world, part(), min_bytes=10_000)
    world.partition().log.roll(NOW_MS)
    world.append(b"b")
    assert rows(waiting.answer) == [(0, 0, [b"a"])]


@pytest.mark.parametrize("version", [11, 13])
def test_a_deleted_topic_ends_the_waiting(version: int) -> None:
    # Recorded from Apache Kafka 4.3.1: by id too it is 3, and the aborted transactions are null.
    world = Replicas()
    topic_id = world.topic()
    waiting = waiting_for(world, part(), topic_id=topic_id, version=version)
    world.delete()
    each = only(waiting.answer)
    assert (each.error_code, each.aborted_transactions) == (3, None)


def test_a_new_leader_epoch_ends_the_waiting_of_who_named_the_old_one() -> None:
    world = filled()
    named, unnamed = waiting_for(world, part(current_leader_epoch=0)), waiting_for(world, part())
    world.partition().apply(leader_id=1, leader_epoch=1, replicas=(1,), isr=(1,))
    world.waiting.touch(world.partition())
    assert rows(named.answer) == [(0, 74, [])]
    assert unnamed.answer is None


def test_a_high_watermark_that_moves_completes_a_fetch() -> None:
    world = filled()
    world.partition().apply(leader_id=1, leader_epoch=0, replicas=(1, 2), isr=(1, 2))
    waiting = waiting_for(world, part())
    world.append(b"a")
    assert waiting.answer is None
    world.partition().apply(leader_id=1, leader_epoch=0, replicas=(1, 2), isr=(1,))
    world.waiting.touch(world.partition())
    assert rows(waiting.answer) == [(0, 0, [b"a"])]


def test_a_fetch_of_nothing_is_answered_at_once() -> None:
    assert rows(waiting_for(Replicas()).answer) == []


# Sessions


class Session:
    """A client's fetches in one session."""

    def __init__(
        self, world: Replicas, *partitions: FetchPartition, version: int = 12, topic_id: bytes = bytes(16)
    ) -> None:
        self.world = world
        self.version = version
        self.topic_id = topic_id
        answer = self._ask(request_of(*partitions, topic_id=topic_id, session_epoch=0))
        self.id: int = answer.session_id
        self.opened = rows(answer)
        self.epoch = 1

    def _ask(self, body: FetchRequest) -> Any:
        return self.world.ask(fetch.handle, body, self.version).answer

    def next(self, *partitions: FetchPartition, **fields: Any) -> list[Row]:
        body = request_of(*partitions, topic_id=self.topic_id, session_id=self.id, session_epoch=self.epoch, **fields)
        answer = self._ask(body)
        assert (answer.error_code, answer.session_id) == (0, self.id)
        self.epoch += 1
        return rows(answer)


def test_a_session_tells_only_what_is_new() -> None:
    world = filled(partitions=3)
    session = Session(world, part(), part(1), part(2))
    assert session.id > 0 and len(session.opened) == 3
    assert session.next() == []
    world.append(b"a", index=1)
    assert session.next() == [(1, 0, [b"a"])]
    assert session.next(part(1, offset=1)) == []
    world.partition(index=2).log.reconfigure(LogConfig())
    world.append(b"b", index=2)
    session.next(part(2, offset=1))
    world.partition(index=2).log.delete_records(1)
    # Only its start offset is new.
    assert session.next() == [(2, 0, [])]


def test_partitions_with_records_take_turns() -> None:
    # Recorded from Apache Kafka 4.3.1.
    world = filled(b"a", partitions=3)
    session = Session(world, part(), part(1), part(2))
    served = [session.next(max_bytes=1)[0][0] for _ in range(6)]
    assert served == [0, 1, 2, 0, 1, 2]


def test_errors_are_told_every_time_and_their_end_once() -> None:
    world = filled(b"a")
    session = Session(world, part(offset=9))
    assert session.opened == session.next() == session.next() == [(0, 1, [])]
    assert session.next(part(offset=1)) == [(0, 0, [])]
    assert session.next() == []


def test_forgotten_partitions_are_not_told_and_the_last_one_closes_the_session() -> None:
    world = filled(b"a", partitions=2)
    session = Session(world, part(), part(1))
    forget = [ForgottenTopic(topic="orders", partitions=[0, 9])]
    assert session.next(forgotten_topics_data=forget) == [(1, 0, [b"a"])]
    forget = [ForgottenTopic(topic="orders", partitions=[1])]
    body = request_of(session_id=session.id, session_epoch=session.epoch, forgotten_topics_data=forget)
    answer = world.ask(fetch.handle, body, 12).answer
    assert (answer.error_code, answer.session_id, answer.responses) == (0, 0, [])
    assert len(world.manager.fetch_sessions) == 0


@pytest.mark.parametrize(
    ("id_offset", "epoch", "version", "code"),
    [
        (1, 1, 12, ErrorCode.FETCH_SESSION_ID_NOT_FOUND),
        (0, 2, 12, ErrorCode.INVALID_FETCH_SESSION_EPOCH),
        (0, 1, 13, ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR),
    ],
)
def test_session_errors(id_offset: int, epoch: int, version: int, code: ErrorCode) -> None:
    world = filled()
    session = Session(world, part())
    body = request_of(session_id=session.id + id_offset, session_epoch=epoch)
    answer = world.ask(fetch.handle, body, version).answer
    assert (answer.error_code, answer.session_id, answer.responses) == (code, 0, [])
    assert session.next() == []


def test_a_full_fetch_closes_the_session_that_it_names() -> None:
    world = filled()
    sessions = world.manager.fetch_sessions
    for epoch, left in ((0, 1), (-1, 0)):
        session = Session(world, part())
        answer = world.ask(fetch.handle, request_of(part(), session_id=session.id, session_epoch=epoch), 12).answer
        assert rows(answer) == [(0, 0, [])]
        assert sessions.get(session.id) is None and len(sessions) == left
        if answer.session_id:
            sessions.close(answer.session_id)


def test_a_session_without_partitions_is_opened_all_the_same() -> None:
    # Recorded from Apache Kafka 4.3.1.
    assert Session(Replicas()).id > 0


def test_an_answer_that_comes_after_the_next_fetch_is_refused() -> None:
    # Recorded from Apache Kafka 4.3.1.
    world = filled()
    session = Session(world, part())
    waiting = waiting_for(world, session_id=session.id, session_epoch=1)
    assert waiting.answer is None
    session.epoch = 2
    assert session.next() == []
    world.append(b"a")
    assert (waiting.answer.error_code, waiting.answer.session_id) == (71, session.id)
    assert waiting.answer.responses == []
    assert session.next() == [(0, 0, [b"a"])]


def test_a_topic_made_again_under_a_session_by_name() -> None:
    # Recorded from Apache Kafka 4.3.1.
    world = filled(b"a")
    session = Session(world, part(offset=1))
    world.delete()
    assert session.next() == [(0, 3, [])]
    world.topic()
    assert session.next() == [(0, 1, [])]


def test_a_topic_made_again_under_a_session_by_id() -> None:
    # Recorded from Apache Kafka 4.3.1: the session remembers the name of the id it was opened with.
    world = Replicas()
    old_id = world.topic()
    session = Session(world, part(), version=13, topic_id=old_id)
    world.delete()
    assert session.next() == [(0, 3, [])]
    world.topic()
    assert session.next() == [(0, ErrorCode.INCONSISTENT_TOPIC_ID, [])]


def test_a_topic_unknown_when_the_session_was_opened_is_found_later() -> None:
    world = Replicas()
    session = Session(world, part())
    assert session.opened == session.next() == [(0, 3, [])]
    world.topic()
    world.append(b"a")
    assert session.next() == [(0, 0, [b"a"])]


def test_no_room_in_the_cache_means_no_session() -> None:
    world = filled()
    world.manager.fetch_sessions.slots = 1
    assert Session(world, part()).id > 0
    refused = Session(world, part())
    assert (refused.id, refused.opened) == (0, [(0, 0, [])])
