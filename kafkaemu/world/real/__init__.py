"""The machine's own clock, sockets, files and randomness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from kafkaemu.world.real.clock import RealClock
from kafkaemu.world.real.disk import RealDisk
from kafkaemu.world.real.entropy import RealEntropy
from kafkaemu.world.real.network import RealNetwork

if TYPE_CHECKING:
    from kafkaemu.world.interface import Clock, Disk, Entropy, Network


@attrs.define(eq=False)
class RealWorld:
    """The four real seams; a test replaces one by its memory half."""

    clock: Clock = attrs.field(factory=RealClock)
    network: Network = attrs.field(factory=RealNetwork)
    disk: Disk = attrs.field(factory=RealDisk)
    entropy: Entropy = attrs.field(factory=RealEntropy)


__all__ = ["RealClock", "RealDisk", "RealEntropy", "RealNetwork", "RealWorld"]
