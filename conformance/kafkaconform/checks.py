"""What can be run: checks of every kind behind one interface, so that the runner need not know how a probe differs from a client."""

from collections.abc import Callable
from pathlib import Path

import attrs

from kafkaconform.peers import Peers
from kafkaconform.results import Kind, Result
from kafkaconform.wire import address_of


@attrs.frozen
class Target:
    """The broker that is judged, and by what.

    ``release`` names the release of Apache Kafka whose goldens, below ``goldens``, are expected. ``beside`` is the address of
    another broker, whose answers are expected instead. ``restart`` ends the broker and starts it again, where that can be done: None
    when it answers, or why it does not. ``peers`` holds what is learned of all of them on the way.
    """

    host: str
    port: int
    release: str
    goldens: Path
    beside: tuple[str, int] | None = None
    restart: Callable[[], str | None] | None = attrs.field(default=None, eq=False)
    peers: Peers = attrs.field(factory=Peers, eq=False)

    @property
    def bootstrap(self) -> str:
        """The address a client is given."""
        return address_of(self.host, self.port)


@attrs.frozen
class Check:
    """One thing that can be run against a `Target`; ``run`` returns how it ended and raises nothing that the broker can cause."""

    kind: Kind
    path: str
    holds: str
    run: Callable[[Target], Result]
