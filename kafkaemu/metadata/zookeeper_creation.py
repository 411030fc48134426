"""How brokers with a ZooKeeper checked new topics (ZkAdminManager.createTopics of 2.8), for profiles of such releases.

Pure, as `topic_creation`, whose checks come in another order here: existence, nulls, counts beside an assignment, counts, name and
collision, assignment, configs. Of places given twice for a partition the last counts.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.log import internal_topics
from kafkaemu.metadata.image import MetadataImage
from kafkaemu.metadata.topic_creation import NewTopic, Refused, check_configs, check_name, place
from kafkawire.errors import ErrorCode


def check_and_place(
    topic: NewTopic, image: MetadataImage, colliding: Mapping[str, list[str]], config: BrokerConfig, start: int
) -> tuple[dict[str, str], list[list[int]]]:
    """Configs of a new topic, and the replicas of each partition. Raises `Refused`."""
    if topic.name in image.topics:
        check_name(topic.name, image, colliding)
    nulls = [name for name, value in topic.configs if value is None]
    if nulls:
        raise Refused(ErrorCode.INVALID_REQUEST, f"Null value not supported for topic configs : {','.join(nulls)}")
    if topic.assignments:
        if topic.partition_count != -1 or topic.replication_factor != -1:
            raise Refused(
                ErrorCode.INVALID_REQUEST,
                "Both numPartitions or replicationFactor and replicasAssignments were set. "
                "Both cannot be used at the same time.",
            )
        topic = attrs.evolve(topic, assignments=tuple(dict(topic.assignments).items()))
        check_name(topic.name, image, colliding)
        replicas = place(topic, config, image.brokers, start)
    else:
        if topic.partition_count < -1 or topic.partition_count == 0:
            raise Refused(ErrorCode.INVALID_PARTITIONS, "Number of partitions must be larger than 0.")
        replicas = place(topic, config, image.brokers, start)
        check_name(topic.name, image, colliding)
    configs = check_configs(topic, config)
    if topic.name == internal_topics.CLUSTER_METADATA:
        # A broker with ZooKeeper has no use for it; this one does.
        raise Refused(ErrorCode.INVALID_REQUEST, f"Creation of internal topic {topic.name} is prohibited.")
    return configs, replicas
