"""The same calls to a broker that somebody else has started: Apache Kafka, or ours in another process."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from kafkaemu.testing.errors import BrokerError, BrokerTimeout, RequestRefused, is_told
from kafkaemu.testing.surface import ANYWHERE, Surface, refuse
from kafkaemu.testing.waiting import Deadline, pause
from kafkaemu.world.real import RealClock
from kafkawire.client import ClientConnection
from kafkawire.errors import ErrorCode
from kafkawire.framing import ProtocolViolation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

    from kafkaemu.testing.clock import BrokerClock
    from kafkawire.declare import TopLevel

__tracebackhide__ = is_told
CLIENT_ID = "kafkaemu-testing"
RECEIVE_BYTES = 65536
#: Between two questions for what the cluster has not told all its brokers yet.
PAUSE_S = 0.02


class ExternalBroker(Surface):
    """A cluster that runs elsewhere, without TLS and passwords. What tests make through it is deleted by `close`.

    ``bootstrap_servers`` are ``host:port``, several with commas. For one thread at a time.
    """

    def __init__(self, bootstrap_servers: str, *, timeout_s: float | None = None) -> None:
        super().__init__()
        if timeout_s is not None:
            self.timeout_s = timeout_s
        self._bootstrap = bootstrap_servers
        self._links: dict[int, _Link] = {}
        self._addresses: dict[int, tuple[str, int]] = {}
        self._made: list[str] = []
        self._clock = RealClock()

    def __enter__(self) -> Self:
        self._nodes()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Delete the topics that were made here, and disconnect."""
        for topic in self._made:
            with suppress(RequestRefused):
                self.delete_topic(topic)
        for link in self._links.values():
            link.close()
        self._links.clear()

    @property
    def bootstrap_servers(self) -> str:
        return self._bootstrap

    @property
    def clock(self) -> BrokerClock:
        raise BrokerError(f"the clock of {self._bootstrap} cannot be moved: it is no broker of this process")

    def create_topic(self, name: str, partitions: int = 1, *, config: Mapping[str, object] | None = None) -> None:
        super().create_topic(name, partitions, config=config)
        self._made.append(name)

    def delete_topic(self, name: str) -> None:
        super().delete_topic(name)
        # A broker is told of it a moment after its controller has answered; whoever asks next is not to find it there.
        for _ in self._attempts(Deadline(self.timeout_s)):
            if name not in self.topics():
                return

    def _ask(self, request: TopLevel, version: int, *, node: int = ANYWHERE, wait_s: float = 0) -> Any:
        timeout_s = self.timeout_s + wait_s
        link = self._links.get(node)
        if link is None:
            link = self._links[node] = self._connect(node)
        try:
            return link.ask(request, version, timeout_s)
        except TimeoutError:
            self._links.pop(node).close()
            raise BrokerTimeout(
                f"no answer from {link.where} within {timeout_s:g} s to {type(request).__name__}"
            ) from None
        except (OSError, ProtocolViolation) as error:
            self._links.pop(node).close()
            raise BrokerError(f"{link.where} does not answer as a broker: {error}") from None

    def _leaders(self, topic: str, *, create: bool = False) -> dict[int, int]:
        if create and (leaders := super()._leaders(topic)):
            return leaders
        leaders = super()._leaders(topic, create=create)
        if create:
            self._made.append(topic)
        return leaders

    def _connect(self, node: int) -> _Link:
        if node == ANYWHERE:
            addresses = [address_of(text) for text in self._bootstrap.split(",")]
        else:
            if node not in self._addresses:
                self._nodes()
            addresses = [self._addresses[node]] if node in self._addresses else []
        failure: object = f"there is no broker {node}"
        for host, port in addresses:
            try:
                return _Link(host, port, self.timeout_s)
            except OSError as error:
                failure = f"{host}:{port}: {error}"
        raise BrokerError(f"cannot connect: {failure}")

    # For the surface

    def _now_ms(self) -> int:
        return self._clock.now_ms()

    def _attempts(self, deadline: Deadline) -> Iterator[None]:
        yield
        while deadline.left_s > 0:
            pause(PAUSE_S)
            yield

    def _wait_for_topic(self, topic: str, deadline: Deadline) -> None:
        for _ in self._attempts(deadline):
            if self._leaders(topic):
                return

    def _coordinator(self, group: str) -> int:
        from kafkawire.messages.find_coordinator import FindCoordinatorRequest

        code = ErrorCode.NONE
        for _ in self._attempts(Deadline(self.timeout_s)):
            answer = self._ask(FindCoordinatorRequest(key=group, key_type=0), 3)
            code = ErrorCode(answer.error_code)
            if code == ErrorCode.NONE:
                return int(answer.node_id)
            if code != ErrorCode.COORDINATOR_NOT_AVAILABLE:
                break
        refuse(f"nobody coordinates group {group!r}", code)
        raise AssertionError("refused above")

    def _nodes(self) -> list[int]:
        from kafkawire.messages.metadata import MetadataRequest

        answer = self._ask(MetadataRequest(topics=[]), 9)
        self._addresses = {broker.node_id: (broker.host, broker.port) for broker in answer.brokers}
        return list(self._addresses)

    def _what_happened(self) -> str:
        return ""


class _Link:
    """One connection; one request at a time."""

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        self.where = f"{host}:{port}"
        self._socket = socket.create_connection((host, port), timeout_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = ClientConnection(CLIENT_ID)

    def ask(self, request: TopLevel, version: int, timeout_s: float) -> TopLevel:
        """The answer. Raises OSError (TimeoutError), or `ProtocolViolation`."""
        deadline = Deadline(timeout_s)
        connection = self._connection
        connection.send(request, version)
        for part in connection.take():
            self._socket.sendall(part)  # type: ignore[arg-type]
        while (answer := connection.next_answer()) is None:
            self._socket.settimeout(max(deadline.left_s, 0.001))
            data = self._socket.recv(RECEIVE_BYTES)
            if not data:
                raise ConnectionError("the connection was closed")
            connection.feed(data)
        return answer.message

    def close(self) -> None:
        """Disconnect."""
        self._socket.close()


def address_of(text: str) -> tuple[str, int]:
    """Host and port of ``host:port``. Raises `BrokerError`."""
    host, colon, port = text.strip().rpartition(":")
    if not colon or not port.isdecimal() or not host:
        raise BrokerError(f"{text!r} is no address: write host:port")
    return host.strip("[]"), int(port)
