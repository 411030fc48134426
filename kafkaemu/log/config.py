"""The topic configs that a log obeys, typed, with the defaults of Apache Kafka 4.3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from kafkawire.records.batch import Compression, TimestampType
from kafkawire.records.validate import ProduceRules

INT64_MAX = 2**63 - 1
COMPACTION_KEYS_MAX = 1_000_000
"""The most keys that one pass of compaction keeps in mind, however large ``log.cleaner.dedupe.buffer.size`` is."""
_BYTES_PER_KEY = 24
"""What a key takes in the reference's buffer: 16 bytes of hash, 8 of offset."""

_COMPRESSIONS = {
    "producer": None,
    "uncompressed": Compression.NONE,
    "none": Compression.NONE,
    "gzip": Compression.GZIP,
    "snappy": Compression.SNAPPY,
    "lz4": Compression.LZ4,
    "zstd": Compression.ZSTD,
}


@attrs.frozen(kw_only=True)
class LogConfig:
    """One attribute per topic config key, named as the key with underscores; shared by all partitions of a topic.

    Times are milliseconds, sizes bytes; -1 in ``retention_ms`` and ``retention_bytes`` is "no limit". Three are of the broker:
    ``producer_id_expiration_ms``, after how long an idempotent producer that writes nothing is forgotten,
    ``compaction_keys_max``, how many keys one pass of compaction keeps in mind, and ``refuses_append_time``, which is of its
    release (`ProduceRules`).
    """

    cleanup_policy: tuple[str, ...] = ("delete",)
    compression_type: str = "producer"
    compression_gzip_level: int = -1
    compression_lz4_level: int = 9
    compression_zstd_level: int = 3
    delete_retention_ms: int = 86_400_000
    index_interval_bytes: int = 4096
    max_compaction_lag_ms: int = INT64_MAX
    max_message_bytes: int = 1_048_588
    message_timestamp_after_max_ms: int = 3_600_000
    message_timestamp_before_max_ms: int = INT64_MAX
    message_timestamp_type: str = "CreateTime"
    min_cleanable_dirty_ratio: float = 0.5
    min_compaction_lag_ms: int = 0
    retention_bytes: int = -1
    retention_ms: int = 604_800_000
    segment_bytes: int = 1_073_741_824
    segment_index_bytes: int = 10_485_760
    segment_jitter_ms: int = 0
    segment_ms: int = 604_800_000
    producer_id_expiration_ms: int = 86_400_000
    compaction_keys_max: int = COMPACTION_KEYS_MAX
    refuses_append_time: bool = False

    @classmethod
    def of(
        cls,
        values: Mapping[str, Any],
        *,
        producer_id_expiration_ms: int = 86_400_000,
        compaction_keys_max: int = COMPACTION_KEYS_MAX,
        refuses_append_time: bool = False,
    ) -> LogConfig:
        """From typed values by topic config key (``retention.ms``); keys that no log obeys are passed over, a missing one has
        Kafka's default."""
        known = {key: value for key, value in values.items() if key in _ATTRIBUTE_OF_KEY}
        attributes: dict[str, Any] = {_ATTRIBUTE_OF_KEY[key]: value for key, value in known.items()}
        if (internal := values.get("internal.segment.bytes")) is not None:
            # Whoever sets it wants segments smaller than ``segment.bytes`` may be.
            attributes["segment_bytes"] = internal
        if "cleanup_policy" in attributes:
            attributes["cleanup_policy"] = tuple(attributes["cleanup_policy"])
        return cls(
            **attributes,
            producer_id_expiration_ms=producer_id_expiration_ms,
            compaction_keys_max=compaction_keys_max,
            refuses_append_time=refuses_append_time,
        )

    @property
    def is_compacted(self) -> bool:
        """Whether ``cleanup.policy`` contains ``compact``."""
        return "compact" in self.cleanup_policy

    @property
    def is_deleted(self) -> bool:
        """Whether ``cleanup.policy`` contains ``delete``: old segments go by time and size, and clients may delete records."""
        return "delete" in self.cleanup_policy

    @property
    def timestamp_type(self) -> TimestampType:
        """``message.timestamp.type``."""
        is_append_time = self.message_timestamp_type == "LogAppendTime"
        return TimestampType.LOG_APPEND_TIME if is_append_time else TimestampType.CREATE_TIME

    @property
    def segment_age_max_ms(self) -> int:
        """After how long the active segment is rolled: compaction must get at a record within ``max.compaction.lag.ms``."""
        return min(self.segment_ms, self.max_compaction_lag_ms) if self.is_compacted else self.segment_ms

    def produce_rules(self, topic_partition: str) -> ProduceRules:
        """What validation asks of clients' batches for ``topic_partition`` (``orders-0``)."""
        compression = _COMPRESSIONS[self.compression_type]
        levels = {
            Compression.GZIP: None if self.compression_gzip_level == -1 else self.compression_gzip_level,
            Compression.LZ4: self.compression_lz4_level,
            Compression.ZSTD: self.compression_zstd_level,
        }
        return ProduceRules(
            topic_partition=topic_partition,
            max_message_bytes=self.max_message_bytes,
            is_compacted=self.is_compacted,
            timestamp_type=self.timestamp_type,
            timestamp_before_max_ms=self.message_timestamp_before_max_ms,
            timestamp_after_max_ms=self.message_timestamp_after_max_ms,
            refuses_append_time=self.refuses_append_time,
            compression=compression,
            compression_level=None if compression is None else levels.get(compression),
        )


def compaction_keys_max(buffer_bytes: int, threads: int, load_factor: float) -> int:
    """How many keys a pass keeps in mind with ``log.cleaner.dedupe.buffer.size`` shared by ``log.cleaner.threads``, filled to
    ``log.cleaner.io.buffer.load.factor`` (SkimpyOffsetMap)."""
    slots = min(buffer_bytes // max(threads, 1), 2**31 - 1) // _BYTES_PER_KEY
    return max(min(int(slots * load_factor), COMPACTION_KEYS_MAX), 0)


_ATTRIBUTE_OF_KEY = {
    field.name.replace("_", "."): field.name
    for field in attrs.fields(LogConfig)
    if field.name not in ("producer_id_expiration_ms", "compaction_keys_max", "refuses_append_time")
}
