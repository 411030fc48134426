"""The file ``quorum-state``, in which a replica of the metadata log remembers epoch and vote (KIP-595).

It holds one `QuorumStateData` as JSON; nothing of it travels.
"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Int32,
    Int64,
    Message,
    String,
    TopLevel,
    Uuid,
    nullable,
    record,
    since,
    struct,
    until,
)


@struct
class Voter(Message):
    """A voter."""

    voter_id: int = Int32("Its id.", until(0))


@record(-1, versions=(0, 1), flexible=0)
class QuorumStateData(TopLevel):
    """Epoch, leader and vote. Version 1 adds the directory and leaves voters to records (KIP-853)."""

    cluster_id: str = String("Cluster; always empty.", until(0))
    leader_id: int = Int32("Leader of the epoch; -1: none known.", default=-1)
    leader_epoch: int = Int32("Newest epoch known; -1: none.", default=-1)
    voted_id: int = Int32("Candidate that got the vote in this epoch; -1: none did.", default=-1)
    voted_directory_id: bytes = Uuid("Log directory of that candidate; zeros: unknown.", since(1))
    applied_offset: int = Int64("Not used.", until(0))
    current_voters: list[Voter] | None = Array(Voter, "Voters as the config named them.", until(0), nullable())
