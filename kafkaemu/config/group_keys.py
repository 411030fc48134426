"""Group configuration keys of Apache Kafka 4.3 (GroupConfig).

Plain tuples, which cost nothing to import; `kafkaemu.config.table` parses one when its key is first asked for:
name, type, default (None: null, "<required>": there is none), valid values, importance.
"""

from __future__ import annotations

ROWS: tuple[tuple[str, str, str | None, str, str, bool], ...] = (
    ("consumer.assignment.interval.ms", "INT", "1000", "[0,...]", "MEDIUM", True),
    ("consumer.heartbeat.interval.ms", "INT", "5000", "[1,...]", "MEDIUM", True),
    ("consumer.session.timeout.ms", "INT", "45000", "[1,...]", "MEDIUM", True),
    ("share.assignment.interval.ms", "INT", "1000", "[0,...]", "MEDIUM", True),
    ("share.auto.offset.reset", "STRING", "latest", "[latest, earliest, by_duration:PnDTnHnMn.nS]", "MEDIUM", True),
    ("share.delivery.count.limit", "INT", "5", "[2,...]", "MEDIUM", True),
    ("share.heartbeat.interval.ms", "INT", "5000", "[1,...]", "MEDIUM", True),
    ("share.isolation.level", "STRING", "read_uncommitted", "[read_committed, read_uncommitted]", "MEDIUM", True),
    ("share.partition.max.record.locks", "INT", "2000", "[100,...]", "MEDIUM", True),
    ("share.record.lock.duration.ms", "INT", "30000", "[1000,...]", "MEDIUM", True),
    ("share.renew.acknowledge.enable", "BOOLEAN", "true", "", "MEDIUM", True),
    ("share.session.timeout.ms", "INT", "45000", "[1,...]", "MEDIUM", True),
    ("streams.assignment.interval.ms", "INT", "1000", "[0,...]", "MEDIUM", True),
    ("streams.heartbeat.interval.ms", "INT", "5000", "[1,...]", "MEDIUM", True),
    ("streams.initial.rebalance.delay.ms", "INT", "3000", "[0,...]", "MEDIUM", True),
    ("streams.num.standby.replicas", "INT", "0", "[0,...]", "MEDIUM", True),
    ("streams.session.timeout.ms", "INT", "45000", "[1,...]", "MEDIUM", True),
)
