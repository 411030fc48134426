"""A broker that is forgotten: the records that take it out of the cluster (ClusterControlManager.unregisterBroker). Pure."""

from __future__ import annotations

from kafkaemu.metadata.image import NO_LEADER, MetadataImage, PartitionImage, TopicImage
from kafkawire.declare import TopLevel
from kafkawire.internal.cluster_metadata import PartitionChangeRecord, UnregisterBrokerRecord


class NotRegistered(Exception):
    """There is no such broker; the text is the reference's sentence."""


def unregistration_records(image: MetadataImage, broker_id: int) -> tuple[list[TopLevel], list[TopicImage]]:
    """The records, and the topics whose partitions lose an in-sync replica by them. Raises `NotRegistered`."""
    broker = image.brokers.get(broker_id)
    if broker is None:
        raise NotRegistered(f"Broker ID {broker_id} is not currently registered")
    records: list[TopLevel] = []
    topics = [topic for topic in image.topics.values() if any(broker_id in one.isr for one in topic.partitions)]
    for topic in topics:
        records += [
            _without(topic.topic_id, partition, broker_id)
            for partition in topic.partitions
            if broker_id in partition.isr
        ]
    records.append(UnregisterBrokerRecord(broker_id=broker_id, broker_epoch=broker.epoch))
    return records, topics


def _without(topic_id: bytes, partition: PartitionImage, broker_id: int) -> PartitionChangeRecord:
    isr = [other for other in partition.isr if other != broker_id]
    change = PartitionChangeRecord(topic_id=topic_id, partition_id=partition.index, isr=isr)
    if partition.leader == broker_id:
        change.leader = next((other for other in partition.replicas if other in isr), NO_LEADER)
    if not isr:
        # Nobody is in sync any more, but whoever was the last may lead again (KIP-966).
        change.eligible_leader_replicas = [*partition.eligible_leader_replicas, broker_id]
        change.last_known_elr = [broker_id]
    return change
