"""What a run learns of the brokers it talks to: what they offer, what they leave unanswered, and what they were asked last."""

import functools
from typing import NamedTuple

import attrs

from kafkaconform.reach import offered_versions, why_unreachable
from kafkawire.declare import TopLevel
from kafkawire.index import APIS

#: How long to wait for something of a kind that did not come before.
IMPATIENT_S = 2.0


class NotOffered(Exception):
    """A broker does not offer what it would have to be asked. ``what`` is that: ``Fetch v18``, or ``Fetch`` for all of it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not offered")
        self.what = what


@attrs.define(slots=False)
class Peer:
    """A broker, or a controller, at one address.

    ``asks_unoffered``: whether it is asked what it does not offer, too.
    """

    host: str
    port: int
    asks_unoffered: bool = False
    _in_vain: set[str] = attrs.field(factory=set, init=False)

    @functools.cached_property
    def offered(self) -> dict[int, range] | None:
        """Versions by API key, as it answers ApiVersions; None where that cannot be had, or does not matter."""
        return None if self.asks_unoffered else offered_versions(self.host, self.port)

    @functools.cached_property
    def silence(self) -> str | None:
        """Why nothing could be asked of it when that was first tried, in one sentence; None where it answered."""
        return why_unreachable(self.host, self.port)

    def nearest(self, api_key: int, version: int) -> int:
        """``version`` if it is offered, else the newest older one, else the oldest there is.

        Raises:
            NotOffered: the API is not offered at all.
        """
        if self.offered is None:
            return version
        offered = self.offered.get(api_key)
        if not offered:
            raise NotOffered(APIS[api_key].name)
        return min(max(version, offered[0]), offered[-1])

    def patience_s(self, kind: str, usual_s: float) -> float:
        """How long to wait for something of a kind: the usual time, less once it did not come at all."""
        return min(usual_s, IMPATIENT_S) if kind in self._in_vain else usual_s

    def note_wait(self, kind: str, *, came: bool) -> None:
        """Notes how a wait of `patience_s` ended."""
        if came:
            self._in_vain.discard(kind)
        else:
            self._in_vain.add(kind)


class LastAsked(NamedTuple):
    """What was sent last: a request in a version of its API, or bytes."""

    peer: Peer
    sent: TopLevel | bytes
    version: int = 0


@attrs.define
class Peers:
    """The brokers and controllers that one run talks to, by address.

    ``asks_unoffered`` is as of each `Peer`; ``last_asked`` is None before the first request.
    """

    asks_unoffered: bool = False
    last_asked: LastAsked | None = None
    _known: dict[tuple[str, int], Peer] = attrs.field(factory=dict, init=False)

    def at(self, host: str, port: int) -> Peer:
        """Who listens there."""
        return self._known.setdefault((host, port), Peer(host, port, self.asks_unoffered))
