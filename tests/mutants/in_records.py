"""Defects of logs and of what producers and consumers are answered."""

from __future__ import annotations

from typing import Any

import attrs

from tests.mutants.registry import Now, alter_answers, mutant, replace

PRODUCERS = "histories/producers"
#: Where a batch has its producer's id.
PRODUCER_ID = slice(43, 51)


@mutant(PRODUCERS)
def one_record_in_a_thousand_is_lost() -> None:
    """A batch of about every thousandth record is acknowledged and is not there."""
    from kafkaemu.log.partition_log import PartitionLog

    seen = 0

    def make(append: Any) -> Any:
        def lossy(log: PartitionLog, batch: Any, size: int, header: Any, now_ms: int) -> None:
            nonlocal seen
            before, seen = seen, seen + header.last_offset_delta + 1
            if seen // 1000 > before // 1000 and log.end_offset and not log.topic.startswith("__"):
                log.end_offset = header.base_offset + header.last_offset_delta + 1
            else:
                append(log, batch, size, header, now_ms)

        return lossy

    replace(PartitionLog, "_append", make)


@mutant(PRODUCERS)
def an_acknowledged_batch_is_dropped() -> None:
    """Every fiftieth batch of a producer without an id is acknowledged, and its offset is given to the next one."""
    from kafkaemu.handlers import produce

    now = Now(50)

    def make(handle: Any) -> Any:
        def forgetful(context: Any, request: Any, body: Any) -> Any:
            topic = body.topic_data[0]
            data = topic.partition_data[0]
            log = context.replicas.partition(topic.name, data.index).log
            before = log.end_offset
            answer = handle(context, request, body)
            if int.from_bytes(data.records[PRODUCER_ID], "big", signed=True) < 0 and before and now():
                log.high_watermark = before
                log.truncate_to(before)
            return answer

        return forgetful

    replace(produce, "handle", make)


@mutant(PRODUCERS)
def sequences_are_not_looked_at() -> None:
    """What an idempotent producer sends again is appended again."""
    from kafkaemu.log.producer_state import ProducerState

    replace(ProducerState, "check", lambda _: lambda *_, **__: None)


@mutant(PRODUCERS)
def a_batch_is_appended_twice() -> None:
    """Every hundredth batch of a producer without an id is there twice."""
    from kafkaemu.log.partition_log import PartitionLog

    now = Now(100)

    def make(append: Any) -> Any:
        def twice(log: PartitionLog, payload: Any, *arguments: Any, **options: Any) -> Any:
            again = bytes(payload)
            info = append(log, payload, *arguments, **options)
            if int.from_bytes(again[PRODUCER_ID], "big", signed=True) < 0 and now():
                append(log, again, *arguments, **{**options, "header": None, "is_checked": False})
            return info

        return twice

    replace(PartitionLog, "append_as_leader", make)


@mutant(PRODUCERS)
def an_offset_is_given_twice() -> None:
    """Every hundredth acknowledgement names the offset before."""
    now = Now(100)

    def change(answer: Any) -> None:
        for topic in answer.responses:
            for result in topic.partition_responses:
                if result.base_offset > 0 and now():
                    result.base_offset -= 1

    alter_answers("produce", change)


@mutant(PRODUCERS)
def the_high_watermark_is_one_too_low() -> None:
    """Fetch tells a high watermark below the last record."""
    _alter_partitions_of_fetch(lambda data: setattr(data, "high_watermark", data.high_watermark - 1))


@mutant(PRODUCERS)
def the_high_watermark_is_one_too_high() -> None:
    """Fetch tells a high watermark behind the end of the log."""
    _alter_partitions_of_fetch(lambda data: setattr(data, "high_watermark", data.high_watermark + 1))


@mutant("fetch/offsets")
def a_fetch_begins_one_record_late() -> None:
    """A consumer that asks for the first offset gets the second."""
    from kafkaemu.log.partition_log import PartitionLog

    replace(
        PartitionLog,
        "read",
        lambda read: lambda log, offset, *rest: read(log, min(offset + 1, log.end_offset), *rest),
    )


@mutant("fetch/limits")
def limits_of_bytes_are_ignored() -> None:
    """A fetch gives as much as there is."""
    from kafkaemu.log.partition_log import PartitionLog

    replace(
        PartitionLog,
        "read",
        lambda read: lambda log, offset, max_bytes, *rest: read(log, offset, 1 << 30, *rest),
    )


@mutant("fetch/waits_for_bytes")
def a_long_poll_returns_early() -> None:
    """A fetch never waits."""
    from kafkaemu.handlers import fetch

    def make(handle: Any) -> Any:
        def impatient(context: Any, request: Any, body: Any) -> Any:
            body.max_wait_ms = 0
            return handle(context, request, body)

        return impatient

    replace(fetch, "handle", make)


@mutant("fetch/waits_for_bytes")
def a_long_poll_returns_late() -> None:
    """A fetch that waits does not hear of what comes, and ends with its time."""
    from kafkaemu.handlers import fetch

    def make(handle: Any) -> Any:
        def deaf(context: Any, request: Any, body: Any) -> Any:
            from kafkaemu.delayed import Parked

            answer = handle(context, request, body)
            return attrs.evolve(answer, keys=("nothing",)) if isinstance(answer, Parked) else answer

        return deaf

    replace(fetch, "handle", make)


@mutant("fetch/isolation_levels")
def the_aborted_list_is_null() -> None:
    """A read_committed fetch has no list of aborted transactions where an empty one is due."""
    _alter_partitions_of_fetch(lambda data: setattr(data, "aborted_transactions", None))


@mutant("fetch/isolation_levels")
def the_isolation_level_is_ignored() -> None:
    """Every fetch is read_uncommitted."""
    from kafkaemu.handlers import fetch

    def make(handle: Any) -> Any:
        def uncommitted(context: Any, request: Any, body: Any) -> Any:
            body.isolation_level = 0
            return handle(context, request, body)

        return uncommitted

    replace(fetch, "handle", make)


@mutant("fetch/last_fetched_epoch")
def a_tagged_field_is_dropped() -> None:
    """Fetch does not tell where logs diverge."""
    from kafkawire.messages.fetch import EpochEndOffset

    _alter_partitions_of_fetch(lambda data: setattr(data, "diverging_epoch", EpochEndOffset()))


@mutant("fetch/leader_epochs")
def leader_epochs_are_not_checked() -> None:
    """Whoever believes in another leader epoch is served."""
    from kafkaemu.replica.partition import Partition
    from kafkawire.errors import ErrorCode

    replace(Partition, "access_error", lambda _: lambda *_, **__: ErrorCode.NONE)


@mutant("fetch/recreated_topic")
def topic_ids_are_not_checked() -> None:
    """The id of a topic that was deleted leads to the one that has its name now."""
    from kafkaemu.replica.manager import ReplicaManager

    ids: dict[str, list[bytes]] = {}

    def make(create_partition: Any) -> Any:
        def remembered(replicas: Any, topic: str, topic_id: bytes, *arguments: Any, **options: Any) -> Any:
            partition = create_partition(replicas, topic, topic_id, *arguments, **options)
            for former in ids.setdefault(topic, []):
                replicas.topics_by_id[former] = replicas.topics[topic]
            ids[topic].append(topic_id)
            return partition

        return remembered

    replace(ReplicaManager, "create_partition", make)


@mutant("fetch_sessions/incremental")
def fetch_sessions_are_lost() -> None:
    """A fetch session is forgotten as soon as it is opened."""
    from kafkaemu.replica.fetch_sessions import FetchSessionCache

    def make(opened: Any) -> Any:
        def forgetful(cache: FetchSessionCache, *arguments: Any, **options: Any) -> int:
            session_id: int = opened(cache, *arguments, **options)
            cache.close(session_id)
            return session_id

        return forgetful

    replace(FetchSessionCache, "open", make)


@mutant("fetch_sessions/incremental")
def a_session_answers_too_much() -> None:
    """An incremental fetch answers every partition, changed or not."""
    from kafkaemu.replica import reading
    from kafkaemu.replica.fetch_sessions import FetchSession

    replace(FetchSession, "must_answer", lambda _: lambda *_, **__: True)
    replace(reading, "_is_idle", lambda _: lambda *_: False)


@mutant("list_offsets/latest_and_earliest")
def list_offsets_is_off_by_one() -> None:
    """The end of a partition is one record short."""

    def change(answer: Any) -> None:
        for topic in answer.topics:
            for partition in topic.partitions:
                partition.offset = max(partition.offset - 1, partition.offset and 0)

    alter_answers("list_offsets", change)


@mutant("list_offsets/by_timestamp")
def timestamps_are_lost() -> None:
    """ListOffsets does not tell the timestamp of what it found."""

    def change(answer: Any) -> None:
        for topic in answer.topics:
            for partition in topic.partitions:
                partition.timestamp = -1

    alter_answers("list_offsets", change)


@mutant("produce/timestamps")
def any_timestamp_is_taken() -> None:
    """Records of the far future are appended."""
    from kafkawire.records import validate

    replace(validate, "_timestamp_error", lambda _: lambda *_, **__: None)


@mutant("produce/broken_batches")
def checksums_are_not_checked() -> None:
    """A batch with a wrong checksum is appended."""
    from kafkawire.records import validate

    class Whatever:
        def __eq__(self, other: object) -> bool:
            return True

        def __ne__(self, other: object) -> bool:
            return False

        __hash__ = None  # type: ignore[assignment]

    replace(validate, "crc32c_function", lambda _: lambda: lambda *_: Whatever())


@mutant("produce/without_acknowledgement")
def acks_0_is_answered() -> None:
    """A producer that wants no acknowledgement gets one."""
    from kafkaemu.handlers import produce

    def make(handle: Any) -> Any:
        def talkative(context: Any, request: Any, body: Any) -> Any:
            if body.acks == 0:
                body.acks = 1
            return handle(context, request, body)

        return talkative

    replace(produce, "handle", make)


@mutant("produce/unknown_topic_or_partition")
def null_becomes_empty() -> None:
    """Where Produce has no message to tell it tells an empty one."""

    def change(answer: Any) -> None:
        for topic in answer.responses:
            for result in topic.partition_responses:
                result.error_message = result.error_message or ""

    alter_answers("produce", change)


@mutant("produce_idempotent/epochs")
def an_old_producer_epoch_is_taken() -> None:
    """A producer that was replaced goes on."""
    from kafkaemu.log.producer_state import ProducerState

    replace(ProducerState, "_refuse_epoch", lambda _: lambda *_: None)


@mutant("delete_records/every_version")
def deleted_records_stay() -> None:
    """DeleteRecords tells a new start, and the log keeps the old one."""
    from kafkaemu.log.partition_log import PartitionLog

    replace(PartitionLog, "_advance_start", lambda _: lambda *_: None)


@mutant("produce/nulls_and_empties")
def headers_are_dropped() -> None:
    """Records are kept without their headers."""
    _rewrite_batches(lambda record: attrs.evolve(record, headers=()))


@mutant("produce/nulls_and_empties")
def records_lose_their_time() -> None:
    """Records are kept with a timestamp of 0."""
    _rewrite_batches(lambda record: attrs.evolve(record, timestamp_ms=0))


@mutant("histories/retention")
def retention_takes_too_much() -> None:
    """Retention deletes one segment more than it may."""
    from kafkaemu.log import retention

    def make(above_size: Any) -> Any:
        def greedy(segments: Any, *rest: Any) -> int:
            count: int = above_size(segments, *rest)
            return min(count + 1, len(segments) - 1) if count else 0

        return greedy

    replace(retention, "above_size", make)


@mutant("histories/compaction")
def compaction_keeps_the_first_record() -> None:
    """Compaction keeps the first record of a key it comes upon, in place of the last."""
    from kafkaemu.log import cleaner

    kept: dict[Any, int] = {}

    def make(is_kept: Any) -> Any:
        def wrongly(own: Any, header: Any, record: Any, keeps_tombstones: bool) -> bool:
            if record.key is None or header.is_control or record.offset >= own.plan.end_offset:
                return bool(is_kept(own, header, record, keeps_tombstones))
            return kept.setdefault((id(own), record.key), record.offset) == record.offset

        return wrongly

    replace(cleaner.Cleaning, "_is_kept", make)


def _rewrite_batches(change: Any) -> None:
    """Every batch of a producer without an id is written anew, each record as ``change`` makes it."""
    from kafkaemu.replica.partition import Partition
    from kafkawire.records.builder import build_batch
    from kafkawire.records.iterate import records_of

    def make(append: Any) -> Any:
        def rewritten(partition: Any, payload: Any, *arguments: Any, **options: Any) -> Any:
            records = [attrs.evolve(change(record), offset=-1) for record in records_of(payload)]
            options |= {"header": None, "is_checked": False}
            return append(partition, build_batch(records), *arguments, **options)

        return rewritten

    replace(Partition, "append", make)


def _alter_partitions_of_fetch(change: Any) -> None:
    from kafkaemu.handlers import fetch

    def make(partition_data: Any) -> Any:
        def changed(*arguments: Any) -> Any:
            data = partition_data(*arguments)
            if not data.error_code:
                change(data)
            return data

        return changed

    replace(fetch._Fetch, "_partition_data", make)
