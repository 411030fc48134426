"""Metadata: brokers with the address of the listener the client came in on, topics, partitions and their leaders.

Behavior:
    - An entry with an id or without a name before version 12, and from then on one with neither where none has an id, fails
      the whole request: `Versions` says how. Nothing is looked at, nothing created. [metadata/order_of_checks,
      metadata/ids_and_names]
    - If any entry has a topic id, only entries with ids are answered, whatever their names. [metadata/ids_and_names,
      metadata/by_topic_id, metadata/order_of_checks]
    - A topic id that is not there: UNKNOWN_TOPIC_ID (100), with the id and no name; these come first.
      [metadata/by_topic_id, metadata/ids_and_names, metadata/a_recreated_topic]
    - A name that cannot be a topic's: INVALID_TOPIC_EXCEPTION (17), whether it may be created or not. [metadata/bad_names,
      metadata/several_topics]
    - A topic that is not there: UNKNOWN_TOPIC_OR_PARTITION (3), without partitions. [metadata/unknown_topic]
    - Where the client allows it such a topic is created, and this answer still says 3: the next one has it.
      [metadata/auto_creation, metadata/auto_creation_before_version_4]
    - ``auto.create.topics.enable`` has to allow it, too. [test:
      tests/unit/handlers/test_metadata.py::test_client_and_broker_must_both_allow_auto_creation]
    - A refused creation (its name collides) is not told. [metadata/auto_creation_of_a_colliding_name]
    - In profiles with ZooKeeper it is, and a topic just created is LEADER_NOT_AVAILABLE (5). [test:
      tests/wire/test_profiles.py::test_answers_are_those_of_the_release]
    - Known topics come first, the others after them, each topic once. [metadata/several_topics, metadata/same_topic_twice,
      metadata/missing_and_bad_names_twice]
    - Internal topics carry the flag. [metadata/internal_topic]
    - A partition without a leader: LEADER_NOT_AVAILABLE (5), with replicas that are offline. [test:
      tests/wire/test_unregistered.py::test_nobody_is_told_of_it]
    - The brokers' addresses are those of the listener that the client came in on. [test:
      tests/unit/handlers/test_metadata.py::test_a_client_gets_the_address_of_the_listener_it_came_in_on]
    - Nobody is denied anything: authorized operations are all those that exist for the resource, also of topics that are
      not there by name. [metadata/authorized_operations, metadata/authorized_operations_of_what_is_not_there,
      metadata/all_topics_with_operations]

Versions:
    - 0 takes an empty list as "all topics", 1 and later null as that and an empty list as "none". [metadata/all_topics,
      metadata/no_topics]
    - 1 adds rack, controller id (which is a broker's: any passes on what is for the controller) and the internal flag; 2
      the cluster id; 3 the throttle time. [metadata/one_topic_every_version]
    - 4 adds the flag that allows auto-creation, which older ones imply; it has nothing to say where all topics are asked
      for. [metadata/unknown_topic, metadata/auto_creation_before_version_4, metadata/all_topics_may_be_created]
    - 5 adds offline replicas. [metadata/one_topic_every_version]
    - 0 does not name offline replicas among the replicas. [test:
      tests/wire/test_unregistered.py::test_nobody_is_told_of_it]
    - 7 adds the leader epoch; 8 authorized operations, of the cluster up to 10; 9 is flexible.
      [metadata/one_topic_every_version, metadata/authorized_operations, metadata/all_topics_with_operations]
    - 10 adds topic ids, which only 12 and later may ask by: before, such an entry, or one without a name, fails the request
      with INVALID_REQUEST (42). [metadata/by_topic_id, metadata/ids_and_names]
    - From 12 on entries of which none has an id, and one has no name, fail it with UNKNOWN_SERVER_ERROR (-1), as on the
      real broker. [metadata/ids_and_names, metadata/order_of_checks]
    - 13 adds the error of the whole request. [metadata/order_of_checks]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.image import INTERNAL_TOPICS, TopicImage
from kafkaemu.metadata.topic_names import name_error
from kafkawire.declare import ZERO_UUID
from kafkawire.errors import ErrorCode
from kafkawire.messages.metadata import (
    MetadataRequest,
    MetadataResponse,
    MetadataResponseBroker,
    MetadataResponsePartition,
    MetadataResponseTopic,
)

#: Bits of the ACL operations that exist for a cluster and for a topic (AclEntry.supportedOperations).
CLUSTER_OPERATIONS = 8096
TOPIC_OPERATIONS = 3576
_NOT_ASKED = -(1 << 31)


def handle(context: Context, request: Request, body: MetadataRequest) -> Answer:
    """Answer one Metadata request."""
    wanted = body.topics
    image = context.image
    if wanted is None or (request.version == 0 and not wanted):
        topics = [_known(context, topic) for topic in image.topics.values()]
    else:
        error = _shape_error(request.version, body)
        if error != ErrorCode.NONE:
            return _failed(request.version, body, error)
        ids = dict.fromkeys(entry.topic_id for entry in wanted if entry.topic_id != ZERO_UUID)
        if ids:
            topics = _by_id(context, list(ids))
        else:
            topics = _by_name(context, list(dict.fromkeys(entry.name or "" for entry in wanted)), body)
    if body.include_topic_authorized_operations:
        for answer in topics:
            if answer.error_code != ErrorCode.UNKNOWN_TOPIC_ID:
                answer.topic_authorized_operations = TOPIC_OPERATIONS
    if request.version == 0:
        for partition in (partition for topic in topics for partition in topic.partitions):
            partition.replica_nodes = [one for one in partition.replica_nodes if one not in partition.offline_replicas]
    alive = context.alive_brokers(request)
    return MetadataResponse(
        brokers=[
            MetadataResponseBroker(node_id=node_id, host=host, port=port, rack=rack)
            for node_id, (host, port, rack) in alive.items()
        ],
        cluster_id=image.cluster_id,
        controller_id=next(iter(alive), -1),
        topics=topics,
        cluster_authorized_operations=CLUSTER_OPERATIONS if body.include_cluster_authorized_operations else _NOT_ASKED,
    )


def _shape_error(version: int, body: MetadataRequest) -> ErrorCode:
    entries = body.topics or ()
    if version < 12:
        is_wrong = any(entry.name is None or entry.topic_id != ZERO_UUID for entry in entries)
        return ErrorCode.INVALID_REQUEST if is_wrong else ErrorCode.NONE
    # Where any entry has an id, nobody looks at names.
    is_by_name = all(entry.topic_id == ZERO_UUID for entry in entries)
    is_wrong = is_by_name and any(entry.name is None for entry in entries)
    return ErrorCode.UNKNOWN_SERVER_ERROR if is_wrong else ErrorCode.NONE


def _failed(version: int, body: MetadataRequest, error: ErrorCode) -> MetadataResponse:
    topics = [
        MetadataResponseTopic(error_code=error, name=entry.name or "", topic_id=entry.topic_id)
        for entry in body.topics or ()
    ]
    return MetadataResponse(topics=topics, error_code=error)


def _by_id(context: Context, ids: list[bytes]) -> list[MetadataResponseTopic]:
    by_id = context.image.topics_by_id
    unknown = [
        MetadataResponseTopic(error_code=ErrorCode.UNKNOWN_TOPIC_ID, name=None, topic_id=topic_id)
        for topic_id in ids
        if topic_id not in by_id
    ]
    return unknown + [_known(context, by_id[topic_id]) for topic_id in ids if topic_id in by_id]


def _by_name(context: Context, names: list[str], body: MetadataRequest) -> list[MetadataResponseTopic]:
    by_name = context.image.topics
    known = [_known(context, by_name[name]) for name in names if name in by_name]
    if len(known) == len(names):
        return known
    creates = body.allow_auto_topic_creation and context.config["auto.create.topics.enable"]
    missing = [name for name in names if name not in by_name]
    answers = [_missing(name) for name in missing]
    for answer in answers:
        if creates and answer.error_code == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION:
            created = context.controller.ensure_topic(answer.name or "", context.clock.now_ms())
            if context.profile.uses_zookeeper:
                answer.error_code = created.code or ErrorCode.LEADER_NOT_AVAILABLE
    return known + answers


def _missing(name: str) -> MetadataResponseTopic:
    legal = name_error(name) is None
    error = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION if legal else ErrorCode.INVALID_TOPIC_EXCEPTION
    return MetadataResponseTopic(error_code=error, name=name, is_internal=name in INTERNAL_TOPICS)


def _known(context: Context, topic: TopicImage) -> MetadataResponseTopic:
    # Most partitions of a topic have the same few brokers, and there may be very many: they share what is not changed any more.
    nodes: dict[tuple[int, ...], list[int]] = {}
    none: list[int] = []
    partitions = []
    for partition in topic.partitions:
        replicas, isr = partition.replicas, partition.isr
        for ids in (replicas, isr):
            if ids not in nodes:
                nodes[ids] = list(ids)
        has_leader = partition.leader >= 0
        # In the order of the fields: with keywords this takes half as long again.
        partitions.append(
            MetadataResponsePartition(  # type: ignore[call-arg]
                ErrorCode.NONE if has_leader else ErrorCode.LEADER_NOT_AVAILABLE,
                partition.index,
                partition.leader,
                partition.leader_epoch,
                nodes[replicas],
                nodes[isr],
                none if has_leader else context.offline_replicas(partition),
            )
        )
    return MetadataResponseTopic(
        name=topic.name, topic_id=topic.topic_id, is_internal=topic.is_internal, partitions=partitions
    )
