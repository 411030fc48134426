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


#: Records of the metadata log of a node of Apache Kafka 4.3.1, after it was formatted, had registered and made a
#: topic; of its features only metadata.version is left.
RECORDED = [
    "01170001001212426f6f747374726170207265636f726473",
    "010c00116d657461646174612e76657273696f6e001e00",
    "0104000401146d696e2e696e73796e632e7265706c69636173023100",
    "01180000",
    "011b0000000001a0c91857a074408b9ecec4cf6cf9f3b900020b434f4e54524f4c4c45520a3132372e302e302e314a990000000211"
    "6d657461646174612e76657273696f6e0007001e0000",
    "01140000",
    "0100040000000100b70d6421ce9f43ac8cd39c05a92fb978000000000000000c020a504c41494e544558540a3132372e302e302e314a980000"
    "0002116d657461646174612e76657273696f6e0007001e0000010001001102512f80bb22751000ce8b826429a2a8d4",
    "01110300000001000000000000000c01030101",
    "0102000563662d31ee12e9c4e4a94ce48d3b53482ba7976e00",
    "01030200000000ee12e9c4e4a94ce48d3b53482ba7976e02000000010200000001010100000001000000000000000002512f80bb22751000ce8b"
    "826429a2a8d400",
]


@pytest.mark.parametrize("text", RECORDED)
def test_records_of_a_real_log_are_read_and_written_byte_for_byte(text: str) -> None:
    value = bytes.fromhex(text)
    assert encode_record(decode_record(value)) == value


def test_a_real_log_folds_into_an_image() -> None:
    unfenced = "01110000000001000000000000000c010001ff"
    image = image_of(*(decode_record(bytes.fromhex(text)) for text in [*RECORDED, unfenced]))
    broker = image.brokers[1]
    assert (broker.fenced, broker.endpoints) == (False, {"PLAINTEXT": ("127.0.0.1", 19096, 0)})
    assert image.features == {"metadata.version": 30}
    partition = image.topics["cf-1"].partitions[0]
    assert (partition.leader, partition.leader_epoch, partition.replicas, partition.directories) == (
        1,
        0,
        (1,),
        broker.log_dirs,
    )
