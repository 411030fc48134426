"""DescribeQuorum: leader, voters and observers of the metadata log."""

from kafkaconform.outcome import Tree
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.describe_quorum import DescribedPartition, DescribedTopic, DescribeQuorumRequest

METADATA_LOG = "__cluster_metadata"


def about(topic: str, *partitions: int) -> DescribeQuorumRequest:
    """A request for partitions of one topic."""
    asked = [DescribedPartition(partition_index=index) for index in partitions]
    return DescribeQuorumRequest(topics=[DescribedTopic(topic_name=topic, partitions=asked)])


def without_offsets(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Offsets, epochs and times only as known or not: they are of one cluster and moment."""
    for topic in answer["topics"]:
        for partition in topic["partitions"]:
            for key in ("leader_epoch", "high_watermark"):
                partition[key] = "<known>" if partition[key] > 0 else partition[key]
            for replica in (*partition["current_voters"], *partition["observers"]):
                for key in ("log_end_offset", "last_fetch_timestamp", "last_caught_up_timestamp"):
                    if key in replica:
                        replica[key] = "<known>" if replica[key] > 0 else replica[key]
    return answer


@probe
def every_version(session: Session) -> None:
    """One voter that leads; times from version 1, directories and nodes from 2 on."""
    connection = session.connect()
    connection.ask_all_versions(about(METADATA_LOG, 0), view=without_offsets)


@probe
def other_partitions(session: Session) -> None:
    """Anything but the one partition of the metadata log: 3 for a partition, or 42 for the request as a whole."""
    connection = session.connect()
    for version in session.versions(DescribeQuorumRequest):
        connection.ask(about(METADATA_LOG, 1), version, view=without_offsets)
        connection.ask(about(METADATA_LOG, 0, 1), version, view=without_offsets)
        connection.ask(about(METADATA_LOG), version, view=without_offsets)
        connection.ask(about("orders", 0), version, view=without_offsets)
        connection.ask(DescribeQuorumRequest(), version, view=without_offsets)
