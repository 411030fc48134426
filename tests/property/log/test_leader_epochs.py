"""The epoch cache against a scan of batches (invariant 4)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kafkaemu.log.leader_epochs import LeaderEpochs


def scan_of(epoch_by_offset: dict[int, int], start_offset: int) -> list[tuple[int, int]]:
    entries: list[tuple[int, int]] = []
    for offset in sorted(epoch_by_offset):
        if not entries or entries[-1][0] != epoch_by_offset[offset]:
            entries.append((epoch_by_offset[offset], max(offset, start_offset)))
    return entries


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("append"), st.integers(0, 3), st.integers(1, 5)),
            st.tuples(st.just("cut end"), st.integers(0, 10), st.just(0)),
            st.tuples(st.just("cut start"), st.integers(0, 10), st.just(0)),
        ),
        max_size=40,
    )
)
def test_the_cache_equals_a_scan(steps: list[tuple[str, int, int]]) -> None:
    """Every offset is a batch of its own, so that truncation always falls between two."""
    cache = LeaderEpochs()
    epoch_by_offset: dict[int, int] = {}
    epoch = start = end = 0
    for what, amount, count in steps:
        if what == "append":
            epoch += amount
            for offset in range(end, end + count):
                cache.assign(epoch, offset)
                epoch_by_offset[offset] = epoch
            end += count
        elif what == "cut end":
            end = max(start + 1, end - amount) if end > start else end
            epoch_by_offset = {offset: old for offset, old in epoch_by_offset.items() if offset < end}
            cache.truncate_from_end(end)
        elif end - start > amount:
            start += amount
            epoch_by_offset = {offset: old for offset, old in epoch_by_offset.items() if offset >= start}
            cache.truncate_from_start(start)
        assert cache.entries() == scan_of(epoch_by_offset, start)
        for offset in range(start, end):
            assert cache.epoch_at(offset) == epoch_by_offset[offset]
        for asked in range(-1, epoch + 2):
            known = [old for old in epoch_by_offset.values() if old <= asked]
            later = [offset for offset, old in epoch_by_offset.items() if old > asked]
            if asked < 0 or not epoch_by_offset or (not later and asked not in known):
                expected = (-1, -1)
            else:
                expected = (max(known, default=asked), min(later, default=end))
            assert cache.end_offset_for(asked, end) == expected
