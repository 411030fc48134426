"""Topic configuration keys of Apache Kafka 4.3 (LogConfig).

Plain tuples, which cost nothing to import; `kafkaemu.config.table` parses one when its key is first asked for:
name, type, default (None: null, "<required>": there is none), valid values, importance.
"""

from __future__ import annotations

ROWS: tuple[tuple[str, str, str | None, str, str, bool], ...] = (
    ("cleanup.policy", "LIST", "delete", "[compact, delete]", "MEDIUM", True),
    ("compression.gzip.level", "INT", "-1", "[1,...,9] or -1", "MEDIUM", True),
    ("compression.lz4.level", "INT", "9", "[1,...,17]", "MEDIUM", True),
    ("compression.type", "STRING", "producer", "[uncompressed, zstd, lz4, snappy, gzip, producer]", "MEDIUM", True),
    ("compression.zstd.level", "INT", "3", "[-131072,...,22]", "MEDIUM", True),
    ("delete.retention.ms", "LONG", "86400000", "[0,...]", "MEDIUM", True),
    ("file.delete.delay.ms", "LONG", "60000", "[0,...]", "MEDIUM", True),
    ("flush.messages", "LONG", "9223372036854775807", "[1,...]", "MEDIUM", True),
    ("flush.ms", "LONG", "9223372036854775807", "[0,...]", "MEDIUM", True),
    (
        "follower.replication.throttled.replicas",
        "LIST",
        "",
        "[partitionId]:[brokerId],[partitionId]:[brokerId],...",
        "MEDIUM",
        True,
    ),
    ("index.interval.bytes", "INT", "4096", "[0,...]", "MEDIUM", True),
    (
        "leader.replication.throttled.replicas",
        "LIST",
        "",
        "[partitionId]:[brokerId],[partitionId]:[brokerId],...",
        "MEDIUM",
        True,
    ),
    ("local.retention.bytes", "LONG", "-2", "[-2,...]", "MEDIUM", True),
    ("local.retention.ms", "LONG", "-2", "[-2,...]", "MEDIUM", True),
    ("max.compaction.lag.ms", "LONG", "9223372036854775807", "[1,...]", "MEDIUM", True),
    ("max.message.bytes", "INT", "1048588", "[0,...]", "MEDIUM", True),
    ("message.timestamp.after.max.ms", "LONG", "3600000", "[0,...]", "MEDIUM", True),
    ("message.timestamp.before.max.ms", "LONG", "9223372036854775807", "[0,...]", "MEDIUM", True),
    ("message.timestamp.type", "STRING", "CreateTime", "[CreateTime, LogAppendTime]", "MEDIUM", True),
    ("min.cleanable.dirty.ratio", "DOUBLE", "0.5", "[0,...,1]", "MEDIUM", True),
    ("min.compaction.lag.ms", "LONG", "0", "[0,...]", "MEDIUM", True),
    ("min.insync.replicas", "INT", "1", "[1,...]", "MEDIUM", True),
    ("preallocate", "BOOLEAN", "false", "", "MEDIUM", True),
    ("remote.log.copy.disable", "BOOLEAN", "false", "", "MEDIUM", True),
    ("remote.log.delete.on.disable", "BOOLEAN", "false", "", "MEDIUM", True),
    ("remote.storage.enable", "BOOLEAN", "false", "", "MEDIUM", True),
    ("retention.bytes", "LONG", "-1", "", "MEDIUM", True),
    ("retention.ms", "LONG", "604800000", "[-1,...]", "MEDIUM", True),
    ("segment.bytes", "INT", "1073741824", "[1048576,...]", "MEDIUM", True),
    ("segment.index.bytes", "INT", "10485760", "[4,...]", "MEDIUM", True),
    ("segment.jitter.ms", "LONG", "0", "[0,...]", "MEDIUM", True),
    ("segment.ms", "LONG", "604800000", "[1,...]", "MEDIUM", True),
    ("unclean.leader.election.enable", "BOOLEAN", "false", "", "MEDIUM", True),
)

INTERNAL: tuple[tuple[str, str, str | None, str, str, bool], ...] = (
    ("internal.segment.bytes", "INT", None, "", "MEDIUM", True),
)
