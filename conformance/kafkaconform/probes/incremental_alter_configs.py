"""IncrementalAlterConfigs: single configs of topics, brokers, groups and subscriptions to client metrics."""

from collections.abc import Sequence

from kafkaconform.outcome import Tree
from kafkaconform.prepare import broker_id, make_topic, topic_spec, wait_for_config
from kafkaconform.probes.describe_configs import (
    BROKER,
    BROKER_LOGGER,
    CLIENT_METRICS,
    GROUP,
    TOPIC,
    UNKNOWN,
    describe,
    in_order,
)
from kafkaconform.registry import asked_since, probe
from kafkaconform.session import Session
from kafkawire.messages.create_partitions import CreatePartitionsRequest, CreatePartitionsTopic
from kafkawire.messages.create_topics import CreatableReplicaAssignment, CreateTopicsRequest
from kafkawire.messages.describe_log_dirs import DescribeLogDirsRequest
from kafkawire.messages.incremental_alter_configs import (
    ConfigChange,
    IncrementalAlterConfigsRequest,
    ResourceChange,
)

SET, DELETE, APPEND, SUBTRACT = 0, 1, 2, 3
Change = tuple[str, int, str | None]


def resource(kind: int, name: str, *changes: Change) -> ResourceChange:
    """Changes of one resource: (key, operation, value)."""
    configs = [ConfigChange(name=key, config_operation=operation, value=value) for key, operation, value in changes]
    return ResourceChange(resource_type=kind, resource_name=name, configs=configs)


def alter(kind: int, name: str, *changes: Change, validate_only: bool = False) -> IncrementalAlterConfigsRequest:
    """A request for one resource."""
    return IncrementalAlterConfigsRequest(resources=[resource(kind, name, *changes)], validate_only=validate_only)


def by_resource(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Results by kind and name, as Kafka leaves their order open."""
    answer["responses"].sort(key=lambda r: (r["resource_type"], str(r["resource_name"]), r["error_code"]))
    return answer


def check(session: Session, kind: int, name: str, changes: Sequence[Change], key: str, value: str | None) -> None:
    """Changes configs, waits until ``key`` is set to ``value`` (None: not set here) and describes it."""
    connection = session.connect()
    connection.ask(alter(kind, name, *changes), 1)
    wait_for_config(session, kind, name, key, value)
    connection.ask(describe(kind, name, key, synonyms=True), 4, view=in_order)


@probe
def every_version(session: Session) -> None:
    """A topic's config is set and taken back, in every version."""
    connection = session.connect()
    for version in session.versions(IncrementalAlterConfigsRequest):
        name, _ = make_topic(session, f"orders-{version}")
        connection.ask(alter(TOPIC, name, ("retention.ms", SET, "86400000")), version)
        wait_for_config(session, TOPIC, name, "retention.ms", "86400000")
        connection.ask(describe(TOPIC, name, "retention.ms", synonyms=True), 4, view=in_order)
        connection.ask(alter(TOPIC, name, ("retention.ms", DELETE, None)), version)
        wait_for_config(session, TOPIC, name, "retention.ms", None)
        connection.ask(describe(TOPIC, name, "retention.ms", synonyms=True), 4, view=in_order)


@probe
@asked_since("3.3", "a change of a list does not come to be described as expected")
def lists(session: Session) -> None:
    """Items are appended to and taken from a list, starting from its default; what is there already, or not, is no error."""
    name, _ = make_topic(session, "orders")
    key = "cleanup.policy"
    check(session, TOPIC, name, [(key, APPEND, "compact")], key, "delete,compact")
    check(session, TOPIC, name, [(key, APPEND, "compact")], key, "delete,compact")
    check(session, TOPIC, name, [(key, SUBTRACT, "delete")], key, "compact")
    check(session, TOPIC, name, [(key, SUBTRACT, "delete")], key, "compact")
    check(session, TOPIC, name, [(key, SET, "delete")], key, "delete")
    throttled = "leader.replication.throttled.replicas"
    check(session, TOPIC, name, [(throttled, APPEND, "0:1,1:1")], throttled, "0:1,1:1")
    check(session, TOPIC, name, [(throttled, SUBTRACT, "0:1")], throttled, "1:1")


@probe
def bad_changes_of_a_topic(session: Session) -> None:
    """Unknown keys and bad values: 40; no list to append to, keys named twice and unknown operations: 40 or 42."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for changes in (
        [("no.such.key", SET, "1")],
        [("no.such.key", DELETE, None)],
        [("retention.ms", SET, "soon")],
        [("retention.ms", SET, "-2")],
        [("retention.ms", SET, None)],
        [("retention.ms", SET, "")],
        [("retention.ms", APPEND, "1")],
        [("retention.ms", SUBTRACT, "1")],
        [("no.such.key", APPEND, "1")],
        [("cleanup.policy", APPEND, None)],
        [("cleanup.policy", SUBTRACT, None)],
        [("cleanup.policy", APPEND, "shred")],
        [("cleanup.policy", SET, "shred")],
        [("retention.ms", SET, "1"), ("retention.ms", SET, "2")],
        [("retention.ms", SET, "1"), ("retention.ms", DELETE, None)],
        [("retention.ms", 4, "1")],
        [("retention.ms", -1, "1")],
        [("", SET, "1")],
        [("min.compaction.lag.ms", SET, "10"), ("max.compaction.lag.ms", SET, "5")],
        [("remote.storage.enable", SET, "true")],
        [("segment.bytes", SET, "10")],
        [("leader.replication.throttled.replicas", SET, "x")],
        [("no.such.key", DELETE, "x"), ("retention.ms", SET, "5")],
        [],
    ):
        connection.ask(alter(TOPIC, name, *changes), 1)
    connection.ask(alter(TOPIC, name, ("retention.ms", SET, None), ("segment.ms", SET, None)), 1)
    connection.ask(describe(TOPIC, name, "retention.ms"), 4, view=in_order)


@probe
def lowering_min_insync_replicas(session: Session) -> None:
    """With eligible leader replicas on, a topic's smallest ISR is set like any other config."""
    name, _ = make_topic(session, "orders")
    check(session, TOPIC, name, [("min.insync.replicas", SET, "2")], "min.insync.replicas", "2")
    check(session, TOPIC, name, [("min.insync.replicas", DELETE, None)], "min.insync.replicas", None)


@probe
def unknown_resources(session: Session) -> None:
    """A topic that is not there: 3; names that none can have, other brokers, unknown kinds: 42."""
    connection = session.connect()
    for version in (0, 1):
        for kind, name in (
            (TOPIC, session.name("missing")),
            (TOPIC, "a b"),
            (TOPIC, ""),
            (BROKER, "4711"),
            (BROKER, "one"),
            (BROKER, "-1"),
            (UNKNOWN, "x"),
            (3, "x"),
            (127, "x"),
            (GROUP, ""),
            (CLIENT_METRICS, ""),
            (BROKER_LOGGER, "4711"),
            (BROKER_LOGGER, "one"),
            (BROKER_LOGGER, ""),
        ):
            connection.ask(alter(kind, name, ("retention.ms", SET, "1")), version)


@probe
def several_resources(session: Session) -> None:
    """Each resource succeeds or fails for itself; one named twice is refused: 42."""
    first, _ = make_topic(session, "first")
    second, _ = make_topic(session, "second")
    connection = session.connect()
    change = ("retention.ms", SET, "1000")
    resources = [resource(TOPIC, first, change), resource(TOPIC, session.name("missing"), change)]
    resources.append(resource(TOPIC, second, ("retention.ms", SET, "x")))
    connection.ask(IncrementalAlterConfigsRequest(resources=resources), 1, view=by_resource)
    twice = [resource(TOPIC, first, change), resource(TOPIC, first, change), resource(TOPIC, second, change)]
    connection.ask(IncrementalAlterConfigsRequest(resources=twice), 1, view=by_resource)
    connection.ask(IncrementalAlterConfigsRequest(resources=[]), 1)


@probe
def only_validated(session: Session) -> None:
    """Only validated: the same answers, and nothing changes."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for version in (0, 1):
        connection.ask(alter(TOPIC, name, ("retention.ms", SET, "1000"), validate_only=True), version)
        connection.ask(alter(TOPIC, name, ("retention.ms", SET, "x"), validate_only=True), version)
        connection.ask(describe(TOPIC, name, "retention.ms"), 4, view=in_order)
    node = str(broker_id(session))
    connection.ask(alter(BROKER, node, ("log.retention.ms", SET, "1000"), validate_only=True), 1)
    connection.ask(alter(BROKER, node, ("node.id", SET, "1"), validate_only=True), 1)
    connection.ask(describe(BROKER, node, "log.retention.ms"), 4, view=in_order)


@probe
def one_broker(session: Session) -> None:
    """A config of one broker counts before that of all, which counts before what it was started with."""
    name = str(broker_id(session))
    key = "log.retention.ms"
    check(session, BROKER, "", [(key, SET, "86400000")], key, "86400000")
    check(session, BROKER, name, [(key, SET, "3600000")], key, "3600000")
    topic, _ = make_topic(session, "orders")
    connection = session.connect()
    connection.ask(describe(BROKER, "", key, synonyms=True), 4, view=in_order)
    connection.ask(alter(TOPIC, topic, ("retention.ms", DELETE, None)), 1)
    wait_for_config(session, TOPIC, topic, "retention.ms", None)
    connection.ask(describe(TOPIC, topic, "retention.ms", synonyms=True), 4, view=in_order)
    connection.ask(alter(BROKER, name, (key, DELETE, None)), 1)
    wait_for_config(session, BROKER, name, key, None)
    connection.ask(describe(BROKER, name, key, synonyms=True), 4, view=in_order)
    connection.ask(alter(BROKER, "", (key, DELETE, None)), 1)
    wait_for_config(session, BROKER, "", key, None)
    connection.ask(describe(BROKER, name, key, synonyms=True), 4, view=in_order)
    connection.ask(describe(TOPIC, topic, "retention.ms", synonyms=True), 4, view=in_order)


@probe
def bad_changes_of_brokers(session: Session) -> None:
    """Keys that are read at start only, keys of single brokers for all of them, bad values: 42 or 40."""
    connection = session.connect()
    node = str(broker_id(session))
    for name in (node, ""):
        for changes in (
            [("node.id", SET, "2")],
            [("zookeeper.connect", SET, "x")],
            [("log.dirs", SET, "/tmp/x")],
            [("auto.create.topics.enable", SET, "false")],
            [("log.retention.ms", SET, "soon")],
            [("log.retention.ms", SET, None)],
            [("message.max.bytes", SET, "-1")],
            [("log.cleaner.threads", SET, "0")],
            [("min.insync.replicas", SET, "0")],
            [("log.retention.ms", SET, "1"), ("node.id", SET, "1"), ("broker.rack", SET, "r")],
            [("log.retention.ms", APPEND, "1")],
            [("no.such.key", APPEND, "1")],
            [("node.id", DELETE, None)],
        ):
            connection.ask(alter(BROKER, name, *changes), 1)
        connection.ask(alter(BROKER, name, ("zookeeper.connect", DELETE, None)), 1)
    connection.ask(alter(BROKER, node, ("min.insync.replicas", SET, "1")), 1)
    connection.ask(alter(BROKER, "", ("min.insync.replicas", DELETE, None)), 1)
    for threads in ("17", "3"):
        connection.ask(alter(BROKER, "", ("num.io.threads", SET, threads)), 1)
    for key, value in (("ssl.keystore.location", "/x"), ("listener.name.x.ssl.keystore.type", "JKS")):
        connection.ask(alter(BROKER, "", (key, SET, value)), 1)


@probe
@asked_since("4.0", "groups have no configs of their own")
def group(session: Session) -> None:
    """A group's configs, whether it exists or not, within the broker's bounds."""
    name = session.name("group")
    key = "consumer.session.timeout.ms"
    check(session, GROUP, name, [(key, SET, "50000")], key, "50000")
    connection = session.connect()
    for changes in (
        [(key, SET, "1")],
        [(key, SET, "60001")],
        [(key, SET, "x")],
        [(key, SET, None)],
        [("no.such.key", SET, "1")],
        [("no.such.key", DELETE, None)],
        [(key, APPEND, "1")],
        [("consumer.heartbeat.interval.ms", SET, "50001")],
        [("share.auto.offset.reset", SET, "never")],
        [("share.record.lock.duration.ms", SET, "61000")],
        [("streams.num.standby.replicas", SET, "3")],
        [("streams.session.timeout.ms", SET, "100000")],
        [("share.delivery.count.limit", SET, "11")],
    ):
        connection.ask(alter(GROUP, name, *changes), 1)
    check(session, GROUP, name, [(key, DELETE, None)], key, None)


#: How long a broker takes to hear of a change, amply.
_APPLIED_S = 0.1


@probe
def client_metrics(session: Session) -> None:
    """A subscription to client metrics: three keys, checked."""
    name = session.name("metrics")
    connection = session.connect()
    for changes in (
        [("interval.ms", SET, "5000")],
        [("interval.ms", SET, "1")],
        [("interval.ms", SET, "3600001")],
        [("interval.ms", SET, "x")],
        [("no.such.key", SET, "1")],
        [("match", SET, "x")],
        [("match", SET, "x=y")],
        [("match", SET, "client_id=[")],
        [("interval.ms", APPEND, "1")],
        [("metrics", APPEND, "org.apache.kafka")],
        [("match", SET, "client_id=a.*")],
        [("interval.ms", DELETE, None), ("metrics", DELETE, None)],
        [("match", DELETE, None)],
    ):
        connection.ask(alter(CLIENT_METRICS, name, *changes), 1)
        connection.settle(_APPLIED_S)
        connection.ask(describe(CLIENT_METRICS, name, synonyms=True), 4, view=in_order)


@probe
def unknown_loggers(session: Session) -> None:
    """Loggers are of one broker; one that is not there, and levels that are none, are refused."""
    connection = session.connect()
    name = str(broker_id(session))
    for changes in ([("no.such.logger", SET, "INFO")], [("no.such.logger", DELETE, None)]):
        connection.ask(alter(BROKER_LOGGER, name, *changes), 1)


@probe
def client_metrics_lists(session: Session) -> None:
    """Lists of a subscription: blanks and repetitions go, nothing in between is refused; patterns need a key and a value."""
    name = session.name("metrics")
    connection = session.connect()
    for metrics in ("a.,a.,b.", " a. , b. ", "*", "", "a., ,b", "a.,,b", ","):
        connection.ask(alter(CLIENT_METRICS, name, ("metrics", SET, metrics)), 1)
        connection.ask(alter(CLIENT_METRICS, name, ("interval.ms", SET, "1000")), 0)
        connection.settle(_APPLIED_S)
        connection.ask(describe(CLIENT_METRICS, name, synonyms=True), 4, view=in_order)
    for match in (
        "client_id=a,client_id=b",
        "client_id=",
        "=a",
        "client_id=a=b",
        ",",
        "client_source_port=1",
        " client_id = a ",
    ):
        connection.ask(alter(CLIENT_METRICS, name, ("match", SET, match)), 1)
    connection.settle(_APPLIED_S)
    connection.ask(describe(CLIENT_METRICS, name), 4, view=in_order)
    connection.quietly(
        alter(CLIENT_METRICS, name, *((key, DELETE, None) for key in ("metrics", "match", "interval.ms"))), 1
    )


#: What is asked of a running broker, all of it well formed.
_NOT_SO_SOON: tuple[dict[str, str], ...] = (
    {"max.connections.per.ip.overrides": "127.0.0.1:50"},
    {"max.connections.per.ip.overrides": " 127.0.0.1 : 50 , ::1:7"},
    {"max.connections.per.ip.overrides": "127.0.0.1:x"},
    {"max.connections.per.ip.overrides": "127.0.0.1:"},
    {"max.connections.per.ip.overrides": "a:b:c"},
    {"max.connections.per.ip.overrides": "127.0.0.1"},
    {"max.connections.per.ip.overrides": ",a"},
    {"max.connections.per.ip": "0"},
    {"max.connections.per.ip": "0", "max.connections.per.ip.overrides": "127.0.0.1:50"},
    {"max.connections": "0"},
    {"max.connections": "-1"},
    {"max.connection.creation.rate": "0"},
    {"listener.name.plaintext.max.connections": "0"},
    {"listener.name.plaintext.max.connections": "x"},
    {"listener.name.plaintext.max.connection.creation.rate": "0"},
    {"listener.name.nosuch.max.connections": "5"},
    {"cordoned.log.dirs": "/nope"},
    {"cordoned.log.dirs": "/nope,/neither"},
    {"cordoned.log.dirs": "*,/nope"},
    {"cordoned.log.dirs": "*"},
    {"log.cleaner.threads": "2"},
    {"log.cleaner.threads": "3"},
    {"log.cleaner.threads": "200"},
    {"log.cleaner.dedupe.buffer.size": "1000"},
    {"log.cleaner.dedupe.buffer.size": "1048576"},
    {"log.cleaner.dedupe.buffer.size": "1048577"},
    {"log.cleaner.dedupe.buffer.size": "2000000", "log.cleaner.threads": "2"},
    {"log.retention.ms": "0"},
    {"log.retention.ms": "-2"},
    {"log.roll.ms": "0"},
    {"log.roll.jitter.ms": "-1"},
    {"log.local.retention.ms": "9999999999999"},
    {"log.local.retention.ms": "-1"},
    {"log.local.retention.ms": "-1", "log.retention.ms": "-1"},
    {"log.retention.ms": "5", "log.local.retention.ms": "10"},
    {"log.local.retention.bytes": "5"},
    {"log.local.retention.bytes": "50", "log.retention.bytes": "5"},
    {"log.local.retention.bytes": "-1", "log.retention.bytes": "5"},
    {"log.cleaner.min.compaction.lag.ms": "10", "log.cleaner.max.compaction.lag.ms": "5"},
    {"num.network.threads": "1"},
    {"num.network.threads": "7"},
    {"num.recovery.threads.per.data.dir": "9"},
    {"background.threads": "4"},
    {"num.replica.fetchers": "3"},
    {"remote.log.manager.copier.thread.pool.size": "30"},
    {"remote.log.manager.expiration.thread.pool.size": "30"},
    {"remote.log.manager.follower.thread.pool.size": "30"},
    {"remote.log.reader.threads": "30"},
    {"group.consumer.assignment.interval.ms": "20000"},
    {"group.share.assignment.interval.ms": "20000"},
    {"group.streams.assignment.interval.ms": "20000"},
    {"metric.reporters": "no.such.Class"},
    {"metric.reporters": ""},
    {"sasl.enabled.mechanisms": "X"},
    {"producer.id.expiration.ms": "100000"},
    {"log.cleanup.policy": ""},
    {"log.segment.bytes": " 2000000 "},
    {"log.segment.bytes": " x "},
    {"background.threads": "50", "log.roll.ms": "0"},
    {"background.threads": "50", "max.connections": "0"},
)


@probe
def what_a_broker_cannot_become(session: Session) -> None:
    """Values that are well formed, and that a running broker cannot take, or not beside its others: 42."""
    connection = session.connect()
    node = str(broker_id(session))
    for changes in _NOT_SO_SOON:
        for name in (node, ""):
            connection.ask(
                alter(BROKER, name, *((key, SET, value) for key, value in changes.items()), validate_only=True), 1
            )
    connection.ask(
        alter(BROKER, node, ("listener.name.plaintext.num.network.threads", SET, "40"), validate_only=True), 1
    )


def sorted_topics(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Topics by name, as Kafka leaves their order open."""
    answer["topics"].sort(key=lambda topic: str(topic["name"]))
    return answer


def without_configs(answer: dict[str, Tree]) -> dict[str, Tree]:
    """What is of interest is whether there would be a topic."""
    for topic in answer["topics"]:
        topic["configs"] = []
    return answer


def only_cordoned(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Of log directories, only whether they are cordoned."""
    return {"is_cordoned": [result["is_cordoned"] for result in answer["results"]]}


@probe
@asked_since("4.3", "no log directory can be cordoned")
def cordoned_log_dirs(session: Session) -> None:
    """With all its directories cordoned a broker gets no new partition: 38, except where it is named itself (KIP-1066)."""
    name, _ = make_topic(session, "orders")
    node = str(broker_id(session))
    connection = session.connect()
    connection.ask(alter(BROKER, node, ("cordoned.log.dirs", SET, "*")), 1)
    wait_for_config(session, BROKER, node, "cordoned.log.dirs", "*")
    connection.settle(1.5)
    try:
        specs = [topic_spec(session.name("one")), topic_spec(session.name("two"), replicas=2)]
        connection.ask(CreateTopicsRequest(topics=specs, timeout_ms=5000), 7, view=sorted_topics)
        assigned = topic_spec(session.name("assigned"), -1, replicas=-1)
        assigned.assignments = [CreatableReplicaAssignment(partition_index=0, broker_ids=[int(node)])]
        request = CreateTopicsRequest(topics=[assigned], timeout_ms=5000, validate_only=True)
        connection.ask(request, 7, view=without_configs)
        growth = CreatePartitionsTopic(name=name, count=2, assignments=None)
        connection.ask(CreatePartitionsRequest(topics=[growth], timeout_ms=5000), 3)
        connection.ask(DescribeLogDirsRequest(topics=[]), 5, view=only_cordoned)
    finally:
        session.service.quietly(alter(BROKER, node, ("cordoned.log.dirs", DELETE, None)), 1)
        wait_for_config(session, BROKER, node, "cordoned.log.dirs", None)
    connection.settle(1.5)
    connection.ask(DescribeLogDirsRequest(topics=[]), 5, view=only_cordoned)


@probe
def order_of_checks(session: Session) -> None:
    """Of several faults of a resource the first counts: named twice, a key named twice, nothing to set, who it is, an operation
    that does not fit, the values.
    """
    name, _ = make_topic(session, "orders")
    missing = session.name("missing")
    connection = session.connect()
    twice = (("retention.ms", SET, "x"), ("retention.ms", SET, None))
    empty = (("retention.ms", SET, None), ("segment.ms", APPEND, "1"))
    misfit = (("retention.ms", APPEND, "x"), ("no.such.key", SET, "1"))
    for changes in (twice, empty, misfit, (("no.such.key", SET, "x"), ("retention.ms", SET, "x"))):
        for kind, resource_name in (
            (TOPIC, name),
            (TOPIC, missing),
            (TOPIC, "a b"),
            (TOPIC, ""),
            (99, "x"),
            (GROUP, ""),
        ):
            connection.ask(alter(kind, resource_name, *changes), 1)
    both = [resource(TOPIC, missing, *twice), resource(TOPIC, missing, *empty), resource(99, "x"), resource(99, "x")]
    connection.ask(IncrementalAlterConfigsRequest(resources=both), 1, view=by_resource)


@probe
def nothing_to_change(session: Session) -> None:
    """A resource without configs is answered without an error if it is there."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for kind, resource_name in (
        (TOPIC, name),
        (TOPIC, session.name("missing")),
        (GROUP, session.name("group")),
        (CLIENT_METRICS, session.name("metrics")),
        (BROKER, ""),
        (BROKER, "4711"),
        (99, "x"),
    ):
        connection.ask(alter(kind, resource_name), 1)


@probe
def odd_broker_names(session: Session) -> None:
    """A broker is named by an int: what is no number, or a larger one, names none."""
    connection = session.connect()
    for name in ("2147483647", "2147483648", "99999999999", "-2147483649", "9" * 5000, "1.0", " 1", "0x1", "-"):
        for kind in (BROKER, BROKER_LOGGER):
            connection.ask(alter(kind, name, ("log.retention.ms", SET, "1000")), 1)
