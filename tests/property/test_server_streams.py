"""However a stream of requests is cut, and whenever what they wait for happens: every answer comes, once, in order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kafkaemu.delayed import Parked
from kafkaemu.handlers.context import NO_ANSWER, Answer, Context, Request
from kafkaemu.world.interface import Turn
from kafkawire.messages.heartbeat import HeartbeatRequest, HeartbeatResponse
from tests.support.serving import Client, Serving, framed

AT_ONCE, NEVER_ANSWERED, WAITS, FAILS = range(4)


class Handlers:
    """Answers a request by the kind in its member id; what waits is completed by `complete`."""

    def __init__(self) -> None:
        self.serving = Serving({HeartbeatRequest.KEY: self.handle})
        self.done: set[int] = set()
        self.waiting: list[int] = []

    def handle(self, context: Context, request: Request, body: HeartbeatRequest) -> Answer:
        kind, number = int(body.member_id), body.generation_id
        if kind == NEVER_ANSWERED:
            return NO_ANSWER
        if kind == FAILS:
            raise RuntimeError("on purpose")
        if kind == WAITS:
            self.waiting.append(number)
            return Parked((number,), lambda: HeartbeatResponse() if number in self.done else None)
        return HeartbeatResponse()

    def complete(self, place: int) -> None:
        """What one of the waiting requests waits for happens."""
        if self.waiting:
            number = self.waiting.pop(place % len(self.waiting))
            self.done.add(number)
            self.serving.waiting.touch(number)


def streams() -> st.SearchStrategy[list[list[int]]]:
    """Kinds of the requests of each client."""
    kinds = st.sampled_from([AT_ONCE, AT_ONCE, NEVER_ANSWERED, WAITS, FAILS])
    return st.lists(st.lists(kinds, min_size=1, max_size=40), min_size=1, max_size=3)


@settings(max_examples=120, deadline=None)
@given(
    streams(),
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 400)), max_size=60),
    st.lists(st.integers(0, 10), max_size=60),
)
def test_every_answer_comes_once_and_in_order(
    kinds: list[list[int]], pieces: list[tuple[int, int]], completions: list[int]
) -> None:
    handlers = Handlers()
    clients: list[Client] = [handlers.serving.connect() for _ in kinds]
    numbers = iter(range(10_000))
    expected: list[list[int]] = []
    rests = []
    for stream in kinds:
        ids = [next(numbers) for _ in stream]
        requests = [
            framed(HeartbeatRequest(group_id="g", generation_id=number, member_id=str(kind)), 4, number)
            for number, kind in zip(ids, stream, strict=True)
        ]
        rests.append(b"".join(requests))
        expected.append([number for number, kind in zip(ids, stream, strict=True) if kind != NEVER_ANSWERED])
    # Pieces of the streams and completions in any order …
    for step in range(max(len(pieces), len(completions))):
        if step < len(pieces):
            which, size = pieces[step]
            which %= len(clients)
            clients[which].send(rests[which][:size])
            rests[which] = rests[which][size:]
            clients[which].pump()
        if step < len(completions):
            handlers.complete(completions[step])
    # … then the rest, and everything that is waited for.
    for client, rest in zip(clients, rests, strict=True):
        client.send(rest)
    for _ in range(2000):
        states = [client.run() for client in clients]
        if all(state is Turn.READ for state in states):
            break
        handlers.complete(0)
    for client, ids in zip(clients, expected, strict=True):
        assert [number for number, _ in client.answers(HeartbeatResponse, 4)] == ids
    assert len(handlers.serving.waiting) == 0
    assert handlers.serving.connections.yielding == 0
