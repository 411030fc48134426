"""Which broker keys a topic or group key, or another broker key, takes its default from.

Facts of the reference: ServerTopicConfigSynonyms, DynamicBrokerConfig.brokerConfigSynonyms, GroupConfig.
"""

from __future__ import annotations

from collections.abc import Mapping

HOURS_MS = 3_600_000
MINUTES_MS = 60_000

#: Topic key -> broker keys, the first that is not null counts, with the factor that brings it to the topic key's unit.
TOPIC_SYNONYMS: dict[str, tuple[tuple[str, int], ...]] = {
    "cleanup.policy": (("log.cleanup.policy", 1),),
    "compression.gzip.level": (("compression.gzip.level", 1),),
    "compression.lz4.level": (("compression.lz4.level", 1),),
    "compression.type": (("compression.type", 1),),
    "compression.zstd.level": (("compression.zstd.level", 1),),
    "delete.retention.ms": (("log.cleaner.delete.retention.ms", 1),),
    "file.delete.delay.ms": (("log.segment.delete.delay.ms", 1),),
    "flush.messages": (("log.flush.interval.messages", 1),),
    "flush.ms": (("log.flush.interval.ms", 1), ("log.flush.scheduler.interval.ms", 1)),
    "index.interval.bytes": (("log.index.interval.bytes", 1),),
    "local.retention.bytes": (("log.local.retention.bytes", 1),),
    "local.retention.ms": (("log.local.retention.ms", 1),),
    "max.compaction.lag.ms": (("log.cleaner.max.compaction.lag.ms", 1),),
    "max.message.bytes": (("message.max.bytes", 1),),
    "message.timestamp.after.max.ms": (("log.message.timestamp.after.max.ms", 1),),
    "message.timestamp.before.max.ms": (("log.message.timestamp.before.max.ms", 1),),
    # Three keys of releases before 4.0.
    "message.downconversion.enable": (("log.message.downconversion.enable", 1),),
    "message.format.version": (("log.message.format.version", 1),),
    "message.timestamp.difference.max.ms": (("log.message.timestamp.difference.max.ms", 1),),
    "message.timestamp.type": (("log.message.timestamp.type", 1),),
    "min.cleanable.dirty.ratio": (("log.cleaner.min.cleanable.ratio", 1),),
    "min.compaction.lag.ms": (("log.cleaner.min.compaction.lag.ms", 1),),
    "min.insync.replicas": (("min.insync.replicas", 1),),
    "preallocate": (("log.preallocate", 1),),
    "retention.bytes": (("log.retention.bytes", 1),),
    "retention.ms": (
        ("log.retention.ms", 1),
        ("log.retention.minutes", MINUTES_MS),
        ("log.retention.hours", HOURS_MS),
    ),
    "segment.bytes": (("log.segment.bytes", 1),),
    "segment.index.bytes": (("log.index.size.max.bytes", 1),),
    "segment.jitter.ms": (("log.roll.jitter.ms", 1), ("log.roll.jitter.hours", HOURS_MS)),
    "segment.ms": (("log.roll.ms", 1), ("log.roll.hours", HOURS_MS)),
    "unclean.leader.election.enable": (("unclean.leader.election.enable", 1),),
}

#: Broker keys that stand for the same setting in different units or by age; described together.
_BROKER_SYNONYMS: tuple[tuple[str, ...], ...] = (
    ("log.roll.ms", "log.roll.hours"),
    ("log.roll.jitter.ms", "log.roll.jitter.hours"),
    ("log.flush.interval.ms", "log.flush.scheduler.interval.ms"),
    ("log.retention.ms", "log.retention.minutes", "log.retention.hours"),
)


def broker_synonyms(name: str) -> tuple[str, ...]:
    """``name`` and the broker keys that stand in for it where it is not set."""
    for family in _BROKER_SYNONYMS:
        if name in family:
            return family
    return (name,)


def overridden(texts: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    """``texts`` with ``changes`` on top: one that is set at run time takes away what its synonyms were set to
    (DynamicBrokerConfig.overrideProps)."""
    result = dict(texts)
    for name, text in changes.items():
        for synonym in broker_synonyms(name):
            result.pop(synonym, None)
        result[name] = text
    return result


def group_synonym(name: str) -> str:
    """The broker key whose value is the default of a group key: ``group.`` in front of it, where there is one."""
    return "group." + name
