"""Which leader epoch begins at which offset of a log (KIP-101, KIP-279).

Invariant 4: epochs and their start offsets both increase strictly, so the cache equals a scan of the log's batches, plus epochs that
began without having written yet. Behaves as LeaderEpochFileCache of the reference.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

NO_EPOCH = -1
NO_OFFSET = -1


class LeaderEpochs:
    """Epochs with the offset of the first batch each has (or would have) written; nothing of it does I/O."""

    __slots__ = ("_epochs", "_starts")

    def __init__(self) -> None:
        # They change once in an election: tuples are smaller than lists, and nothing for the collector of garbage to look into.
        self._epochs: tuple[int, ...] = ()
        self._starts: tuple[int, ...] = ()

    @property
    def latest(self) -> int:
        """The newest epoch; -1 if there is none."""
        return self._epochs[-1] if self._epochs else NO_EPOCH

    def entries(self) -> list[tuple[int, int]]:
        """(epoch, start offset), oldest first."""
        return list(zip(self._epochs, self._starts, strict=True))

    def assign(self, epoch: int, start_offset: int) -> None:
        """From ``start_offset`` on batches are of ``epoch``. Without effect if that epoch is already the latest one and began there
        or earlier. Entries that the new one contradicts (a later start, the same or a later epoch) are dropped."""
        assert epoch >= 0 and start_offset >= 0, (epoch, start_offset)
        epochs, starts = self._epochs, self._starts
        if epochs and epochs[-1] == epoch and start_offset >= starts[-1]:
            return
        keep = len(epochs)
        while keep and (epochs[keep - 1] >= epoch or starts[keep - 1] >= start_offset):
            keep -= 1
        self._epochs = (*epochs[:keep], epoch)
        self._starts = (*starts[:keep], start_offset)

    def epoch_at(self, offset: int) -> int:
        """Epoch of the batch at ``offset``; -1 before the first known epoch."""
        index = bisect_right(self._starts, offset) - 1
        return self._epochs[index] if index >= 0 else NO_EPOCH

    def end_offset_for(self, epoch: int, log_end_offset: int) -> tuple[int, int]:
        """The largest epoch not above ``epoch``, and the offset at which it ended (OffsetForLeaderEpoch).

        (-1, -1) for an epoch unknown and above all known ones. An epoch below all known ones ends where the first known one begins.
        """
        epochs = self._epochs
        if not epochs or epoch == NO_EPOCH:
            return NO_EPOCH, NO_OFFSET
        if epoch == epochs[-1]:
            return epoch, log_end_offset
        following = bisect_right(epochs, epoch)
        if following == len(epochs):
            return NO_EPOCH, NO_OFFSET
        if following == 0:
            return epoch, self._starts[0]
        return epochs[following - 1], self._starts[following]

    def truncate_from_end(self, end_offset: int) -> None:
        """The log ends at ``end_offset`` now: forget epochs that begin there or later."""
        keep = bisect_left(self._starts, end_offset)
        self._epochs, self._starts = self._epochs[:keep], self._starts[:keep]

    def truncate_from_start(self, start_offset: int) -> None:
        """The log starts at ``start_offset`` now: the epoch at that offset begins there, older ones are forgotten."""
        index = bisect_right(self._starts, start_offset) - 1
        if index >= 0:
            self._epochs, self._starts = self._epochs[index:], (start_offset, *self._starts[index + 1 :])

    def clear(self) -> None:
        """Forget everything."""
        self._epochs = self._starts = ()
