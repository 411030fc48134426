"""A world of its own inside the process: a clock that is moved by hand, pipes, files and randomness that repeat."""

from kafkaemu.world.memory.clock import MovedClock
from kafkaemu.world.memory.disk import MemoryDisk
from kafkaemu.world.memory.entropy import SeededEntropy
from kafkaemu.world.memory.network import MemoryConnection, MemoryNetwork, connection_pair

__all__ = ["MemoryConnection", "MemoryDisk", "MemoryNetwork", "MovedClock", "SeededEntropy", "connection_pair"]
