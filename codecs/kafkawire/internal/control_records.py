"""Control records: their key, ends of transactions, and leaders, snapshot marks and voters of the metadata log."""

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


@record(-1, versions=(0, 0))
class ControlRecordTypeSchema(TopLevel):
    """Key of every control record: what kind it is."""

    type: int = Int16(
        "0 abort, 1 commit, 2 leader change, 3 snapshot header, 4 snapshot footer, 5 kraft.version, 6 voters."
    )


@record(-1, versions=(0, 0))
class EndTxnMarker(TopLevel):
    """Value of a commit or abort marker: the key tells which."""

    coordinator_epoch: int = Int32("Leader epoch of the transaction coordinator that ended the transaction.")


@struct
class LeaderChangeVoter(Message):
    """A voter named in a leader change."""

    voter_id: int = Int32("Its id.")
    voter_directory_id: bytes = Uuid("Its log directory; zeros: unknown.", since(1))


@record(-1, versions=(0, 1), flexible=0)
class LeaderChangeMessage(TopLevel):
    """First record of every epoch of the metadata log: who leads, and by whose votes. Version 1 adds directories
    (KIP-853).
    """

    version: int = Int16("Version of this record, once more.")
    leader_id: int = Int32("Voter that was elected.")
    voters: list[LeaderChangeVoter] = Array(LeaderChangeVoter, "All voters.")
    granting_voters: list[LeaderChangeVoter] = Array(LeaderChangeVoter, "Those who voted for it.")


@record(-1, versions=(0, 0), flexible=0)
class SnapshotHeaderRecord(TopLevel):
    """First record of a snapshot."""

    version: int = Int16("Version of this record, once more.")
    last_contained_log_timestamp: int = Int64("Append time of the last batch it contains, in ms since 1970.")


@record(-1, versions=(0, 0), flexible=0)
class SnapshotFooterRecord(TopLevel):
    """Last record of a snapshot: without it the file is incomplete."""

    version: int = Int16("Version of this record, once more.")


@record(-1, versions=(0, 0), flexible=0)
class KRaftVersionRecord(TopLevel):
    """Which kraft.version is in force (KIP-853)."""

    version: int = Int16("Version of this record, once more.")
    k_raft_version: int = Int16("The level: 0 voters from a config, 1 from records.")


@struct
class Endpoint(Message):
    """One listener of a voter."""

    name: str = String("Name of the listener.")
    host: str = String("Host to connect to.")
    port: int = UInt16("Port to connect to.")


@struct
class KRaftVersionFeature(Message):
    """Levels of kraft.version that a voter could run."""

    min_supported_version: int = Int16("Lowest level.")
    max_supported_version: int = Int16("Highest level.")


@struct
class Voter(Message):
    """One voter of the quorum."""

    voter_id: int = Int32("Its id.")
    voter_directory_id: bytes = Uuid("Its log directory.")
    endpoints: list[Endpoint] = Array(Endpoint, "Its listeners.")
    k_raft_version_feature: KRaftVersionFeature = Struct(KRaftVersionFeature, "What it could run.")


@record(-1, versions=(0, 0), flexible=0)
class VotersRecord(TopLevel):
    """Who votes from now on (KIP-853)."""

    version: int = Int16("Version of this record, once more.")
    voters: list[Voter] = Array(Voter, "The voters.")
