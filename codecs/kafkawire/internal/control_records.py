"""MODULE DOC"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Int16,
    Int32,
    Int64,
    Message,
    String,
    Struct,
    TopLevel,
    UInt16,
    Uuid,
    record,
    since,
    struct,
)


@struct
class LeaderChangeVoter(Message):
    """DOC"""

    voter_id: int = Int32("MEANING")
    voter_directory_id: bytes = Uuid("MEANING", since(1))


@record(-1, versions=(0, 1), flexible=0)
class LeaderChangeMessage(TopLevel):
    """DOC"""

    version: int = Int16("MEANING")
    leader_id: int = Int32("MEANING")
    voters: list[LeaderChangeVoter] = Array(LeaderChangeVoter, "MEANING")
    granting_voters: list[LeaderChangeVoter] = Array(LeaderChangeVoter, "MEANING")


@record(-1, versions=(0, 0), flexible=0)
class SnapshotHeaderRecord(TopLevel):
    """DOC"""

    version: int = Int16("MEANING")
    last_contained_log_timestamp: int = Int64("MEANING")


@record(-1, versions=(0, 0), flexible=0)
class SnapshotFooterRecord(TopLevel):
    """DOC"""

    version: int = Int16("MEANING")


@record(-1, versions=(0, 0), flexible=0)
class KRaftVersionRecord(TopLevel):
    """DOC"""

    version: int = Int16("MEANING")
    k_raft_version: int = Int16("MEANING")


@struct
class Endpoint(Message):
    """DOC"""

    name: str = String("MEANING")
    host: str = String("MEANING")
    port: int = UInt16("MEANING")


@struct
class KRaftVersionFeature(Message):
    """DOC"""

    min_supported_version: int = Int16("MEANING")
    max_supported_version: int = Int16("MEANING")


@struct
class Voter(Message):
    """DOC"""

    voter_id: int = Int32("MEANING")
    voter_directory_id: bytes = Uuid("MEANING")
    endpoints: list[Endpoint] = Array(Endpoint, "MEANING")
    k_raft_version_feature: KRaftVersionFeature = Struct(KRaftVersionFeature, "MEANING")


@record(-1, versions=(0, 0), flexible=0)
class VotersRecord(TopLevel):
    """DOC"""

    version: int = Int16("MEANING")
    voters: list[Voter] = Array(Voter, "MEANING")
