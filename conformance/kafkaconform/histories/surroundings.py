"""What the clients of a workload share: where the broker is, how long to go on, chance, and the history."""

import threading
import time
from random import Random

import attrs

from kafkaconform.histories.client import Client
from kafkaconform.histories.history import History, Partition


@attrs.define
class Surroundings:
    """One run of a workload. ``suffix`` stands behind every name, so that runs do not meet; ``seed`` decides every choice of a client,
    though not how the clients' doings interleave.
    """

    host: str
    port: int
    suffix: str
    seed: int
    duration_s: float
    partitions: tuple[Partition, ...] = ()
    history: History = attrs.Factory(History)
    stopped: threading.Event = attrs.Factory(threading.Event)
    _deadline_s: float = attrs.field(init=False)
    _clients: list[Client] = attrs.field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        self._deadline_s = time.monotonic() + self.duration_s

    @property
    def is_over(self) -> bool:
        """Whether clients shall come to an end: their time is up, or another one has failed."""
        return self.stopped.is_set() or time.monotonic() >= self._deadline_s

    def client(self, name: str) -> Client:
        """A client; its connection is closed by `close` at the latest."""
        client = Client(self.host, self.port, name)
        self._clients.append(client)
        return client

    def chance(self, name: str) -> Random:
        """The choices of one client."""
        return Random(f"{self.seed} {name}")

    def close(self) -> None:
        """Closes every connection."""
        for client in self._clients:
            client.cut()
