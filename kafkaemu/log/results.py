"""What a log answers, as plain values."""

from __future__ import annotations

from enum import Enum

import attrs


class Origin(Enum):
    """Who appends, which decides what is checked (AppendOrigin of the reference)."""

    #: A Produce request: everything is checked.
    CLIENT = "client"
    #: A Produce request whose version takes message sets: they are checked, and become one batch.
    OLD_CLIENT = "old client"
    #: A coordinator on this broker: batches it has built itself, transaction markers among them.
    COORDINATOR = "coordinator"
    #: The metadata quorum's leader.
    RAFT_LEADER = "raft leader"


@attrs.define(eq=False)
class AppendInfo:
    """What became of an append. For a batch that was there already these are the offsets of then."""

    base_offset: int
    last_offset: int
    #: The broker's time with LogAppendTime, -1 with CreateTime. For a duplicate the timestamp of the batch of then, whatever the type.
    log_append_time_ms: int
    log_start_offset: int
    size_bytes: int
    is_duplicate: bool = False


@attrs.define(eq=False)
class ReadResult:
    """Batches as they lie in the log, uncopied and read-only; the last one may be cut off."""

    records: list[memoryview]
    size: int


NOTHING_READ = ReadResult([], 0)


@attrs.frozen
class OffsetTimestamp:
    """A record found by its timestamp."""

    offset: int
    timestamp_ms: int
    leader_epoch: int
