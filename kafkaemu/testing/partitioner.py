"""Which partition a key goes to, as Java's clients have it (BuiltInPartitioner, Utils.murmur2)."""

from __future__ import annotations

_M = 0x5BD1E995
_MASK = 0xFFFFFFFF


def murmur2(data: bytes) -> int:
    """The 32 bits of MurmurHash2 with the seed of Kafka's producers."""
    length = len(data)
    h = 0x9747B28C ^ length
    end = length & ~3
    for position in range(0, end, 4):
        k = int.from_bytes(data[position : position + 4], "little") * _M & _MASK
        k = (k ^ k >> 24) * _M & _MASK
        h = (h * _M & _MASK) ^ k
    if length > end:
        h = (h ^ int.from_bytes(data[end:], "little")) * _M & _MASK
    h = (h ^ h >> 13) * _M & _MASK
    return h ^ h >> 15


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a record with this key, of so many."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions
