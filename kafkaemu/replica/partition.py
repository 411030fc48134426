"""One partition as one broker has it: who leads it, in which epoch, and how far it is committed.

Theory: KIP-101 (leader epochs), KIP-320 (fencing of clients with an old or a future epoch), and the high watermark of
Partition in the reference. The log end offset (LEO) moves when batches are appended, the high watermark (HW) in a step of its own
behind it, to what every in-sync replica has. Where the leader is the only in-sync replica that is the LEO, at once.

Invariants (RELIABILITY): start ≤ LSO ≤ HW ≤ LEO (1, asserted by the log); only the leader accepts writes (5); a leader epoch
never falls, and a deposed leader neither appends nor moves the HW (6); acks=all is answered only below the HW and with enough
in-sync replicas (13).
"""

from __future__ import annotations

from collections.abc import Sequence

from kafkaemu.log.errors import LogError
from kafkaemu.log.partition_log import PartitionLog
from kafkaemu.log.results import AppendInfo, Origin
from kafkawire.errors import ErrorCode
from kafkawire.records.batch import BatchHeader, Buffer

ACKS_ALL = -1
NO_LEADER_EPOCH = -1


class Partition:
    """Partition ``index`` of ``topic`` on broker ``broker_id``. It is itself the key on which answers wait for its changes.

    ``replicas`` and ``isr`` are broker ids; ``min_insync_replicas`` is the topic's ``min.insync.replicas``.
    """

    __slots__ = (
        "__weakref__",
        "_is_alone",
        "broker_id",
        "index",
        "is_deleted",
        "is_leader",
        "isr",
        "leader_epoch",
        "leader_epoch_start_offset",
        "leader_id",
        "log",
        "min_insync_replicas",
        "replicas",
        "topic",
        "topic_id",
    )

    def __init__(
        self,
        topic: str,
        topic_id: bytes,
        index: int,
        *,
        broker_id: int,
        log: PartitionLog,
        min_insync_replicas: int = 1,
    ) -> None:
        self.topic = topic
        self.topic_id = topic_id
        self.index = index
        self.broker_id = broker_id
        self.log = log
        self.min_insync_replicas = min_insync_replicas
        self.leader_id = -1
        self.leader_epoch = NO_LEADER_EPOCH
        #: Where the log ended when this broker became leader in `leader_epoch`.
        self.leader_epoch_start_offset = 0
        self.replicas: tuple[int, ...] = ()
        self.isr: tuple[int, ...] = ()
        self.is_leader = False
        self.is_deleted = False
        self._is_alone = False

    def __repr__(self) -> str:
        return f"<Partition {self.topic}-{self.index} leader {self.leader_id} epoch {self.leader_epoch}>"

    @property
    def high_watermark(self) -> int:
        """First offset that is not committed."""
        return self.log.high_watermark

    @property
    def last_stable_offset(self) -> int:
        """First offset that read_committed may not read."""
        return self.log.last_stable_offset

    def apply(self, *, leader_id: int, leader_epoch: int, replicas: Sequence[int], isr: Sequence[int]) -> None:
        """Take over what the metadata says. A new epoch that makes this broker the leader begins at the end of its log.

        The high watermark may move by it: whoever calls touches the partition. An epoch before the one known is ignored.
        """
        if leader_epoch < self.leader_epoch:
            return
        is_leader = leader_id == self.broker_id
        if is_leader and leader_epoch > self.leader_epoch:
            self.leader_epoch_start_offset = self.log.end_offset
            self.log.assign_epoch(leader_epoch, self.log.end_offset)
        self.leader_id = leader_id
        self.leader_epoch = leader_epoch
        self.replicas = tuple(replicas)
        self.isr = tuple(isr)
        self.is_leader = is_leader
        self._is_alone = is_leader and self.isr == (self.broker_id,)
        self.advance_high_watermark()

    def access_error(self, current_leader_epoch: int, *, only_leader: bool = True) -> ErrorCode:
        """Whether a client that believes in ``current_leader_epoch`` (-1: in none) may use this partition.

        In this order: FENCED_LEADER_EPOCH for an epoch that is over, UNKNOWN_LEADER_EPOCH for one that this broker has not heard of,
        NOT_LEADER_OR_FOLLOWER where only the leader may answer.
        """
        if current_leader_epoch != NO_LEADER_EPOCH and current_leader_epoch != self.leader_epoch:
            if current_leader_epoch < self.leader_epoch:
                return ErrorCode.FENCED_LEADER_EPOCH
            return ErrorCode.UNKNOWN_LEADER_EPOCH
        if only_leader and not self.is_leader:
            return ErrorCode.NOT_LEADER_OR_FOLLOWER
        return ErrorCode.NONE

    @property
    def has_enough_replicas(self) -> bool:
        """Whether acks=all may be promised: as many in-sync replicas as configured, at most as many as there are replicas."""
        return len(self.isr) >= min(self.min_insync_replicas, len(self.replicas))

    def append(
        self,
        payload: Buffer,
        required_acks: int,
        now_ms: int,
        *,
        origin: Origin = Origin.CLIENT,
        is_checked: bool = False,
        header: BatchHeader | None = None,
    ) -> AppendInfo:
        """Append a client's batch as leader, and commit it where no other replica has to have it.

        ``now_ms`` is the broker's time; the rest as in `PartitionLog.append_as_leader`. Raises LogError:
        NOT_LEADER_OR_FOLLOWER, NOT_ENOUGH_REPLICAS for acks=all, and what the log refuses.
        """
        if not self.is_leader:
            raise self._not_leader()
        is_alone = self._is_alone
        if (
            required_acks == ACKS_ALL
            and not (is_alone and self.min_insync_replicas <= 1)
            and not self.has_enough_replicas
        ):
            raise LogError(
                ErrorCode.NOT_ENOUGH_REPLICAS,
                f"The size of the current ISR : {len(self.isr)} is insufficient to satisfy the min.isr requirement of "
                f"{self.min_insync_replicas} for partition {self.topic}-{self.index}, live replica(s) broker.id are : "
                f"{', '.join(map(str, self.isr))}",
            )
        log = self.log
        if origin is Origin.OLD_CLIENT:
            from kafkaemu.log.message_sets import batch_of

            payload = batch_of(payload, log.config.produce_rules(log.name), now_ms)
        info = log.append_as_leader(
            payload, self.leader_epoch, now_ms, origin=origin, is_checked=is_checked, header=header
        )
        if is_alone:
            log.update_high_watermark(log.end_offset)
        return info

    def append_as_coordinator(self, payload: Buffer, now_ms: int) -> AppendInfo:
        """Append batches that a coordinator on this broker has built. Raises LogError as `append` does."""
        if not self.is_leader:
            raise self._not_leader()
        info = self.log.append_as_leader(payload, self.leader_epoch, now_ms, origin=Origin.COORDINATOR)
        self.advance_high_watermark()
        return info

    def delete_records(self, before: int) -> int:
        """Move the start of the log up to ``before`` (-1: the high watermark), as leader; returns where it starts then.

        Raises LogError: NOT_LEADER_OR_FOLLOWER, and what the log refuses.
        """
        if not self.is_leader:
            raise self._not_leader()
        return self.log.delete_records(before)

    def advance_high_watermark(self) -> bool:
        """Commit what every in-sync replica has; whether that was anything new."""
        log = self.log
        if not self._is_alone or log.high_watermark == log.end_offset:
            return False
        log.update_high_watermark(log.end_offset)
        return True

    def delete(self) -> None:
        """The topic is gone: give the log back, and accept nothing more."""
        self.is_deleted = True
        self.is_leader = self._is_alone = False
        self.log.close()

    def _not_leader(self) -> LogError:
        return LogError(
            ErrorCode.NOT_LEADER_OR_FOLLOWER,
            f"Leader not local for partition {self.topic}-{self.index} on broker {self.broker_id}",
        )


class StrictPartition(Partition):
    """A partition that takes ``min.insync.replicas`` at its word, even if it has not as many replicas: as up to 3.6."""

    __slots__ = ()

    @property
    def has_enough_replicas(self) -> bool:
        """Whether acks=all may be promised."""
        return len(self.isr) >= self.min_insync_replicas
