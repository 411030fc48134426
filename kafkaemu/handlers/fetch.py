"""Fetch: read batches from partitions, and wait for them (KafkaApis.handleFetchRequest, FetchManager, ReplicaManager.fetchMessages,
DelayedFetch).

Behavior:
    - Sessions (KIP-227, `kafkaemu.replica.fetch_sessions`) come first: FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH,
      FETCH_SESSION_TOPIC_ID_ERROR where names and ids are mixed; with session id 0 and no partitions. [fetch_sessions/errors,
      fetch_sessions/ids_and_names, fetch_checks/faults_of_a_session_and_its_topics]
    - A full fetch, of epoch 0 or -1, ends the session it names, if there is one; epoch 0 opens another, whatever is asked.
      [fetch_sessions/reopened, fetch_checks/odd_session_numbers, fetch_sessions/nothing_asked,
      fetch_checks/forgotten_outside_a_session]
    - A session belongs to the broker; it names what has changed and is told what has changed, errors every time.
      [fetch_sessions/incremental, fetch_sessions/from_another_connection, fetch_sessions/forgotten,
      fetch_sessions/out_of_range]
    - A session whose last partition is forgotten ends. [fetch_sessions/all_forgotten]
    - Where limits are too small for all, the partitions of a session take turns. [fetch_checks/partitions_take_turns]
    - Partitions that are not there are answered behind all others: UNKNOWN_TOPIC_ID, UNKNOWN_TOPIC_OR_PARTITION; the latter
      also for an id whose topic is gone since the session learned its name. [fetch/unknown_topic_or_partition,
      fetch/several_topics, fetch_checks/order_of_the_answer, fetch_sessions/unknown_topics,
      fetch_checks/topic_deleted_under_a_session]
    - UNKNOWN_SERVER_ERROR of the whole request for an isolation level that is not 0 or 1, if any partition is there; no session
      is opened. [fetch/isolation_levels, fetch_checks/isolation_level_of_nothing, fetch_checks/two_faults_at_once]
    - Each partition, in the order of the request: INCONSISTENT_TOPIC_ID for a topic that was made again since the session
      learned its name. [fetch_sessions/topic_made_again, fetch_checks/topic_deleted_under_a_session]
    - UNKNOWN_LEADER_EPOCH for an epoch beyond the leader's; a negative one is not looked at. [fetch/leader_epochs]
    - FENCED_LEADER_EPOCH for one before it. [test: tests/unit/handlers/test_fetch.py::test_leader_epochs_are_fenced]
    - NOT_LEADER_OR_FOLLOWER. [test:
      tests/unit/handlers/test_fetch.py::test_only_the_leader_serves_consumers_that_know_no_racks]
    - Who pretends to be a replica: NOT_LEADER_OR_FOLLOWER, or UNKNOWN_LEADER_EPOCH if it named an epoch. [fetch/as_a_replica,
      fetch/as_a_replica_with_an_epoch, fetch_checks/replica_with_epoch]
    - OFFSET_OUT_OF_RANGE before the log's start or behind its end, with nothing told of the log. [fetch/offsets,
      fetch_checks/before_the_start, fetch_checks/two_faults_at_once]
    - UNKNOWN_SERVER_ERROR for a negative limit where there is something to read. [fetch/negative_sizes,
      fetch_checks/negative_limit_at_the_end]
    - A log that has diverged from what the asker read last is told by epoch and offset. [fetch/last_fetched_epoch]
    - Batches come whole from the one that holds the offset on; the last may be cut off by a limit, the first of the whole
      answer never is. Limits count per partition and in all, partitions being filled in order. [fetch/offsets, fetch/limits,
      fetch/limits_over_partitions, fetch/compressed_batches, fetch/leader_epoch_in_batches]
    - They are read up to the high watermark, the last stable offset for read_committed, or the log's end for replicas. [test:
      tests/unit/handlers/test_fetch.py::test_isolation, test:
      tests/unit/handlers/test_fetch.py::test_a_replica_of_the_partition_reads_to_the_end_of_the_log]
    - Records are never null; aborted transactions are a list for read_committed and for partitions that are not there, else
      null. [fetch/empty_partition, fetch/isolation_levels, fetch/unknown_topic_or_partition]
    - The limits are the broker's, too. [test:
      tests/unit/handlers/test_fetch.py::test_fetch_max_bytes_of_the_broker_is_a_limit_too]
    - The answer waits while there are fewer than min_bytes, at most max_wait_ms; a negative one of either is 0.
      [fetch/waits_for_bytes, fetch/negative_sizes, fetch/no_topics]
    - An error or a diverged log ends the waiting of all; so does a topic that is deleted. [fetch_checks/errors_do_not_wait,
      fetch_checks/topic_deleted_under_a_wait]
    - So does a leader of another epoch, a segment that is rolled, or a high watermark that moves. [test:
      tests/unit/handlers/test_fetch.py::test_a_new_leader_epoch_ends_the_waiting_of_who_named_the_old_one, test:
      tests/unit/handlers/test_fetch.py::test_a_rolled_segment_ends_the_waiting, test:
      tests/unit/handlers/test_fetch.py::test_a_high_watermark_that_moves_completes_a_fetch]
    - A session that went on in the meantime makes the late answer INVALID_FETCH_SESSION_EPOCH.
      [fetch_checks/session_goes_on_under_a_wait]
    - Of a partition named twice the last entry counts. [fetch/same_partition_twice]

Versions:
    - 4 is the first; in profiles up to 3.9 also 0 to 3, where records are message sets (`kafkaemu.replica.down_conversion`).
      [fetch/every_version, message_sets/*]
    - There UNSUPPORTED_VERSION for topics with `message.downconversion.enable=false`, but to replicas.
      [message_sets/down_conversion_switched_off]
    - Topics whose own codec is zstd are told in every version; in profiles up to 3.9 with UNSUPPORTED_COMPRESSION_TYPE before
      10. [fetch_checks/zstd_of_the_topic, message_sets/recompressed]
    - 5 adds the log's start offset, 7 sessions, 9 leader epochs, 11 the preferred replica, which is never named here.
      [fetch/every_version, fetch/leader_epochs, fetch_checks/racks_and_clusters]
    - 12 adds the last epoch read and tagged fields, among them the cluster's id, which nobody looks at.
      [fetch/last_fetched_epoch, fetch_checks/racks_and_clusters]
    - 13 names topics by id, 15 moves the replica's id into a tagged field. [fetch/recreated_topic, fetch/as_a_replica]
    - 16 adds the leader's endpoint with NOT_LEADER_OR_FOLLOWER and FENCED_LEADER_EPOCH. [test:
      tests/unit/handlers/test_fetch.py::test_a_stale_leader_epoch_is_fenced_with_the_leader_from_version_16]
"""

from __future__ import annotations

from kafkaemu.config.broker import topic_values
from kafkaemu.delayed import Parked
from kafkaemu.handlers.context import Answer, Context, Request, log_refusal
from kafkaemu.metadata.image import ResourceType
from kafkaemu.replica.fetch_sessions import (
    FINAL_EPOCH,
    INITIAL_EPOCH,
    NO_SESSION,
    FetchEntry,
    FetchKey,
    FetchSession,
    next_epoch,
)
from kafkaemu.replica.partition import Partition
from kafkaemu.replica.reading import Isolation, Reading, ReadRules, WaitingRead, read_all
from kafkawire.declare import ZERO_UUID
from kafkawire.errors import ErrorCode
from kafkawire.messages.fetch import (
    AbortedTransaction,
    EpochEndOffset,
    FetchableTopicResponse,
    FetchRequest,
    FetchResponse,
    LeaderIdAndEpoch,
    NodeEndpoint,
    PartitionData,
    SnapshotId,
)

CONSUMER_REPLICA_ID = -1
DEBUGGING_REPLICA_ID = -2
_READ_UNCOMMITTED = 0
_READ_COMMITTED = 1
#: First version with messages of magic 1, with a first batch beyond the limits, with batches of magic 2, with zstd, with topic ids,
#: with the replica's state apart, with the leader's endpoint, with racks.
_MAGIC_1 = 2
_FIRST_BATCH_WHOLE = 3
_BATCHES = 4
_ZSTD = 10
_TOPIC_IDS = 13
_REPLICA_STATE = 15
_ENDPOINTS = 16
_RACKS = 11
_LEADER_ERRORS = (ErrorCode.NOT_LEADER_OR_FOLLOWER, ErrorCode.FENCED_LEADER_EPOCH)
# Shared by all answers, and never changed.
_NO_EPOCH = EpochEndOffset()
_NO_LEADER = LeaderIdAndEpoch()
_NO_SNAPSHOT = SnapshotId()


def handle(context: Context, request: Request, body: FetchRequest) -> Answer:
    """Read, or wait for something to read; see the module."""
    wanted = _collect(request, body)
    session = None
    entries = wanted
    sessions = context.replicas.fetch_sessions
    if body.session_epoch in (INITIAL_EPOCH, FINAL_EPOCH):
        if body.session_id != NO_SESSION:
            sessions.close(body.session_id)
    else:
        resumed = sessions.resume(
            body.session_id,
            body.session_epoch,
            wanted,
            _forgotten(request, body),
            context.clock.now_ms(),
            uses_topic_ids=request.version >= _TOPIC_IDS,
        )
        if isinstance(resumed, ErrorCode):
            return FetchResponse(error_code=resumed)
        if resumed.entries:
            session, entries = resumed, resumed.entries
    kind = _EarlyFetch if request.version < _ZSTD and context.profile.withholds_zstd else _Fetch
    fetch = kind(context, request, body, session)
    fetch.locate_all(entries)
    if not fetch.found:
        return fetch.answer([])
    if body.isolation_level != _READ_UNCOMMITTED and body.isolation_level != _READ_COMMITTED:
        return _refusal(context, request, body)
    return fetch.run()


def _collect(request: Request, body: FetchRequest) -> dict[FetchKey, FetchEntry]:
    """The partitions that the request names; of one that is named twice the last counts, in the place of the first."""
    wanted: dict[FetchKey, FetchEntry] = {}
    if request.version >= _TOPIC_IDS:
        for topic in body.topics:
            topic_id = topic.topic_id
            for asked in topic.partitions:
                key: FetchKey = (topic_id, asked.partition)
                wanted[key] = FetchEntry(key, None, topic_id, asked)
    else:
        for topic in body.topics:
            name = topic.topic
            for asked in topic.partitions:
                key = (name, asked.partition)
                wanted[key] = FetchEntry(key, name, ZERO_UUID, asked)
    return wanted


def _forgotten(request: Request, body: FetchRequest) -> list[FetchKey]:
    by_id = request.version >= _TOPIC_IDS
    return [
        (topic.topic_id if by_id else topic.topic, index)
        for topic in body.forgotten_topics_data
        for index in topic.partitions
    ]


def _refusal(context: Context, request: Request, body: FetchRequest) -> FetchResponse:
    """UNKNOWN_SERVER_ERROR to everything, in the shape of the version (FetchRequest.getErrorResponse)."""
    code = ErrorCode.UNKNOWN_SERVER_ERROR
    log_refusal(request, "Fetch", code, f"there is no isolation level {body.isolation_level}")
    answer = FetchResponse(error_code=code, session_id=body.session_id)
    if request.version < _TOPIC_IDS:
        profile = context.profile

        def refused(index: int) -> PartitionData:
            return PartitionData(
                partition_index=index,
                error_code=code,
                high_watermark=-1,
                aborted_transactions=None if profile.unread_aborted_are_null else [],
                records=None if profile.withheld_records_are_null else b"",
            )

        answer.responses = [
            FetchableTopicResponse(
                topic=topic.topic, partitions=[refused(asked.partition) for asked in topic.partitions]
            )
            for topic in body.topics
        ]
    return answer


class _Fetch:
    """One fetch on its way, parked or not. ``session`` is the one that it goes on with, None outside of one."""

    __slots__ = ("_absent", "_body", "_context", "_request", "_rules", "_session", "found")

    def __init__(self, context: Context, request: Request, body: FetchRequest, session: FetchSession | None) -> None:
        self._context = context
        self._request = request
        self._body = body
        self._session = session
        version = request.version
        replica_id = body.replica_state.replica_id if version >= _REPLICA_STATE else body.replica_id
        if replica_id >= 0 or replica_id < DEBUGGING_REPLICA_ID:
            isolation = Isolation.LOG_END
        elif body.isolation_level == _READ_COMMITTED:
            isolation = Isolation.LAST_STABLE_OFFSET
        else:
            isolation = Isolation.HIGH_WATERMARK
        max_bytes = min(body.max_bytes, context.config["fetch.max.bytes"])
        self._rules = ReadRules(
            isolation=isolation,
            replica_id=replica_id,
            only_leader=replica_id >= 0 or version < _RACKS,
            min_bytes=min(body.min_bytes, max_bytes),
            max_bytes=max_bytes,
            minimum_one=version >= _FIRST_BATCH_WHOLE,
            refuses_strangers=not context.profile.strangers_read_nothing,
        )
        #: Partitions that are there, in the order in which they are read.
        self.found: list[FetchEntry] = []
        self._absent: list[Reading] = []

    def locate_all(self, entries: dict[FetchKey, FetchEntry]) -> None:
        """Tell the partitions that are there from those that are not."""
        by_id = self._request.version >= _TOPIC_IDS
        replicas = self._context.replicas
        for entry in entries.values():
            partition = entry.partition
            if partition is None or partition.is_deleted:
                hosted = replicas.topics_by_id.get(entry.topic_id) if by_id else replicas.topics.get(entry.topic or "")
                partition = None if hosted is None else hosted.partitions.get(entry.key[1])
                if partition is None:
                    code = self._absence(entry)
                    if code:
                        absent = Reading(entry, code)
                        # Where the reference does not come to the log at all, the list keeps its default.
                        if not self._context.profile.unread_aborted_are_null:
                            absent.aborted = []
                        self._absent.append(absent)
                        continue
                else:
                    entry.topic = partition.topic
                entry.partition = partition
            self.found.append(entry)

    def _absence(self, entry: FetchEntry) -> ErrorCode:
        """Why a partition is not there as far as the metadata goes; NONE if the metadata says that it is."""
        image = self._context.image
        if entry.topic is None:
            known = image.topics_by_id.get(entry.topic_id)
            if known is None:
                return ErrorCode.UNKNOWN_TOPIC_ID
            entry.topic = known.name
        else:
            known = image.topics.get(entry.topic)
        if known is None or not 0 <= entry.key[1] < len(known.partitions):
            return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
        return ErrorCode.NONE

    def _locate(self, entry: FetchEntry) -> Partition | ErrorCode:
        """Find a partition that is in the metadata, or was when the fetch came."""
        name, index = entry.topic or "", entry.key[1]
        partition = self._context.replicas.partition(name, index)
        if partition is None:
            known = self._context.image.topics.get(name)
            if known is not None and index < len(known.partitions):
                return ErrorCode.NOT_LEADER_OR_FOLLOWER
            return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
        if entry.topic_id != ZERO_UUID and entry.topic_id != partition.topic_id:
            return ErrorCode.INCONSISTENT_TOPIC_ID
        entry.partition = partition
        return partition

    def run(self) -> Answer:
        """Answer now, or park."""
        body, rules = self._body, self._rules
        readings = self._read()
        if rules.replica_id >= 0:
            self._log_strangers(readings)
        size = 0
        is_urgent = body.max_wait_ms <= 0
        for reading in readings:
            size += reading.size
            if reading.code or reading.diverging is not None:
                is_urgent = True
        if is_urgent or size >= rules.min_bytes:
            return self.answer(readings)
        waiting = WaitingRead(self.found, rules)
        if waiting.is_over():
            return self.answer(readings)
        return Parked(waiting.keys, self._finish, body.max_wait_ms, self._finish, waiting.is_over_by)

    def _log_strangers(self, readings: list[Reading]) -> None:
        for reading in readings:
            partition = reading.entry.partition
            if reading.code and partition is not None and self._rules.replica_id not in partition.replicas:
                reason = f"{self._rules.replica_id} is the id of no replica"
                log_refusal(self._request, f"Fetch of {partition.log.name}", reading.code, reason)

    def _finish(self) -> FetchResponse:
        return self.answer(self._read())

    def _read(self) -> list[Reading]:
        # Followers are always answered: they have more to learn than a session remembers.
        leaves_out_idle = self._session is not None and self._rules.replica_id < 0
        return read_all(self.found, self._rules, self._locate, leaves_out_idle=leaves_out_idle)

    def answer(self, readings: list[Reading]) -> FetchResponse:
        """The answer with what was read, and with what is not there behind it; opens or updates the session."""
        readings = readings + self._absent if self._absent else readings
        body, session = self._body, self._session
        if session is None:
            session_id = self._open_session(readings) if body.session_epoch == INITIAL_EPOCH else NO_SESSION
            answer = FetchResponse(session_id=session_id)
        else:
            answer = FetchResponse(session_id=session.id)
            if session.epoch != next_epoch(body.session_epoch):
                answer.error_code = ErrorCode.INVALID_FETCH_SESSION_EPOCH
                return answer
            readings = [
                reading
                for reading in readings
                if session.must_answer(
                    reading.entry,
                    reading.high_watermark,
                    reading.start_offset,
                    size=reading.size,
                    is_exceptional=reading.code != 0 or reading.diverging is not None,
                )
            ]
        topic: FetchableTopicResponse | None = None
        name: str | bytes | None = None
        for reading in readings:
            entry = reading.entry
            if topic is None or entry.key[0] != name:
                name = entry.key[0]
                topic = FetchableTopicResponse(entry.topic or "", entry.topic_id, [])  # type: ignore[call-arg]
                answer.responses.append(topic)
            topic.partitions.append(self._partition_data(reading, answer))
        return answer

    def _open_session(self, readings: list[Reading]) -> int:
        for reading in readings:
            reading.entry.sent_high_watermark = reading.high_watermark
            reading.entry.sent_start_offset = reading.start_offset
        return self._context.replicas.fetch_sessions.open(
            {reading.entry.key: reading.entry for reading in readings},
            self._context.clock.now_ms(),
            is_privileged=self._rules.replica_id >= 0,
            uses_topic_ids=self._request.version >= _TOPIC_IDS,
        )

    def _partition_data(self, reading: Reading, answer: FetchResponse) -> PartitionData:
        code, aborted, diverging = reading.code, reading.aborted, reading.diverging
        # In the order of the fields: with keywords this takes twice as long.
        data = PartitionData(  # type: ignore[call-arg]
            reading.entry.key[1],
            code,
            reading.high_watermark,
            reading.stable_offset,
            reading.start_offset,
            _NO_EPOCH,
            _NO_LEADER,
            _NO_SNAPSHOT,
            None,
            -1,
            reading.records,
        )
        if aborted is not None:
            data.aborted_transactions = [
                AbortedTransaction(producer_id=pid, first_offset=first) for pid, first in aborted
            ]
        if diverging is not None:
            data.diverging_epoch = EpochEndOffset(epoch=diverging[0], end_offset=diverging[1])
        if not code:
            return data
        if code == ErrorCode.UNKNOWN_SERVER_ERROR:
            what = f"Fetch of {reading.entry.topic}-{reading.entry.key[1]}"
            log_refusal(self._request, what, code, "a negative limit")
        elif code in _LEADER_ERRORS and self._request.version >= _ENDPOINTS:
            self._name_leader(reading.entry, data, answer)
        return data

    def _name_leader(self, entry: FetchEntry, data: PartitionData, answer: FetchResponse) -> None:
        """Tell the client who leads the partition, and where that broker is; replicas know, and are told by old profiles only."""
        leader = self._context.leader_of(self._request, entry.topic or "", entry.key[1])
        data.current_leader = LeaderIdAndEpoch(leader_id=leader.leader_id, leader_epoch=leader.leader_epoch)
        is_known = self._rules.replica_id >= 0 and not self._context.profile.tells_replicas_endpoints
        if is_known or leader.endpoint is None:
            return
        if all(node.node_id != leader.leader_id for node in answer.node_endpoints):
            host, port, rack = leader.endpoint
            answer.node_endpoints.append(NodeEndpoint(node_id=leader.leader_id, host=host, port=port, rack=rack))


class _EarlyFetch(_Fetch):
    """A fetch of a client of a release before 4.0, which may not know zstd, and up to version 3 nothing newer than messages of
    magic 0 or 1."""

    __slots__ = ()

    def _read(self) -> list[Reading]:
        readings = super()._read()
        if self._request.version < _FIRST_BATCH_WHOLE and self._context.profile.cuts_first_batches:
            from kafkaemu.replica.down_conversion import begin_batch

            for reading in readings:
                begin_batch(reading, self._rules.isolation)
        return readings

    def _partition_data(self, reading: Reading, answer: FetchResponse) -> PartitionData:
        partition = reading.entry.partition
        if partition is None or not (code := self._withheld(reading, partition.log.config.compression_type)):
            return super()._partition_data(reading, answer)
        reading = Reading(reading.entry, code)
        if not self._context.profile.unread_aborted_are_null:
            reading.aborted = []
        data = super()._partition_data(reading, answer)
        if self._context.profile.withheld_records_are_null:
            data.records = None
        return data

    def _withheld(self, reading: Reading, compression: str) -> ErrorCode:
        """Why the client gets no records, whatever was read; 0, and the records as it knows them, where it does."""
        version = self._request.version
        if compression == "zstd":
            return ErrorCode.UNSUPPORTED_COMPRESSION_TYPE
        if version >= _BATCHES or (not reading.size and self._context.profile.nothing_needs_no_conversion):
            return ErrorCode.NONE
        if self._rules.replica_id < 0 and not self._converts(reading.entry.topic or ""):
            return ErrorCode.UNSUPPORTED_VERSION
        from kafkaemu.replica.down_conversion import for_old_consumer

        if reading.code or for_old_consumer(reading, 0 if version < _MAGIC_1 else 1):
            return ErrorCode.NONE
        return ErrorCode.UNSUPPORTED_COMPRESSION_TYPE

    def _converts(self, topic: str) -> bool:
        """Whether batches of the topic are converted for old consumers."""
        values = topic_values(self._context.config, self._context.image.configs(ResourceType.TOPIC, topic))
        return values["message.downconversion.enable"] is True
