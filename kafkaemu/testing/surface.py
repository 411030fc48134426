"""What a test asks a broker, whichever broker it is: one in the same process, or one that somebody else has started.

Everything is asked in Kafka's own requests, in versions that every release since 2.8 serves; how they get to the broker is for the
sub-classes. So the answers are those that clients get, errors included.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from kafkaemu.testing.errors import BrokerError, RequestRefused, WaitedInVain, is_told
from kafkaemu.testing.texts import ANYTHING, Expected, Headers, to_bytes
from kafkaemu.testing.values import Record, SeenRequest, TopicPartition
from kafkaemu.testing.waiting import Deadline
from kafkawire.errors import ErrorCode

if TYPE_CHECKING:
    from kafkaemu.testing.clock import BrokerClock
    from kafkaemu.testing.groups import Group
    from kafkaemu.testing.reading import Reader
    from kafkawire.declare import TopLevel

__tracebackhide__ = is_told
#: How long a call may take, in seconds, unless it says otherwise.
TIMEOUT_S = 10.0
#: Any broker will do for a request.
ANYWHERE: Final = -1
#: What a broker says that has not heard yet that it leads a partition.
NOT_KNOWN_YET = {ErrorCode.NOT_LEADER_OR_FOLLOWER, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION}
#: How many records, and how many names of groups, a failure message shows.
SHOWN_RECORDS, SHOWN_GROUPS = 20, 10


class Surface(ABC):
    """A broker as a test sees it.

    Every call may be made from any thread, ends within ``timeout_s`` seconds or the time it is given, and raises `BrokerError` with a
    sentence if it cannot be done: `RequestRefused` where Kafka refuses, `BrokerTimeout` where nothing answers. Text stands for its
    UTF-8 bytes.
    """

    timeout_s: float = TIMEOUT_S

    def __init__(self) -> None:
        self._turn = 0

    # Where it is

    @property
    @abstractmethod
    def bootstrap_servers(self) -> str:
        """What clients are given: ``127.0.0.1:50123``."""

    @property
    @abstractmethod
    def clock(self) -> BrokerClock:
        """The broker's clock. Raises `BrokerError` for a broker whose clock cannot be moved."""

    # Topics

    def topics(self) -> dict[str, int]:
        """Number of partitions by topic, without the internal ones."""
        from kafkawire.messages.metadata import MetadataRequest

        answer = self._ask(MetadataRequest(topics=None, allow_auto_topic_creation=False), 9)
        return {topic.name: len(topic.partitions) for topic in answer.topics if not topic.is_internal}

    def create_topic(self, name: str, partitions: int = 1, *, config: Mapping[str, object] | None = None) -> None:
        """Make a topic, with configs of Kafka such as ``{"cleanup.policy": "compact"}``. Refused if it is there already."""
        from kafkawire.messages.create_topics import CreatableTopic, CreatableTopicConfig, CreateTopicsRequest

        topic = CreatableTopic(
            name=name,
            num_partitions=partitions,
            replication_factor=-1,
            configs=[CreatableTopicConfig(name=key, value=config_text(value)) for key, value in (config or {}).items()],
        )
        answer = self._ask(CreateTopicsRequest(topics=[topic], timeout_ms=self._timeout_ms), 5)
        (result,) = answer.topics
        refuse(f"topic {name!r} cannot be created", result.error_code, result.error_message)
        self._wait_for_topic(name, Deadline(self.timeout_s))

    def delete_topic(self, name: str) -> None:
        """Delete a topic and its records. Refused if it is not there."""
        from kafkawire.messages.delete_topics import DeleteTopicsRequest

        answer = self._ask(DeleteTopicsRequest(topic_names=[name], timeout_ms=self._timeout_ms), 5)
        (result,) = answer.responses
        refuse(f"topic {name!r} cannot be deleted", result.error_code, result.error_message)

    # Records

    def produce(
        self,
        topic: str,
        value: bytes | str | None,
        *,
        key: bytes | str | None = None,
        headers: Headers = (),
        timestamp_ms: int | None = None,
        partition: int | None = None,
    ) -> Record:
        """Append one record, acknowledged by all; returns it with its place.

        ``timestamp_ms`` is the broker's time unless given. Without ``partition`` the key says which, as Java's clients have it, and
        records without a key go round. A topic that is not there is made, if the broker makes topics by itself.
        """
        from kafkawire.messages.produce import PartitionProduceData, ProduceRequest, TopicProduceData
        from kafkawire.records.builder import build_batch
        from kafkawire.records.record import Record as WireRecord

        raw_key = to_bytes(key)
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        wire_headers = tuple((name, to_bytes(text)) for name, text in pairs)
        now_ms = self._now_ms() if timestamp_ms is None else timestamp_ms
        batch = build_batch([WireRecord(raw_key, to_bytes(value), wire_headers, now_ms)])
        for _ in self._attempts(Deadline(self.timeout_s)):
            leaders = self._leaders(topic, create=True)
            index = self._partition(partition, raw_key, len(leaders))
            data = TopicProduceData(name=topic, partition_data=[PartitionProduceData(index=index, records=batch)])
            request = ProduceRequest(acks=-1, timeout_ms=self._timeout_ms, topic_data=[data])
            answer = self._ask(request, 8, node=leaders.get(index, ANYWHERE))
            result = answer.responses[0].partition_responses[0]
            if index not in leaders or result.error_code not in NOT_KNOWN_YET:
                break
        reasons = [one.batch_index_error_message for one in result.record_errors if one.batch_index_error_message]
        refuse(f"no record for {topic}-{index}", result.error_code, result.error_message or " ".join(reasons))
        told_ms = now_ms if result.log_append_time_ms < 0 else result.log_append_time_ms
        return Record(topic, index, result.base_offset, told_ms, raw_key, to_bytes(value), wire_headers)

    def _partition(self, wanted: int | None, key: bytes | None, partitions: int) -> int:
        """Where a record goes."""
        from kafkaemu.testing.partitioner import partition_of

        if wanted is not None:
            return wanted
        if key is not None:
            return partition_of(key, partitions)
        self._turn += 1
        return (self._turn - 1) % partitions

    def records(self, topic: str, *, partition: int | None = None) -> list[Record]:
        """Every record that a read_committed consumer would get now, by partition and offset; none of a topic that is not there."""
        records: list[Record] = []
        for _ in self._attempts(Deadline(self.timeout_s)):
            leaders = self._leaders(topic)
            if partition is not None:
                leaders = {index: leader for index, leader in leaders.items() if index == partition}
            reader = self._reader(topic, leaders)
            records = reader.read_to_end()
            if reader.is_whole or not leaders:
                break
        return sorted_records(records)

    def wait_for(self, topic: str, n: int = 1, timeout: float | None = None) -> list[Record]:
        """Wait until a topic has ``n`` records, at most ``timeout`` seconds (None: ``timeout_s``); returns all it has.

        The topic need not be there yet. Raises `WaitedInVain`, which tells what there is instead.
        """
        return self._wait(topic, lambda records: len(records) >= n, f"{n} record(s)", timeout)

    def assert_produced(
        self,
        topic: str,
        *,
        value: Expected = ANYTHING,
        key: Expected = ANYTHING,
        headers: Headers | None = None,
        partition: int | None = None,
        count: int | None = None,
        timeout: float | None = None,
    ) -> list[Record]:
        """Fail unless a topic has, or gets within ``timeout`` seconds, a record like this; returns those that match.

        ``value`` and ``key`` are bytes, text, None for null, or a function that is given the bytes and tells. ``headers`` have to be
        among those of the record. ``count`` says how many there have to be, exactly; 0 is looked at once. The failure shows what came
        instead.
        """
        from kafkaemu.testing.matching import Wanted

        wanted = Wanted(value, key, headers, partition)
        if count == 0:
            if found := wanted.among(self.records(topic)):
                raise WaitedInVain(f"{topic!r} was to have no record with {wanted}, and has:\n{shown(found)}")
            return []
        least = count or 1
        text = f"{least} record(s) with {wanted}"
        records = self._wait(topic, lambda records: len(wanted.among(records)) >= least, text, timeout)
        found = wanted.among(records)
        if count is not None and len(found) > count:
            raise WaitedInVain(f"{topic!r} was to have {text}, and has {len(found)}:\n{shown(found)}")
        return found

    # Groups

    def groups(self) -> dict[str, Group]:
        """Every consumer group, by its id."""
        from kafkaemu.testing.groups import read_groups

        return read_groups(self._ask, self._nodes())

    def committed(self, group: str) -> dict[TopicPartition, int]:
        """The offsets that a group has committed: where it goes on reading. Empty for a group that there is not."""
        from kafkaemu.testing.groups import read_committed

        return read_committed(self._ask, group, self._coordinator(group))

    def lag(self, group: str, topic: str | None = None) -> int:
        """How many offsets lie between what a group has committed and the end, in all its partitions or those of ``topic``.

        Partitions are those with a committed offset, and those that a member has been given: before its first commit it lags by all
        that there is. Raises `BrokerError` for a group that there is not: its consumer may not have joined yet, or its name is
        another.
        """
        committed = self.committed(group)
        groups = self.groups()
        found = groups.get(group)
        if found is None and not committed:
            names = ", ".join(map(repr, list(groups)[:SHOWN_GROUPS])) or "none at all"
            raise BrokerError(f"there is no group {group!r} to have a lag; there is {names}")
        assigned = {one for member in found.members for one in member.assignment} if found else set()
        lag = 0
        for name in sorted({one.topic for one in (*committed, *assigned)}):
            if topic is not None and name != topic:
                continue
            ranges: dict[int, tuple[int, int]] = {}
            for _ in self._attempts(Deadline(self.timeout_s)):
                leaders = self._leaders(name)
                ranges = self._reader(name, leaders).ranges()
                if len(ranges) == len(leaders):
                    break
            for index, (start, end) in ranges.items():
                where = TopicPartition(name, index)
                if where in committed or where in assigned:
                    lag += max(end - max(committed.get(where, start), start), 0)
        return lag

    # Requests

    def requests(self) -> list[SeenRequest]:
        """The latest requests of clients, oldest first: a few hundred. None are known of a broker that runs elsewhere."""
        return []

    def refused_requests(self) -> list[SeenRequest]:
        """The latest of them whose answers had an error, oldest first; not those for which every new member is sent away once, to
        come back with its id (MEMBER_ID_REQUIRED, KIP-394).
        """
        return []

    # For the sub-classes

    @abstractmethod
    def _ask(self, request: TopLevel, version: int, *, node: int = ANYWHERE, wait_s: float = 0) -> Any:
        """The answer to a request that may take ``wait_s`` seconds longer than others."""

    @abstractmethod
    def _now_ms(self) -> int:
        """The time that records get."""

    @abstractmethod
    def _attempts(self, deadline: Deadline) -> Iterator[None]:
        """Asking again for what may take a moment to be known, as long as that makes sense."""

    @abstractmethod
    def _wait_for_topic(self, topic: str, deadline: Deadline) -> None:
        """Until the topic is there, or the time is up."""

    @abstractmethod
    def _coordinator(self, group: str) -> int:
        """The node that knows a group, ANYWHERE if any does."""

    @abstractmethod
    def _nodes(self) -> list[int]:
        """The nodes of the cluster."""

    @abstractmethod
    def _what_happened(self) -> str:
        """For failure messages: who is connected, what was refused."""

    @property
    def _timeout_ms(self) -> int:
        return int(self.timeout_s * 1000)

    def _leaders(self, topic: str, *, create: bool = False) -> dict[int, int]:
        """Node that leads, by partition; none for a topic that is not there, unless it can be made."""
        from kafkawire.messages.metadata import MetadataRequest, MetadataRequestTopic

        request = MetadataRequest(topics=[MetadataRequestTopic(name=topic)], allow_auto_topic_creation=create)
        code = ErrorCode.NONE
        for _ in self._attempts(Deadline(self.timeout_s)):
            (found,) = self._ask(request, 9).topics
            code = ErrorCode(found.error_code)
            if code == ErrorCode.NONE and all(one.leader_id >= 0 for one in found.partitions):
                return {one.partition_index: one.leader_id for one in found.partitions}
            if code == ErrorCode.INVALID_TOPIC_EXCEPTION or (
                code == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION and not create
            ):
                break
        if create:
            refuse(
                f"topic {topic!r} is not there and the broker does not make it", code or ErrorCode.LEADER_NOT_AVAILABLE
            )
        return {}

    def _reader(self, topic: str, leaders: dict[int, int]) -> Reader:
        from kafkaemu.testing.reading import Reader

        return Reader(self._ask, topic, leaders)

    def _wait(
        self, topic: str, is_enough: Callable[[list[Record]], bool], what: str, timeout: float | None
    ) -> list[Record]:
        deadline = Deadline(self.timeout_s if timeout is None else timeout)
        records: list[Record] = []
        reader: Reader | None = None
        while True:
            if reader is None:
                self._wait_for_topic(topic, deadline)
                reader = self._reader(topic, self._leaders(topic))
                records = reader.read_to_end()
            else:
                records += reader.read_next(deadline.left_s)
            if is_enough(records):
                return sorted_records(records)
            if deadline.left_s <= 0:
                break
            if not reader.is_whole:
                # Not led yet, or deleted in the meantime; it may come back.
                reader = None
        there = f"has {len(records)}" if self._leaders(topic) else "is not there"
        text = f"waited {deadline.seconds:g} s for {what} in {topic!r}, which {there}"
        raise WaitedInVain("\n".join(filter(None, (text, shown(records), self._what_happened()))))


def refuse(what: str, code: int, message: str | None = None) -> None:
    """Raise `RequestRefused` if ``code`` is an error."""
    if code != ErrorCode.NONE:
        raise RequestRefused(what, ErrorCode(code), message)


def config_text(value: object) -> str:
    """A config value as Kafka writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def sorted_records(records: list[Record]) -> list[Record]:
    """By partition and offset."""
    return sorted(records, key=lambda one: (one.partition, one.offset))


def shown(records: list[Record]) -> str:
    """The last of these records, a line each."""
    lines = [f"  {record}"[:500] for record in sorted_records(records)[-SHOWN_RECORDS:]]
    if len(records) > SHOWN_RECORDS:
        lines.insert(0, f"  … {len(records) - SHOWN_RECORDS} before these")
    return "\n".join(lines)
