"""What of Java's hashing shows through the protocol: which partition holds a group, and who wins a tied vote."""

from __future__ import annotations

from collections.abc import Iterable

_MINIMUM = -(2**31)


def string_hash(text: str) -> int:
    """``String.hashCode``: over UTF-16 code units, as a signed 32-bit number."""
    value = 0
    units = text.encode("utf-16-be", "surrogatepass")
    for position in range(0, len(units), 2):
        value = (31 * value + (units[position] << 8 | units[position + 1])) & 0xFFFFFFFF
    return value - 2**32 if value >= 2**31 else value


def partition_for(key: str, partitions: int) -> int:
    """The partition of an internal topic that holds ``key``: ``Utils.abs(hashCode) % partitions``, where the smallest number,
    which has no positive counterpart, counts as 0."""
    value = string_hash(key)
    return 0 if value == _MINIMUM else abs(value) % partitions


def hash_map_order(keys: Iterable[str]) -> list[str]:
    """Distinct keys in the order in which Java's ``HashMap`` goes over them when they were put in this order."""
    distinct = list(dict.fromkeys(keys))
    buckets = 16
    while len(distinct) > buckets * 3 // 4:
        buckets *= 2

    def bucket(key: str) -> int:
        value = string_hash(key) & 0xFFFFFFFF
        return (value ^ value >> 16) & (buckets - 1)

    return sorted(distinct, key=bucket)
