"""How many connections there may be and how fast new ones come (ConnectionQuotas of the reference's SocketServer, KIP-402, KIP-612).

Theory. A new connection is accepted at once, then waits for its slot: until the broker and its listener are below ``max.connections``
and ``max.connection.creation.rate`` lets it in. Meanwhile the next ones wait in the backlog of the system. One of an address that has
``max.connections.per.ip`` already is closed. The inter-broker listener, where there are others, is protected: of the broker's
limits none holds for it. Where there are more connections than allowed all the same, because the limit was lowered or the protected
listener took a slot, those used least recently are closed.

Nothing of this exists while no limit is set: `Connections.quotas` is None then.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable

import attrs

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.checks import ADDRESS_LIMITS, address_limits
from kafkaemu.handlers.context import EndpointType, Peer

UNLIMITED = 2**31 - 1
_MAX, _RATE, _PER_IP = "max.connections", "max.connection.creation.rate", "max.connections.per.ip"


@attrs.frozen(kw_only=True)
class Limits:
    """The configured limits; ``by_listener`` and ``rate_by_listener`` hold only what is set for a listener of its own."""

    total: int
    by_listener: dict[str, int]
    per_address: int
    by_address: dict[str, int]
    rate: int
    rate_by_listener: dict[str, int]
    window_count: int
    window_ms: float

    @classmethod
    def of(
        cls, config: BrokerConfig, listeners: Iterable[str], addresses_of: Callable[[str], Iterable[str]]
    ) -> Limits | None:
        """What ``config`` says for these listeners; None where nothing is limited. ``addresses_of`` looks a host up, and gives its
        addresses as `Peer.host` has them."""
        names = tuple(listeners)
        limits = cls(
            total=config[_MAX],
            by_listener=_own(config, names, _MAX),
            per_address=config[_PER_IP],
            by_address={
                address: limit
                for host, limit in address_limits(config[ADDRESS_LIMITS]).items()
                for address in addresses_of(host)
            },
            rate=config[_RATE],
            rate_by_listener=_own(config, names, _RATE),
            window_count=config["quota.window.num"],
            window_ms=config["quota.window.size.seconds"] * 1000.0,
        )
        numbers = (limits.total, limits.per_address, limits.rate)
        is_any = any(number < UNLIMITED for number in numbers)
        return limits if is_any or limits.by_listener or limits.by_address or limits.rate_by_listener else None


def _own(config: BrokerConfig, listeners: Iterable[str], name: str) -> dict[str, int]:
    own = {listener: config.of_listener(listener, name) for listener in listeners}
    return {listener: value for listener, value in own.items() if value is not None}


class _Rate:
    """Events per second over the last windows (Rate and SampledStat of the reference)."""

    def __init__(self, per_second: int, window_count: int, window_ms: float) -> None:
        self._bound = per_second
        self._count = window_count
        self._window_ms = window_ms
        #: Begin of a window, and how many events it has.
        self._windows: deque[list[float]] = deque()

    def record(self, now_ms: float) -> float:
        """Count one event; returns for how many milliseconds whoever caused it should wait."""
        windows, window_ms = self._windows, self._window_ms
        if not windows or now_ms - windows[-1][0] >= window_ms:
            windows.append([now_ms, 0.0])
        windows[-1][1] += 1
        while now_ms - windows[0][0] >= window_ms * self._count:
            windows.popleft()
        elapsed_ms = now_ms - windows[0][0]
        missing = self._count - 1 - elapsed_ms // window_ms
        span_ms = elapsed_ms + max(missing, 0) * window_ms
        # With a single window the first event is at its very begin.
        span_ms = max(span_ms, window_ms)
        value = sum(count for _, count in windows) * 1000 / span_ms
        if value <= self._bound:
            return 0.0
        return min((value - self._bound) / self._bound * span_ms, window_ms)


class ConnectionQuotas:
    """Counts the open connections and holds the next ones against `Limits`.

    ``protected`` is the inter-broker listener if there are others, else None; ``peers`` are those who are here.
    """

    def __init__(self, limits: Limits, protected: str | None, peers: Iterable[Peer]) -> None:
        self._limits = limits
        self.protected = protected
        self._by_listener: Counter[str] = Counter()
        self._by_address: Counter[str] = Counter()
        windows = limits.window_count, limits.window_ms
        self._rate = _Rate(limits.rate, *windows) if limits.rate < UNLIMITED else None
        self._rates = {name: _Rate(rate, *windows) for name, rate in limits.rate_by_listener.items()}
        for peer in peers:
            self.on_opened(peer)

    def on_opened(self, peer: Peer) -> None:
        """It takes a slot, unless it is the controller's client."""
        if peer.endpoint_type is EndpointType.BROKER:
            self._by_listener[peer.listener] += 1
            self._by_address[peer.host] += 1

    def on_closed(self, peer: Peer) -> None:
        """Its slot is free."""
        if peer.endpoint_type is EndpointType.BROKER:
            self._by_listener[peer.listener] -= 1
            self._by_address[peer.host] -= 1

    def throttle_ms(self, listener: str, now_ms: float) -> float:
        """Somebody connects: how long it has to wait because of the rate, in milliseconds of real time."""
        own = self._rates.get(listener)
        waits_ms = own.record(now_ms) if own is not None else 0.0
        if self._rate is not None and listener != self.protected:
            waits_ms = max(waits_ms, self._rate.record(now_ms))
        return waits_ms

    def has_slot(self, listener: str) -> bool:
        """Whether one more may be open on ``listener``."""
        if self._by_listener[listener] >= self._limits.by_listener.get(listener, UNLIMITED):
            return False
        return listener == self.protected or self._by_listener.total() < self._limits.total

    def refusal(self, host: str) -> str | None:
        """Why a client of this address may not have one more connection; None if it may."""
        limit = self._limits.by_address.get(host, self._limits.per_address)
        if self._by_address[host] < limit:
            return None
        return f"address already has the configured maximum of {limit} connections"

    def may_be_closed(self, peer: Peer) -> bool:
        """Whether a connection may be closed to make room."""
        return peer.endpoint_type is EndpointType.BROKER and peer.listener != self.protected

    @property
    def excess(self) -> int:
        """How many connections there are above ``max.connections``; negative for free slots."""
        return self._by_listener.total() - self._limits.total
