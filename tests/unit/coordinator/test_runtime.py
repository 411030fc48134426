"""The coordinator runtime, over a log whose high watermark moves when the test says so."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from kafkaemu.coordinator.parking import answer_when_done
from kafkaemu.coordinator.record_format import RecordFormat, UnknownRecordType
from kafkaemu.coordinator.result import CoordinatorError, CoordinatorRecord, Deferred, Result
from kafkaemu.coordinator.runtime import CoordinatorRuntime
from kafkaemu.delayed import Deadlines, Parked, WaitingRoom
from kafkawire.declare import TopLevel
from kafkawire.errors import ErrorCode
from kafkawire.internal.consumer_offsets import GroupMetadataKey, OffsetCommitKey, OffsetCommitValue
from kafkawire.messages.heartbeat import HeartbeatResponse
from kafkawire.records.batch import BatchHeader, set_base_offset
from kafkawire.records.builder import build_batch
from kafkawire.records.record import Record

FORMAT = RecordFormat([(OffsetCommitKey, OffsetCommitValue)])
TOPIC = "__numbers"


def number(value: int) -> CoordinatorRecord:
    """A record that adds a number."""
    key = OffsetCommitKey(group="g", topic="t", partition=value)
    return CoordinatorRecord(key, OffsetCommitValue(offset=value), 4)


class Numbers:
    """A state machine: the list of numbers in its log."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.loaded_with: list[int] | None = None

    def replay(self, record: CoordinatorRecord, now_ms: int) -> None:
        """Add a number."""
        assert isinstance(record.value, OffsetCommitValue)
        self.numbers.append(record.value.offset)

    def on_loaded(self, now_ms: int) -> Result[Any]:
        """Remember what was there."""
        self.loaded_with = list(self.numbers)
        return Result()

    def add(self, value: int, now_ms: int) -> Result[str]:
        """Write a number."""
        return Result(records=[number(value)], answer=f"added {value}")

    def tell(self, now_ms: int) -> Result[list[int]]:
        """Read."""
        return Result(answer=list(self.numbers))


@attrs.define(eq=False)
class FakeLog:
    """Batches one after the other, read one at a time."""

    batches: list[bytes] = attrs.field(factory=list)
    start_offset: int = 0

    @property
    def end_offset(self) -> int:
        """Offset behind the last record."""
        return BatchHeader.parse(self.batches[-1], 0).last_offset + 1 if self.batches else 0

    def append(self, batch: bytes) -> int:
        """Append with offsets given here; the last one."""
        placed = bytearray(batch)
        set_base_offset(placed, 0, self.end_offset, 0)
        self.batches.append(bytes(placed))
        return self.end_offset - 1

    def read(self, offset: int, max_bytes: int, limit_offset: int, minimum_one: bool = False) -> Any:
        """The batch that holds ``offset``."""
        found = [batch for batch in self.batches if BatchHeader.parse(batch, 0).last_offset >= offset]
        return attrs.make_class("Read", ["records"])(found[:1])


@attrs.define(eq=False)
class FakePartition:
    """A partition whose high watermark stands still."""

    log: FakeLog = attrs.field(factory=FakeLog)
    high_watermark: int = 0


class World:
    """A runtime with one partition."""

    def __init__(self, schedule_load: Callable[[Callable[[], None]], None] = lambda load: load()) -> None:
        self.now_ms = 1_000
        self.deadlines = Deadlines()
        real = Deadlines()
        self.waiting = WaitingRoom(self.deadlines, real, lambda: self.now_ms, lambda: 0.0)
        self.one = FakePartition()
        self.refuse: ErrorCode | None = None
        self.follows = False
        self.runtime: CoordinatorRuntime[Numbers] = CoordinatorRuntime(
            TOPIC,
            FORMAT,
            lambda index: Numbers(),
            self,
            self.waiting,
            self.deadlines,
            lambda: self.now_ms,
            schedule_load=schedule_load,
        )

    def partition(self, topic: str, index: int) -> FakePartition | None:
        """The only one."""
        return self.one if (topic, index) == (TOPIC, 0) else None

    def append_internal(self, topic: str, index: int, batch: bytes) -> tuple[ErrorCode, int]:
        """Append, or refuse."""
        if self.refuse is not None:
            return self.refuse, -1
        last = self.one.log.append(batch)
        if self.follows:
            self.one.high_watermark = last + 1
        return ErrorCode.NONE, last

    def pass_high_watermark(self, offset: int) -> None:
        """What a follower's fetch does."""
        self.one.high_watermark = offset
        self.waiting.touch(self.one)

    def add(self, value: int) -> Deferred[str]:
        """Give the event."""
        return self.runtime.ask(0, lambda state, now_ms: state.add(value, now_ms))

    def tell(self) -> Deferred[list[int]]:
        """Give the event."""
        return self.runtime.ask(0, Numbers.tell)

    def move(self, milliseconds: int) -> None:
        """Let time pass."""
        self.now_ms += milliseconds
        self.deadlines.run_due(self.now_ms)


def code_of(deferred: Deferred[Any]) -> ErrorCode:
    """Why an event was refused."""
    with pytest.raises(CoordinatorError) as refused:
        deferred.take()
    return refused.value.code


def test_an_answer_waits_until_the_high_watermark_has_passed_its_record() -> None:
    world = World()
    world.runtime.on_elected(0, 0)
    first, second = world.add(1), world.add(2)
    assert not first.done and not second.done
    world.pass_high_watermark(1)
    assert first.take() == "added 1" and not second.done
    world.pass_high_watermark(2)
    assert second.take() == "added 2"
    assert len(world.waiting) == 0


def test_a_read_waits_for_what_it_has_seen() -> None:
    world = World()
    world.runtime.on_elected(0, 0)
    assert world.tell().take() == []
    world.add(1)
    read = world.tell()
    assert not read.done
    world.pass_high_watermark(1)
    assert read.take() == [1]


def test_with_one_replica_nothing_waits() -> None:
    world = World()
    world.follows = True
    world.runtime.on_elected(0, 0)
    assert world.add(1).take() == "added 1"
    assert world.tell().take() == [1]


@pytest.mark.parametrize(
    ("append", "answer"),
    [
        (ErrorCode.NOT_ENOUGH_REPLICAS, ErrorCode.COORDINATOR_NOT_AVAILABLE),
        (ErrorCode.NOT_LEADER_OR_FOLLOWER, ErrorCode.NOT_COORDINATOR),
        (ErrorCode.KAFKA_STORAGE_ERROR, ErrorCode.NOT_COORDINATOR),
        (ErrorCode.MESSAGE_TOO_LARGE, ErrorCode.UNKNOWN_SERVER_ERROR),
        (ErrorCode.INVALID_PRODUCER_EPOCH, ErrorCode.INVALID_PRODUCER_EPOCH),
    ],
)
def test_a_failed_append_changes_nothing_and_refuses_the_caller(append: ErrorCode, answer: ErrorCode) -> None:
    world = World()
    world.follows = True
    world.runtime.on_elected(0, 0)
    world.add(1)
    world.refuse = append
    assert code_of(world.add(2)) is answer
    world.refuse = None
    assert world.tell().take() == [1]
    assert world.add(3).take() == "added 3"


def test_on_failure_says_what_follows_and_completions_stand() -> None:
    world = World()
    world.runtime.on_elected(0, 0)
    waiting: Deferred[str] = Deferred()
    other: Deferred[str] = Deferred()

    def failed(code: ErrorCode, now_ms: int) -> Result[str]:
        then: Result[str] = Result()
        then.complete(waiting, code.name)
        return then

    world.refuse = ErrorCode.NOT_ENOUGH_REPLICAS
    event: Result[str] = Result(records=[number(1)], answer=waiting, on_failure=failed)
    event.complete(other, "anyway")
    deferred = world.runtime.ask(0, lambda state, now_ms: event)
    assert deferred is waiting and deferred.take() == "COORDINATOR_NOT_AVAILABLE"
    assert other.take() == "anyway"


def test_on_applied_runs_after_replay_and_gives_the_missing_answer() -> None:
    world = World()
    world.follows = True
    world.runtime.on_elected(0, 0)

    def operation(state: Numbers, now_ms: int) -> Result[list[int]]:
        return Result(records=[number(5)], on_applied=lambda then_ms: Result(answer=[then_ms, *state.numbers]))

    assert world.runtime.ask(0, operation).take() == [1_000, 5]


def test_a_new_leader_replays_the_log_and_a_resigned_one_refuses() -> None:
    world = World()
    assert code_of(world.add(1)) is ErrorCode.NOT_COORDINATOR
    world.runtime.on_elected(0, 0)
    waiting = world.add(1)
    world.add(2)
    world.runtime.on_resigned(0)
    assert code_of(waiting) is ErrorCode.NOT_COORDINATOR
    assert code_of(world.tell()) is ErrorCode.NOT_COORDINATOR
    assert len(world.waiting) == 0 and len(world.deadlines) == 0
    world.runtime.on_elected(0, 1)
    read = world.tell()
    assert not read.done, "what was replayed is not safe yet"
    world.pass_high_watermark(2)
    assert read.take() == [1, 2]


def test_a_later_epoch_replaces_a_shard_and_an_earlier_one_is_ignored() -> None:
    world = World()
    world.runtime.on_elected(0, 3)
    waiting = world.add(1)
    world.runtime.on_elected(0, 3)
    world.runtime.on_elected(0, 2)
    assert not waiting.done
    world.runtime.on_elected(0, 4)
    assert code_of(waiting) is ErrorCode.NOT_COORDINATOR
    world.pass_high_watermark(1)
    assert world.tell().take() == [1]


def test_while_it_loads_events_are_refused_with_14() -> None:
    loads: list[Callable[[], None]] = []
    world = World(schedule_load=loads.append)
    world.one.log.append(build_batch([FORMAT.encode(number(9), 0)]))
    world.runtime.on_elected(0, 0)
    assert code_of(world.tell()) is ErrorCode.COORDINATOR_LOAD_IN_PROGRESS
    world.runtime.on_resigned(0)
    world.runtime.on_elected(0, 1)
    for load in loads:
        load()
    world.pass_high_watermark(1)
    assert world.tell().take() == [9]


def test_records_of_a_newer_release_and_control_batches_are_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    unknown = b"\x00\x63whatever"
    with pytest.raises(UnknownRecordType):
        FORMAT.decode(unknown, None)
    log = world.one.log
    log.append(build_batch([Record(unknown, b"\x00\x00"), FORMAT.encode(number(4), 0), Record(None, b"x")]))
    log.append(build_batch([Record(b"\x00\x00\x00\x01", b"")], is_control=True))
    world.one.high_watermark = log.end_offset
    with caplog.at_level(logging.WARNING):
        world.runtime.on_elected(0, 0)
    assert world.tell().take() == [4]
    assert [record.message for record in caplog.records] == [
        "__numbers-0: record type 99 is not known to this release, passed over"
    ]


def test_being_elected_without_a_replica_is_a_defect() -> None:
    with pytest.raises(ValueError, match="__numbers-1, which is not on this broker"):
        World().runtime.on_elected(1, 0)


def test_timers_run_on_moved_time_and_are_replaced_by_key() -> None:
    world = World()
    world.follows = True
    world.runtime.on_elected(0, 0)

    def arm(key: str, after_ms: int, value: int, *, if_absent: bool = False) -> None:
        event: Result[None] = Result()
        event.set_timer(key, after_ms, lambda now_ms: Result(records=[number(value)]), if_absent=if_absent)
        world.runtime.ask(0, lambda state, now_ms: event)

    def disarm(key: str) -> None:
        event: Result[None] = Result()
        event.cancel_timer(key)
        world.runtime.ask(0, lambda state, now_ms: event)

    arm("a", 10, 1)
    arm("a", 20, 2)
    arm("b", 10, 3)
    disarm("b")
    disarm("b")
    arm("a", 5, 4, if_absent=True)
    arm("c", 30, 5, if_absent=True)
    world.move(19)
    assert world.tell().take() == []
    world.move(1)
    assert world.tell().take() == [2]
    world.move(10)
    assert world.tell().take() == [2, 5]


def test_a_timer_that_fails_is_logged_and_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    world.runtime.on_elected(0, 0)

    def broken(now_ms: int) -> Result[None]:
        raise RuntimeError("a defect")

    event: Result[None] = Result()
    event.set_timer("broken", 1, broken)
    event.set_timer("write", 2, lambda now_ms: Result(records=[number(1)]))
    world.runtime.ask(0, lambda state, now_ms: event)
    world.refuse = ErrorCode.NOT_ENOUGH_REPLICAS
    with caplog.at_level(logging.WARNING):
        world.move(5)
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert "timer write: COORDINATOR_NOT_AVAILABLE" in caplog.records[1].message


def test_a_request_is_parked_on_every_answer_it_lacks() -> None:
    world = World()
    world.runtime.on_elected(0, 0)
    done, late, later = world.tell(), world.add(1), world.add(2)

    def make() -> TopLevel:
        return HeartbeatResponse(throttle_time_ms=len(late.take()) + len(later.take()))

    answered: list[TopLevel] = []
    parked = answer_when_done([done, late, later], make)
    assert isinstance(parked, Parked) and parked.keys == (late, later)
    world.waiting.park(parked, answered.append)
    world.pass_high_watermark(1)
    assert answered == []
    world.pass_high_watermark(2)
    assert answered == [HeartbeatResponse(throttle_time_ms=14)]
    assert answer_when_done([done, late, later], make) == HeartbeatResponse(throttle_time_ms=14)


def test_an_answer_is_given_once() -> None:
    deferred: Deferred[int] = Deferred()
    deferred.give(1)
    with pytest.raises(AssertionError):
        deferred.give(2)
    with pytest.raises(AssertionError):
        deferred.fail(CoordinatorError(ErrorCode.NOT_COORDINATOR))


def test_a_tombstone_has_no_value_and_the_prefix_is_type_and_version() -> None:
    record = FORMAT.encode(number(1), 5)
    assert record.key is not None and record.key[:2] == b"\x00\x01"
    assert record.value is not None and record.value[:2] == b"\x00\x04"
    assert record.timestamp_ms == 5
    tombstone = CoordinatorRecord(GroupMetadataKey(group="g"), None)
    assert RecordFormat([]).encode(tombstone, 0) == Record(b"\x00\x02\x00\x01g", None, (), 0)


def test_who_has_an_answer_does_not_wait_any_more() -> None:
    """Invariant 39."""
    world = World()
    world.runtime.on_elected(0, 0)
    deferred = [world.add(1), world.tell()]
    shard = world.runtime._shards[0]
    assert list(shard.waiting) == deferred
    world.pass_high_watermark(1)
    assert not shard.waiting
    world.refuse = ErrorCode.NOT_ENOUGH_REPLICAS
    assert code_of(world.add(2)) is ErrorCode.COORDINATOR_NOT_AVAILABLE
    assert not shard.waiting
    assert len(world.waiting) == 0


def test_an_event_that_ends_in_a_defect_leaves_nobody_waiting() -> None:
    """Invariant 39."""
    world = World()
    world.runtime.on_elected(0, 0)
    unencodable = CoordinatorRecord(OffsetCommitKey(group="g", topic="t", partition=1 << 40), OffsetCommitValue(), 4)
    with pytest.raises(ValueError, match="partition"):
        world.runtime.ask(0, lambda state, now_ms: Result(records=[unencodable], answer="never"))
    assert not world.runtime._shards[0].waiting
    assert world.one.log.batches == []


def test_a_shard_whose_log_is_broken_is_nobody_s(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    world.one.log.append(build_batch([Record(b"\0\1", b"no key of an offset commit")]))
    world.runtime.on_elected(0, 0)
    assert code_of(world.tell()) is ErrorCode.NOT_COORDINATOR
    assert caplog.messages == ["__numbers-0 cannot be loaded"]


def test_records_that_need_not_stay_together_go_into_batches_of_sensible_size() -> None:
    """Thousands of offsets may expire at once; one batch of them would be above ``max.message.bytes``."""
    world = World()
    world.runtime.on_elected(0, 0)
    world.follows = True
    records = [number(value) for value in range(3000)]
    together = world.runtime.ask(0, lambda state, now_ms: Result(records=list(records), answer="done"))
    assert len(world.one.log.batches) == 1
    apart = world.runtime.ask(0, lambda state, now_ms: Result(records=list(records), answer="done", is_atomic=False))
    assert (together.take(), apart.take()) == ("done", "done")
    sizes = [len(batch) for batch in world.one.log.batches[1:]]
    assert len(sizes) > 5
    assert max(sizes) < 64 * 1024
    assert world.tell().take() == [*range(3000), *range(3000)]


def test_what_was_written_before_a_failed_append_counts() -> None:
    world = World()
    world.runtime.on_elected(0, 0)
    world.follows = True
    appended = world.append_internal

    def append_once(topic: str, index: int, batch: bytes) -> tuple[ErrorCode, int]:
        code_and_offset = appended(topic, index, batch)
        world.refuse = ErrorCode.NOT_ENOUGH_REPLICAS
        return code_and_offset

    world.append_internal = append_once  # type: ignore[method-assign]
    asked = world.runtime.ask(
        0, lambda state, now_ms: Result[str](records=[number(v) for v in range(3000)], is_atomic=False)
    )
    assert code_of(asked) is ErrorCode.COORDINATOR_NOT_AVAILABLE
    told = world.tell().take()
    assert 0 < len(told) < 3000
    assert len(told) == world.one.log.end_offset
