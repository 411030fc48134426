"""Which versions of which APIs the releases of Apache Kafka declare, 2.2 to 4.3, for those who want to look like one or talk to it.

Facts read out of the client libraries. A broker served what its release declares, less what only controllers serve and, unless told
otherwise, newest versions that were not stable yet; brokers with ZooKeeper also served keys 4 to 7, among themselves.
"""

from __future__ import annotations

from typing import NamedTuple

#: Releases there are facts on, oldest first.
RELEASES = (
    "2.2",
    "2.3",
    "2.4",
    "2.5",
    "2.6",
    "2.7",
    "2.8",
    "3.0",
    "3.1",
    "3.2",
    "3.3",
    "3.4",
    "3.5",
    "3.6",
    "3.7",
    "3.8",
    "3.9",
    "4.0",
    "4.1",
    "4.2",
    "4.3",
)

#: By API key: name, and after each release that changed it the versions from then on. ``-``: -, ``*``: the newest is not stable,
#: ``!``: served by controllers only.
_HISTORY: dict[int, tuple[str, str]] = {
    0: ("Produce", "2.2 0-7, 2.4 0-8, 2.8 0-9, 3.7 0-10, 3.8 0-11, 4.0 3-12, 4.1 3-13"),
    1: ("Fetch", "2.2 0-10, 2.3 0-11, 2.7 0-12, 3.1 0-13, 3.5 0-15, 3.7 0-16, 3.9 0-17, 4.0 4-17, 4.1 4-18"),
    2: ("ListOffsets", "2.2 0-5, 2.8 0-6, 3.0 0-7, 3.5 0-8, 3.9 0-9, 4.0 1-10, 4.2 1-11"),
    3: ("Metadata", "2.2 0-7, 2.3 0-8, 2.4 0-9, 2.8 0-11, 3.1 0-12, 4.0 0-13"),
    4: ("LeaderAndIsr", "2.2 0-2, 2.4 0-4, 2.8 0-5, 3.2 0-6, 3.4 0-7, 4.0 -"),
    5: ("StopReplica", "2.2 0-1, 2.4 0-2, 2.6 0-3, 3.4 0-4, 4.0 -"),
    6: ("UpdateMetadata", "2.2 0-5, 2.4 0-6, 2.8 0-7, 3.4 0-8, 4.0 -"),
    7: ("ControlledShutdown", "2.2 0-2, 2.4 0-3, 4.0 -"),
    8: ("OffsetCommit", "2.2 0-6, 2.3 0-7, 2.4 0-8, 3.6 0-9*, 3.7 0-9, 4.0 2-9, 4.1 2-10*, 4.2 2-10"),
    9: ("OffsetFetch", "2.2 0-5, 2.4 0-6, 2.5 0-7, 3.0 0-8, 3.7 0-9, 4.0 1-9, 4.1 1-10*, 4.2 1-10"),
    10: ("FindCoordinator", "2.2 0-2, 2.4 0-3, 3.0 0-4, 3.8 0-5, 3.9 0-6"),
    11: ("JoinGroup", "2.2 0-4, 2.3 0-5, 2.4 0-6, 2.5 0-7, 3.2 0-9, 4.0 2-9, 4.1 0-9"),
    12: ("Heartbeat", "2.2 0-2, 2.3 0-3, 2.4 0-4"),
    13: ("LeaveGroup", "2.2 0-2, 2.4 0-4, 3.2 0-5"),
    14: ("SyncGroup", "2.2 0-2, 2.3 0-3, 2.4 0-4, 2.5 0-5"),
    15: ("DescribeGroups", "2.2 0-2, 2.3 0-3, 2.4 0-5, 4.0 0-6"),
    16: ("ListGroups", "2.2 0-2, 2.4 0-3, 2.6 0-4, 3.8 0-5"),
    17: ("SaslHandshake", "2.2 0-1"),
    18: ("ApiVersions", "2.2 0-2, 2.4 0-3, 3.9 0-4"),
    19: ("CreateTopics", "2.2 0-3, 2.4 0-5, 2.7 0-6, 2.8 0-7, 4.0 2-7"),
    20: ("DeleteTopics", "2.2 0-3, 2.4 0-4, 2.7 0-5, 2.8 0-6, 4.0 1-6"),
    21: ("DeleteRecords", "2.2 0-1, 2.6 0-2"),
    22: ("InitProducerId", "2.2 0-1, 2.4 0-2, 2.5 0-3, 2.7 0-4, 3.8 0-5, 4.1 0-6*"),
    23: ("OffsetForLeaderEpoch", "2.2 0-2, 2.3 0-3, 2.8 0-4, 4.0 2-4"),
    24: ("AddPartitionsToTxn", "2.2 0-1, 2.7 0-2, 2.8 0-3, 3.5 0-4*, 3.6 0-4, 3.8 0-5"),
    25: ("AddOffsetsToTxn", "2.2 0-1, 2.7 0-2, 2.8 0-3, 3.8 0-4"),
    26: ("EndTxn", "2.2 0-1, 2.7 0-2, 2.8 0-3, 3.8 0-4, 4.0 0-5"),
    27: ("WriteTxnMarkers", "2.2 0, 2.8 0-1, 4.0 1, 4.2 1-2"),
    28: ("TxnOffsetCommit", "2.2 0-2, 2.5 0-3, 3.8 0-4, 4.0 0-5"),
    29: ("DescribeAcls", "2.2 0-1, 2.5 0-2, 3.3 0-3, 4.0 1-3"),
    30: ("CreateAcls", "2.2 0-1, 2.5 0-2, 3.3 0-3, 4.0 1-3"),
    31: ("DeleteAcls", "2.2 0-1, 2.5 0-2, 3.3 0-3, 4.0 1-3"),
    32: ("DescribeConfigs", "2.2 0-2, 2.6 0-3, 2.8 0-4, 4.0 1-4"),
    33: ("AlterConfigs", "2.2 0-1, 2.8 0-2"),
    34: ("AlterReplicaLogDirs", "2.2 0-1, 2.8 0-2, 4.0 1-2"),
    35: ("DescribeLogDirs", "2.2 0-1, 2.6 0-2, 3.2 0-3, 3.3 0-4, 4.0 1-4, 4.3 1-5"),
    36: ("SaslAuthenticate", "2.2 0-1, 2.5 0-2"),
    37: ("CreatePartitions", "2.2 0-1, 2.5 0-2, 2.7 0-3"),
    38: ("CreateDelegationToken", "2.2 0-1, 2.4 0-2, 3.3 0-3, 4.0 1-3"),
    39: ("RenewDelegationToken", "2.2 0-1, 2.5 0-2, 4.0 1-2"),
    40: ("ExpireDelegationToken", "2.2 0-1, 2.5 0-2, 4.0 1-2"),
    41: ("DescribeDelegationToken", "2.2 0-1, 2.5 0-2, 3.3 0-3, 4.0 1-3"),
    42: ("DeleteGroups", "2.2 0-1, 2.4 0-2"),
    43: ("ElectLeaders", "2.2 0, 2.4 0-2"),
    44: ("IncrementalAlterConfigs", "2.3 0, 2.4 0-1"),
    45: ("AlterPartitionReassignments", "2.4 0, 4.1 0-1"),
    46: ("ListPartitionReassignments", "2.4 0"),
    47: ("OffsetDelete", "2.4 0"),
    48: ("DescribeClientQuotas", "2.6 0, 2.8 0-1"),
    49: ("AlterClientQuotas", "2.6 0, 2.8 0-1"),
    50: ("DescribeUserScramCredentials", "2.7 0"),
    51: ("AlterUserScramCredentials", "2.7 0"),
    52: ("Vote", "2.7 0, 2.8 0!, 3.9 0-1!, 4.0 0-2!"),
    53: ("BeginQuorumEpoch", "2.7 0, 2.8 0!, 3.9 0-1!"),
    54: ("EndQuorumEpoch", "2.7 0, 2.8 0!, 3.9 0-1!"),
    55: ("DescribeQuorum", "2.7 0, 3.3 0-1, 3.9 0-2"),
    56: ("AlterPartition", "2.7 0, 3.2 0-1, 3.3 0-2, 3.5 0-3, 4.0 2-3!"),
    57: ("UpdateFeatures", "2.7 0, 3.3 0-1, 4.0 0-2"),
    58: ("Envelope", "2.8 0!, 3.4 0, 4.0 0!"),
    59: ("FetchSnapshot", "2.8 0!, 3.9 0-1!"),
    60: ("DescribeCluster", "2.8 0, 3.7 0-1, 4.0 0-2"),
    61: ("DescribeProducers", "2.8 0"),
    62: ("BrokerRegistration", "2.8 0!, 3.4 0-1!, 3.7 0-3!, 3.9 0-4!"),
    63: ("BrokerHeartbeat", "2.8 0!, 3.7 0-1!, 4.3 0-2!"),
    64: ("UnregisterBroker", "2.8 0, 3.0 0!, 3.3 0"),
    65: ("DescribeTransactions", "3.0 0"),
    66: ("ListTransactions", "3.0 0, 3.8 0-1, 4.1 0-2"),
    67: ("AllocateProducerIds", "3.0 0, 4.0 0!"),
    68: ("ConsumerGroupHeartbeat", "3.5 0*, 3.7 0, 4.0 0-1"),
    69: ("ConsumerGroupDescribe", "3.7 0*, 3.8 0, 4.0 0-1"),
    70: ("ControllerRegistration", "3.7 0!"),
    71: ("GetTelemetrySubscriptions", "3.7 0"),
    72: ("PushTelemetry", "3.7 0"),
    73: ("AssignReplicasToDirs", "3.7 0!"),
    74: ("ListConfigResources", "3.7 0, 4.1 0-1"),
    75: ("DescribeTopicPartitions", "3.8 0"),
    76: ("ShareGroupHeartbeat", "3.9 0*, 4.1 1"),
    77: ("ShareGroupDescribe", "3.9 0*, 4.1 1"),
    78: ("ShareFetch", "3.9 0*, 4.1 1, 4.2 1-2"),
    79: ("ShareAcknowledge", "3.9 0*, 4.1 1, 4.2 1-2"),
    80: ("AddRaftVoter", "3.9 0, 4.2 0-1"),
    81: ("RemoveRaftVoter", "3.9 0"),
    82: ("UpdateRaftVoter", "3.9 0!"),
    83: ("InitializeShareGroupState", "3.9 0*, 4.1 0"),
    84: ("ReadShareGroupState", "3.9 0*, 4.1 0"),
    85: ("WriteShareGroupState", "3.9 0*, 4.1 0, 4.2 0-1"),
    86: ("DeleteShareGroupState", "3.9 0*, 4.1 0"),
    87: ("ReadShareGroupStateSummary", "3.9 0*, 4.1 0, 4.2 0-1"),
    88: ("StreamsGroupHeartbeat", "4.1 0*, 4.2 0"),
    89: ("StreamsGroupDescribe", "4.1 0*, 4.2 0"),
    90: ("DescribeShareGroupOffsets", "4.1 0, 4.2 0-1"),
    91: ("AlterShareGroupOffsets", "4.1 0"),
    92: ("DeleteShareGroupOffsets", "4.1 0"),
}


class Declared(NamedTuple):
    """What a release declares of one API: first and last version, both inclusive.

    ``stable`` is False where the last version was still being worked on, so that brokers did not offer it; ``on_brokers`` where
    only controllers serve the API.
    """

    key: int
    name: str
    first: int
    last: int
    stable: bool
    on_brokers: bool


class UnknownRelease(ValueError):
    """There are no facts on a release; the text says on which there are."""


def declared(release: str) -> dict[int, Declared]:
    """The APIs of a release (``3.9``, or ``3.9.1``) by key; `UnknownRelease` if it is - of `RELEASES`."""
    *_, patch = parts = release.split(".")
    minor = ".".join(parts[:2])
    if minor not in RELEASES or len(parts) > 3 or not patch.isdecimal():
        raise UnknownRelease(
            f"no facts on release {release!r}, only on {', '.join(RELEASES)} and their patches, as {RELEASES[-1]}.1"
        )
    found = {}
    for key, (name, history) in _HISTORY.items():
        text = _at(history, RELEASES.index(minor))
        if text != "-":
            first, _, last = text.rstrip("*!").partition("-")
            found[key] = Declared(key, name, int(first), int(last or first), "*" not in text, "!" not in text)
    return found


def _at(history: str, index: int) -> str:
    """The versions in force in a release, by its place in `RELEASES`."""
    versions = "-"
    for change in history.split(", "):
        release, text = change.split(" ")
        if RELEASES.index(release) > index:
            break
        versions = text
    return versions
