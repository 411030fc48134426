"""What tools with a page for Kafka ask when they start, through the admin clients of Python: confluent-kafka and kafka-python.

python conformance/tools/ui_queries.py HOST:PORT
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from confluent_kafka import ConsumerGroupTopicPartitions, TopicCollection, TopicPartition
from confluent_kafka.admin import (
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ConfigResource,
    OffsetSpec,
    ResourcePatternType,
    ResourceType,
)
from kafka import KafkaAdminClient
from kafka import TopicPartition as PlainTopicPartition
from kafka.admin import ConfigResource as PlainConfigResource
from kafka.admin import ConfigResourceType

TIMEOUT_S = 10
TOPICS = ("payments", "nowhere")
GROUPS = ("baristas", "nobody")


def show(title: str, ask: Callable[[], Any]) -> None:
    """Prints one answer, a line for each of its entries, or the error that came instead."""
    print(f"-- {title}")
    try:
        answer = ask()
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
        return
    lines = answer if isinstance(answer, list) else [answer]
    print("\n".join(json.dumps(line, sort_keys=True, default=str) for line in lines))


def result(future: Future[Any]) -> Any:
    """What a future of confluent-kafka brings."""
    return future.result(TIMEOUT_S)


def names(operations: Any) -> list[str]:
    """Authorized operations, sorted."""
    return sorted(operation.name for operation in operations)


def ask_confluent(bootstrap: str) -> None:
    """Through librdkafka."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    show("topics by librdkafka", lambda: sorted(name for name in admin.list_topics().topics if name[:2] != "__"))
    cluster = admin.describe_cluster(include_authorized_operations=True)
    show("operations", lambda: names(result(cluster).authorized_operations))
    for topic in TOPICS:
        described = admin.describe_topics(TopicCollection([topic]), include_authorized_operations=True)[topic]
        show(f"topic {topic}", lambda described=described: partitions_of(result(described)))  # type: ignore[misc]
    resource = ConfigResource(ConfigResource.Type.TOPIC, "payments")
    configs = admin.describe_configs([resource])[resource]
    show("configs", lambda: sorted([entry.name, entry.value, entry.source] for entry in result(configs).values()))
    groups = admin.list_consumer_groups()
    show(
        "groups", lambda: sorted([group.group_id, group.state.name, group.type.name] for group in result(groups).valid)
    )
    for group, future in admin.describe_consumer_groups(list(GROUPS), include_authorized_operations=True).items():
        show(f"group {group}", lambda future=future: group_of(result(future)))  # type: ignore[misc]
    offsets = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions("baristas")])["baristas"]
    show("offsets", lambda: [[at.topic, at.partition, at.offset] for at in result(offsets).topic_partitions])
    for spec in (OffsetSpec.earliest(), OffsetSpec.latest(), OffsetSpec.max_timestamp(), OffsetSpec.for_timestamp(1)):
        partition = TopicPartition("counted", 0)
        found = admin.list_offsets({partition: spec})[partition]
        show(f"list offsets {type(spec).__name__}", lambda found=found: offset_of(result(found)))  # type: ignore[misc]
    every = AclBindingFilter(
        ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ANY
    )
    rules = admin.describe_acls(every)
    show("access rules", lambda: result(rules))
    credentials = admin.describe_user_scram_credentials()
    show("credentials", lambda: sorted(result(credentials)))


def partitions_of(topic: Any) -> list[Any]:
    """A topic, who may do what, and its partitions."""
    return [[topic.name, topic.is_internal, names(topic.authorized_operations)]] + [
        [partition.id, partition.leader.id, len(partition.replicas), len(partition.isr)]
        for partition in topic.partitions
    ]


def group_of(group: Any) -> list[Any]:
    """A group, and who may do what."""
    operations = names(group.authorized_operations)
    return [[group.group_id, group.state.name, group.partition_assignor, len(group.members), operations]]


def offset_of(found: Any) -> list[Any]:
    """An offset that was listed."""
    return [[found.offset, found.timestamp, found.leader_epoch]]


def ask_kafka_python(bootstrap: str) -> None:
    """Through kafka-python."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    partition = PlainTopicPartition("counted", 0)
    try:
        show("topics by kafka-python", lambda: sorted(name for name in admin.list_topics() if name[:2] != "__"))
        show("topics described", lambda: [without(topic, "topic_id") for topic in admin.describe_topics(list(TOPICS))])
        show("cluster", lambda: without(admin.describe_cluster(), "cluster_id", "brokers"))
        show("configs", lambda: admin.describe_configs([PlainConfigResource(ConfigResourceType.TOPIC, "payments")]))
        show("groups", lambda: sorted(admin.list_groups(), key=lambda group: str(group["group_id"])))
        show("groups described", lambda: admin.describe_groups(["baristas"]))
        show("offsets", lambda: str(admin.list_group_offsets(["baristas"])))
        show("quorum", lambda: len(admin.describe_metadata_quorum()))
        show("log directories", lambda: len(admin.describe_log_dirs()))
        show("reassignments", lambda: str(admin.list_partition_reassignments()))
        show("producers", lambda: str(admin.describe_producers([partition])))
        show("transactions", lambda: str(admin.list_transactions()))
    finally:
        admin.close()


def without(answer: dict[str, Any], *keys: str) -> dict[str, Any]:
    """An answer without what each cluster has its own of."""
    return {key: value for key, value in answer.items() if key not in keys}


if __name__ == "__main__":
    ask_confluent(sys.argv[1])
    ask_kafka_python(sys.argv[1])
