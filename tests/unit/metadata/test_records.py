"""Metadata records as bytes."""

import pytest

from kafkaemu.metadata.image import MetadataImage
from kafkaemu.metadata.records import UnknownRecord, decode_record, encode_record
from kafkawire.declare import TopLevel
from kafkawire.internal.cluster_metadata import (
    FeatureLevelRecord,
    PartitionChangeRecord,
    PartitionRecord,
    TopicRecord,
)
from kafkawire.primitives import MalformedMessage


def test_a_record_is_framed_as_the_reference_frames_it() -> None:
    record = FeatureLevelRecord(name="metadata.version", feature_level=30)
    assert encode_record(record) == b"\x01\x0c\x00" + b"\x11metadata.version" + b"\x00\x1e" + b"\x00"
    assert decode_record(encode_record(record)) == record


@pytest.mark.parametrize("value", [b"\x02\x0c\x00", b"\x01\x7f\x00", b"\x01\x0c\x09"])
def test_frames_types_and_versions_from_the_future_are_refused(value: bytes) -> None:
    with pytest.raises(UnknownRecord):
        decode_record(value)


@pytest.mark.parametrize("value", [b"", b"\x01", b"\x01\x0c\x00\x11meta"])
def test_truncated_records_are_malformed(value: bytes) -> None:
    with pytest.raises(MalformedMessage):
        decode_record(value)


def image_of(*records: TopLevel) -> MetadataImage:
    image = MetadataImage("c")
    for record in records:
        image.apply(record)
    return image


def test_a_partition_change_raises_its_epochs() -> None:
    topic_id = b"t" * 16
    image = image_of(
        TopicRecord(name="t", topic_id=topic_id),
        PartitionRecord(
            partition_id=0, topic_id=topic_id, replicas=[1, 2], isr=[1, 2], leader=1, leader_epoch=0, partition_epoch=0
        ),
        PartitionChangeRecord(partition_id=0, topic_id=topic_id, isr=[2]),
    )
    partition = image.topics["t"].partitions[0]
    assert (partition.isr, partition.leader, partition.leader_epoch, partition.partition_epoch) == ((2,), 1, 0, 1)
    image.apply(PartitionChangeRecord(partition_id=0, topic_id=topic_id, leader=2))
    assert (partition.isr, partition.leader, partition.leader_epoch, partition.partition_epoch) == ((2,), 2, 1, 2)
