"""An image as records: what a fresh image must apply to become the same (the order of the reference's MetadataImage.write)."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from kafkaemu.metadata.features import METADATA_VERSION
from kafkaemu.metadata.image import BrokerImage, MetadataImage, PartitionImage, TopicImage
from kafkawire.declare import TopLevel
from kafkawire.internal.cluster_metadata import (
    BrokerEndpoint,
    BrokerFeature,
    ClientQuotaRecord,
    ConfigRecord,
    FeatureLevelRecord,
    PartitionRecord,
    ProducerIdsRecord,
    QuotaEntity,
    RegisterBrokerRecord,
    TopicRecord,
)
from kafkawire.internal.cluster_security import UserScramCredentialRecord


@attrs.frozen(eq=False)
class Snapshot:
    """An encoded image: ``batches`` hold its records, ``end_offset`` is the offset of the first record of the log that it
    does not contain."""

    end_offset: int
    batches: tuple[bytes, ...]

    @property
    def size_bytes(self) -> int:
        """Bytes of its batches."""
        return sum(map(len, self.batches))


def records_of_image(image: MetadataImage) -> Iterator[TopLevel]:
    """The records that make ``image`` out of an empty one."""
    # The metadata version tells how to read the rest, so it comes first.
    for name in sorted(image.features, key=lambda name: (name != METADATA_VERSION, name)):
        yield FeatureLevelRecord(name=name, feature_level=image.features[name])
    for broker in image.brokers.values():
        yield broker_record(broker)
    for topic in image.topics.values():
        yield TopicRecord(name=topic.name, topic_id=topic.topic_id)
        for partition in topic.partitions:
            yield partition_record(topic, partition)
    for (resource_type, resource_name), configs in image.configs_by_resource.items():
        for name, value in configs.items():
            yield ConfigRecord(resource_type=resource_type, resource_name=resource_name, name=name, value=value)
    for entity, quotas in image.client_quotas.items():
        parts = [QuotaEntity(entity_type=kind, entity_name=name) for kind, name in entity]
        for key, limit in quotas.items():
            yield ClientQuotaRecord(entity=parts, key=key, value=limit, remove=False)
    for user, credentials in image.scram_credentials.items():
        for mechanism, credential in credentials.items():
            secrets = attrs.asdict(credential)
            yield UserScramCredentialRecord(name=user, mechanism=mechanism, **secrets)
    if image.next_producer_id:
        # Which broker took the last block is not part of the state (ProducerIdsImage.write).
        yield ProducerIdsRecord(broker_id=-1, broker_epoch=-1, next_producer_id=image.next_producer_id)


def partition_record(topic: TopicImage, partition: PartitionImage) -> PartitionRecord:
    """The record that creates ``partition`` as it is."""
    return PartitionRecord(
        partition_id=partition.index,
        topic_id=topic.topic_id,
        replicas=list(partition.replicas),
        isr=list(partition.isr),
        removing_replicas=list(partition.removing_replicas),
        adding_replicas=list(partition.adding_replicas),
        leader=partition.leader,
        leader_recovery_state=partition.leader_recovery_state,
        leader_epoch=partition.leader_epoch,
        partition_epoch=partition.partition_epoch,
        directories=list(partition.directories),
        eligible_leader_replicas=list(partition.eligible_leader_replicas) or None,
        last_known_elr=list(partition.last_known_elr) or None,
    )


def broker_record(broker: BrokerImage) -> RegisterBrokerRecord:
    """The record that registers ``broker`` as it is."""
    return RegisterBrokerRecord(
        broker_id=broker.broker_id,
        incarnation_id=broker.incarnation_id,
        broker_epoch=broker.epoch,
        end_points=[
            BrokerEndpoint(name=name, host=host, port=port, security_protocol=protocol)
            for name, (host, port, protocol) in broker.endpoints.items()
        ],
        features=[
            BrokerFeature(name=name, min_supported_version=low, max_supported_version=high)
            for name, (low, high) in broker.features.items()
        ],
        rack=broker.rack,
        fenced=broker.fenced,
        in_controlled_shutdown=broker.in_controlled_shutdown,
        log_dirs=list(broker.log_dirs),
        cordoned_log_dirs=list(broker.cordoned_log_dirs),
    )
