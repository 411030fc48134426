"""What every configuration key does here, or why nothing: the one table behind docs/configs.md and the documentation that
DescribeConfigs tells. A broker imports it only when somebody asks for that.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from fnmatch import fnmatchcase

import attrs

from kafkaemu.config.synonyms import TOPIC_SYNONYMS
from kafkaemu.config.table import BROKER, GROUP, TOPIC, KeyTable

TABLES: dict[str, KeyTable] = {"broker": BROKER, "topic": TOPIC, "group": GROUP}


class Kind(Enum):
    """What becomes of a key that somebody sets."""

    EFFECTIVE = "takes effect"
    #: It is checked, kept and told.
    LATER = "waits for a feature"
    NONE = "has no effect"


@attrs.frozen
class Effect:
    """One key's: what it does, what it waits for, or why it does nothing."""

    kind: Kind
    text: str


#: What the keys of topics do; with "the default of", those of the broker too.
_TOPIC: dict[str, str] = {
    "cleanup.policy": "Whether old records go by age and size (delete), by key (compact), or both; none keeps everything.",
    "compression.gzip.level": "How hard gzip tries where compression.type is gzip.",
    "compression.lz4.level": "How hard lz4 tries where compression.type is lz4: 9 is its fast method, others above 12 count as 12.",
    "compression.type": "Compression in which batches are stored; 'producer' leaves them as they come.",
    "compression.zstd.level": "How hard zstd tries where compression.type is zstd.",
    "delete.retention.ms": "How long compaction keeps the record that deletes a key, for those who read on.",
    "index.interval.bytes": "How many bytes lie between two entries of a segment's index; small ones fill segment.index.bytes sooner.",
    "max.compaction.lag.ms": "When a record may be compacted at the latest, however little there is to gain.",
    "max.message.bytes": "Largest batch that may be produced, as it is stored.",
    "message.timestamp.after.max.ms": "How far ahead of the broker's clock the time of a record may be.",
    "message.timestamp.before.max.ms": "How far behind the broker's clock the time of a record may be.",
    "message.timestamp.type": "Whose time a record carries: its producer's, or the broker's when it is appended.",
    "min.cleanable.dirty.ratio": "Share of a log that must be new since the last compaction to be worth the next.",
    "min.compaction.lag.ms": "How long a record is safe from compaction.",
    "retention.bytes": "Size above which a partition loses its oldest segments; -1: none.",
    "retention.ms": "Age at which segments are deleted; -1: never.",
    "internal.segment.bytes": "The same as segment.bytes, and may be small.",
    "segment.bytes": "Size at which a log begins a new segment: what retention and compaction work on.",
    "segment.index.bytes": "Size of the index files that Kafka would have: where they would be full, a new segment begins.",
    "segment.jitter.ms": "Up to how much earlier, by chance, than segment.ms a segment ends, so that not all end at once.",
    "segment.ms": "Age at which a log begins a new segment even if the last one is not full.",
}

_BROKER: dict[str, str] = {
    "advertised.listeners": "What clients are told to connect to, for each listener.",
    "auto.create.topics.enable": "Whether a topic that a client asks about, and lets be created, is created.",
    "broker.id": "The same as node.id, under its old name.",
    "broker.rack": "Rack that clients are told the broker stands in.",
    "connections.max.idle.ms": "After how long a silence a connection is closed; negative: never.",
    "controller.listener.names": "Which listeners are the controller's, for clients that ask one (bootstrap.controllers).",
    "cordoned.log.dirs": "Log directories that take no new partitions, '*' for all: then no topic can be created (KIP-1066).",
    "default.replication.factor": "Replicas of a topic that leaves it open; one broker can hold one.",
    "delete.topic.enable": "Whether topics may be deleted.",
    "fetch.max.bytes": "Most bytes of records in the answer to one fetch, whatever it asks for.",
    "group.initial.rebalance.delay.ms": "How long a new group waits for more members before its first assignment.",
    "group.max.session.timeout.ms": "Longest session timeout that a member may ask for.",
    "group.max.size": "Most members of a group.",
    "group.min.session.timeout.ms": "Shortest session timeout that a member may ask for.",
    "inter.broker.listener.name": "The listener of other brokers, to which max.connections of the broker does not apply.",
    "listener.security.protocol.map": "The security protocol behind each listener's name. Read at start.",
    "listeners": "Addresses to listen on. Read at start: what is set at run time is kept, and nothing listens anew.",
    "log.cleaner.backoff.ms": "How long compaction rests when there is nothing to do.",
    "log.cleaner.dedupe.buffer.size": "How many keys one pass of compaction keeps in mind, at 24 bytes each, a million at the most.",
    "log.cleaner.enable": "Whether logs are compacted at all.",
    "log.cleaner.io.buffer.load.factor": "How full log.cleaner.dedupe.buffer.size may become in one pass.",
    "log.cleaner.io.max.bytes.per.second": "How much compaction may read and write in a second.",
    "log.cleaner.threads": "Shares log.cleaner.dedupe.buffer.size, as in Kafka; compaction is done by turns of one thread here.",
    "log.dir": "Name of the log directory where log.dirs is not set; records lie in memory.",
    "log.dirs": "Names of the log directories; clients are told the first. Records lie in memory.",
    "log.retention.check.interval.ms": "How often segments that are too old or too many are looked for.",
    "max.connection.creation.rate": "Connections that may be made in a second, measured over quota.window.num windows; more wait "
    "(KIP-612). Also for one listener, as listener.name.<name>.max.connection.creation.rate.",
    "max.connections": "Most connections at a time; more wait until one is closed. Also for one listener, as "
    "listener.name.<name>.max.connections.",
    "max.connections.per.ip": "Most connections of one address; more are closed.",
    "max.connections.per.ip.overrides": "The same for single hosts: host:connections,...",
    "max.incremental.fetch.session.cache.slots": "How many fetch sessions are remembered.",
    "max.request.partition.size.limit": "Most partitions on one page of DescribeTopicPartitions.",
    "metadata.log.max.record.bytes.between.snapshots": "How far the metadata log grows before a snapshot replaces it.",
    "metadata.log.max.snapshot.interval.ms": "Age of the last snapshot at which the next change makes a new one; 0: none.",
    "node.id": "The broker's id.",
    "num.partitions": "Partitions of a topic that leaves it open.",
    "offset.metadata.max.bytes": "Longest text that may be committed with an offset.",
    "offsets.retention.check.interval.ms": "How often committed offsets that are too old are looked for.",
    "offsets.retention.minutes": "How long offsets of a group without members are kept.",
    "offsets.topic.compression.codec": "Compression of committed offsets: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.",
    "offsets.topic.num.partitions": "Partitions of __consumer_offsets when it is created.",
    "offsets.topic.replication.factor": "Replicas of __consumer_offsets; with more than there are brokers, groups cannot work.",
    "offsets.topic.segment.bytes": "segment.bytes of __consumer_offsets when it is created.",
    "producer.id.expiration.check.interval.ms": "How often idempotent producers that write nothing are looked for.",
    "producer.id.expiration.ms": "After how long an idempotent producer that writes nothing is forgotten.",
    "quota.window.num": "How many windows of the past max.connection.creation.rate is measured over.",
    "quota.window.size.seconds": "How long each of those windows is.",
    "security.inter.broker.protocol": "Names the inter-broker listener by its protocol where inter.broker.listener.name is not set.",
    "socket.listen.backlog.size": "How many connections may wait to be accepted.",
    "socket.receive.buffer.bytes": "Receive buffer of a connection in the system; -1: as the system sees fit.",
    "socket.request.max.bytes": "Largest request; a client that announces a larger one is cut off.",
    "telemetry.max.bytes": "Most bytes of metrics that a client may push at a time (KIP-714).",
    "socket.send.buffer.bytes": "Send buffer of a connection in the system; -1: as the system sees fit.",
}

#: (what they wait for, kinds of resources, names or patterns of keys).
_LATER: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "Waits for transactions.",
        "broker",
        ("add.partitions.to.txn.*", "transaction.*", "transactional.*"),
    ),
    (
        "Waits for consumer groups of the new protocol (KIP-848); it is the default of group configs, or bounds them, already.",
        "broker group",
        ("group.consumer.*", "consumer.*", "group.coordinator.rebalance.protocols"),
    ),
    (
        "Waits for share groups (KIP-932); where it bounds group configs, or is their default, it does so already.",
        "broker group",
        ("group.share.*", "share.*"),
    ),
    (
        "Waits for streams groups (KIP-1071); where it bounds group configs, or is their default, it does so already.",
        "broker group",
        ("group.streams.*", "streams.*"),
    ),
    (
        "Waits for several brokers: one broker has nobody to replicate to, to elect or to ask.",
        "broker topic",
        (
            "auto.leader.rebalance.enable",
            "broker.heartbeat.interval.ms",
            "broker.session.timeout.ms",
            "controlled.shutdown.enable",
            "controller.quorum.*",
            "controller.socket.timeout.ms",
            "follower.replication.throttled.replicas",
            "initial.broker.registration.timeout.ms",
            "leader.imbalance.check.interval.seconds",
            "leader.replication.throttled.replicas",
            "min.insync.replicas",
            "offsets.commit.timeout.ms",
            "process.roles",
            "replica.fetch.*",
            "replica.high.watermark.checkpoint.interval.ms",
            "replica.lag.time.max.ms",
            "replica.socket.*",
            "request.timeout.ms",
            "socket.connection.setup.timeout.*",
            "unclean.leader.election.*",
        ),
    ),
    (
        "Waits for security: listeners speak plain text, and nobody is asked who they are.",
        "broker",
        (
            "authorizer.class.name",
            "connection.failed.authentication.delay.ms",
            "connections.max.reauth.ms",
            "delegation.token.*",
            "early.start.listeners",
            "sasl.*",
            "ssl.*",
        ),
    ),
    (
        "Waits for quotas: they are kept and told, not enforced.",
        "broker",
        (
            "alter.log.dirs.replication.quota.*",
            "controller.quota.*",
            "replication.quota.*",
        ),
    ),
    (
        "Waits for records on disk: they lie in memory now.",
        "broker topic",
        (
            "file.delete.delay.ms",
            "flush.*",
            "internal.metadata.delete.delay.millis",
            "internal.metadata.log.segment.bytes",
            "log.dir.failure.timeout.ms",
            "log.flush.*",
            "log.preallocate",
            "log.segment.delete.delay.ms",
            "metadata.log.dir",
            "metadata.log.segment.*",
            "metadata.max.retention.*",
            "preallocate",
        ),
    ),
)

_NONE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "Names a class or a provider of Java's, or configures one; none can be loaded.",
        "broker",
        (
            "alter.config.policy.class.name",
            "client.quota.callback.class",
            "config.providers",
            "create.topic.policy.class.name",
            "kafka.metrics.*",
            "metric.reporters",
            "principal.builder.class",
            "replica.selector.class",
            "security.providers",
        ),
    ),
    (
        "A size of a thread pool: one thread does all the work. Its change is checked as Kafka does.",
        "broker",
        (
            "background.threads",
            "group.coordinator.background.threads",
            "group.coordinator.threads",
            "num.*threads*",
            "num.replica.fetchers",
        ),
    ),
    (
        "Nothing waits in a queue or is loaded through a buffer: requests are handled as they come, within socket.request.max.bytes.",
        "broker",
        (
            "group.coordinator.append.linger.ms",
            "group.coordinator.cached.buffer.max.bytes",
            "internal.metadata.max.batch.size.in.bytes",
            "log.cleaner.io.buffer.size",
            "offsets.load.buffer.size",
            "queued.max.*",
        ),
    ),
    (
        "Whoever waits is forgotten as soon as it is answered.",
        "broker",
        (
            "delete.records.purgatory.purge.interval.requests",
            "fetch.purgatory.purge.interval.requests",
            "producer.purgatory.purge.interval.requests",
        ),
    ),
    (
        "Tiered storage is not part of kafkaemu: every record lies in the broker's memory.",
        "broker topic",
        (
            "follower.fetch.last.tiered.offset.enable",
            "local.retention.*",
            "log.local.retention.*",
            "remote.*",
        ),
    ),
    ("There is no JMX, for which Kafka samples its metrics.", "broker", ("controller.performance.*", "metrics.*")),
    (
        "The broker starts in a blink, and looks after its logs from then on.",
        "broker",
        ("log.initial.task.delay.ms", "server.max.startup.time.ms"),
    ),
    ("There is nothing unstable to enable.", "broker", ("unstable.*",)),
    (
        "The metadata log grows when something changes, and not while nothing does.",
        "broker",
        ("metadata.max.idle.interval.ms",),
    ),
)


def _grouped() -> Iterator[tuple[str, str, Effect]]:
    for kind, groups in ((Kind.LATER, _LATER), (Kind.NONE, _NONE)):
        for text, resources, patterns in groups:
            for resource in resources.split():
                for pattern in patterns:
                    yield resource, pattern, Effect(kind, text)


def _named(resource: str, name: str) -> str | None:
    if resource == "topic":
        return _TOPIC.get(name)
    if resource == "broker":
        for topic_key, synonyms in TOPIC_SYNONYMS.items():
            if topic_key in _TOPIC and name in (key for key, _ in synonyms):
                return f"The default of topics' {topic_key}. {_TOPIC[topic_key]}"
        return _BROKER.get(name)
    return None


def effect(resource: str, name: str) -> Effect | None:
    """What a key of brokers, topics or groups does; None for one that this table does not know."""
    text = _named(resource, name)
    if text is not None:
        return Effect(Kind.EFFECTIVE, text)
    return next((effect for of, pattern, effect in _grouped() if of == resource and fnmatchcase(name, pattern)), None)


def patterns_of(resource: str, name: str) -> list[str]:
    """The entries of this table that speak of a key: one, if all is well."""
    found = [pattern for of, pattern, _ in _grouped() if of == resource and fnmatchcase(name, pattern)]
    return found if _named(resource, name) is None else [*found, name]


def entries() -> list[tuple[str, str]]:
    """Every (resource, name or pattern) of this table."""
    named = [("topic", name) for name in _TOPIC] + [("broker", name) for name in _BROKER]
    return named + [(resource, pattern) for resource, pattern, _ in _grouped()]
