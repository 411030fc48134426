"""The machine's randomness."""

from __future__ import annotations

import os

from kafkaemu.world.interface import Entropy
from kafkaemu.world.uuids import kafka_uuid


class RealEntropy(Entropy):
    """Random bytes of the operating system."""

    __slots__ = ()

    def token(self, size: int) -> bytes:
        return os.urandom(size)

    def below(self, bound: int) -> int:
        assert bound > 0, bound
        # 64 bits more than the bound needs: the bias of the remainder is below 2^-64.
        return int.from_bytes(os.urandom(bound.bit_length() // 8 + 9), "big") % bound

    def uuid(self) -> bytes:
        return kafka_uuid(self.token)
