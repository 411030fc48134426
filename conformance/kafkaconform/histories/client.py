"""A client of a workload: one connection at a time, requests in versions that every broker since Kafka 2.4 serves."""

import contextlib
from typing import Any

from kafkaconform.session import response_class
from kafkaconform.wire import ConnectionClosed, NoAnswer, RawConnection, decode_answer, frame_of
from kafkawire.declare import TopLevel
from kafkawire.index import APIS

ANSWER_TIMEOUT_S = 15.0
#: The version in which a workload asks each API.
_VERSIONS = {
    "CreateTopics": 5,
    "DeleteTopics": 4,
    "Fetch": 11,
    "FindCoordinator": 2,
    "Heartbeat": 3,
    "InitProducerId": 1,
    "JoinGroup": 5,
    "LeaveGroup": 3,
    "ListOffsets": 5,
    "Metadata": 8,
    "OffsetCommit": 7,
    "OffsetFetch": 5,
    "Produce": 8,
    "SyncGroup": 3,
}


class Unexpected(Exception):
    """The broker answered what no correct broker answers here, or nothing; the text is one sentence."""


class Client:
    """Connects when it has something to ask, and again after `cut`."""

    def __init__(self, host: str, port: int, name: str) -> None:
        self.name = name
        self._address = (host, port)
        self._connection: RawConnection | None = None
        self._correlation_id = 0

    def send(self, request: TopLevel) -> int:
        """Sends a request; its answer is due in its turn. Returns its correlation id. Raises `Unexpected`."""
        self._correlation_id += 1
        try:
            self._connected().send(self._frame(request))
        except ConnectionClosed:
            raise Unexpected(f"The connection of {self.name} was closed while it sent a request.") from None
        return self._correlation_id

    def send_part(self, request: TopLevel, share: float) -> None:
        """Sends the first bytes of a request, and never the rest."""
        self._correlation_id += 1
        frame = self._frame(request)
        with contextlib.suppress(ConnectionClosed):
            self._connected().send(frame[: int(len(frame) * share)])

    def receive(self, request: TopLevel, correlation_id: int) -> Any:
        """The answer to a request that `send` sent. Raises `Unexpected`."""
        api = APIS[request.KEY].name
        try:
            frame = self._connected().receive_frame(ANSWER_TIMEOUT_S)
        except ConnectionClosed:
            raise Unexpected(f"The connection of {self.name} was closed where {api} was to be answered.") from None
        except NoAnswer:
            raise Unexpected(f"{self.name} got no answer to {api} in {ANSWER_TIMEOUT_S:.0f} s.") from None
        answered, answer = decode_answer(response_class(type(request)), _VERSIONS[api], frame, check=False)
        if answered != correlation_id:
            raise Unexpected(f"{self.name} got answer {answered} where that to {api}, {correlation_id}, was due.")
        return answer

    def ask(self, request: TopLevel) -> Any:
        """Sends a request and receives its answer. Raises `Unexpected`."""
        return self.receive(request, self.send(request))

    def cut(self) -> None:
        """Closes the connection, whatever is under way."""
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.close()
            self._connection = None

    def _connected(self) -> RawConnection:
        if self._connection is None:
            self._connection = RawConnection(*self._address)
        return self._connection

    def _frame(self, request: TopLevel) -> bytes:
        version = _VERSIONS[APIS[request.KEY].name]
        return frame_of(request, version, correlation_id=self._correlation_id, client_id=self.name)
