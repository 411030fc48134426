"""Randomness that repeats."""

from __future__ import annotations

import random

from kafkaemu.world.interface import Entropy
from kafkaemu.world.uuids import kafka_uuid


class SeededEntropy(Entropy):
    """The same seed gives the same tokens, numbers and uuids in the same order."""

    __slots__ = ("_random",)

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)

    def token(self, size: int) -> bytes:
        return self._random.randbytes(size)

    def below(self, bound: int) -> int:
        assert bound > 0, bound
        return self._random.randrange(bound)

    def uuid(self) -> bytes:
        return kafka_uuid(self.token)
