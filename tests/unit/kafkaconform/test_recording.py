"""Recording and replaying against a broker made of a few canned answers."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from kafkaconform.goldens import Unfinished, golden_path, laid_out, read_golden, record_probe, replay, write_golden
from kafkaconform.groups import everything
from kafkaconform.prepare import UNKNOWN_UUID, produce_request
from kafkaconform.probes.fetch import fetch
from kafkaconform.probes.find_coordinator import find
from kafkaconform.registry import Probe, all_probes
from kafkaconform.session import Session, said_only_until
from kafkaconform.wire import NotReproduced, decode_answer
from kafkawire import compiler
from kafkawire.declare import TopLevel
from kafkawire.messages.api_versions import ApiVersionsResponse
from kafkawire.messages.list_groups import ListedGroup, ListGroupsRequest, ListGroupsResponse

Answer = Callable[[int], bytes | None]


@contextmanager
def canned(answer: Answer) -> Iterator[int]:
    """A server on a free port: ``answer`` gives the body of the n-th answer, None closes the connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    numbers = iter(range(1000))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(ConnectionError):  # the client may go while it is answered
                while head := connection.recv(4):
                    frame = connection.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL)
                    body = answer(next(numbers))
                    if body is None:
                        break
                    reply = frame[4:8] + body
                    connection.sendall(len(reply).to_bytes(4, "big") + reply)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def listed(*groups: str) -> bytes:
    """A ListGroups answer of version 1."""
    response = ListGroupsResponse(groups=[ListedGroup(group_id=group, protocol_type="x") for group in groups])
    return compiler.encode(response, 1)


def run(session: Session) -> None:
    """Asks once."""
    session.connect().ask(ListGroupsRequest(), 1)


PROBE = Probe("list_groups", "canned", "what a canned broker says", run)


def test_a_probe_that_gives_the_same_twice_is_recorded() -> None:
    with canned(lambda number: listed("g")) as port:
        golden, unstable = record_probe(PROBE, "127.0.0.1", port, release="4.3.1")
    assert unstable == []
    (step,) = golden["steps"]
    assert step["request"] == "ListGroups v1"
    assert step["outcome"]["answer"]["groups"] == [{"group_id": "g", "protocol_type": "x"}]


def test_two_recordings_that_differ_are_told_apart() -> None:
    with canned(lambda number: listed(f"g{number}")) as port:
        _, unstable = record_probe(PROBE, "127.0.0.1", port, release="4.3.1")
    assert unstable == [("steps[0].outcome.answer.groups[0].group_id", "g0", "g1")]


def test_bytes_behind_an_answer_are_refused() -> None:
    with canned(lambda number: listed() + b"\x00") as port, pytest.raises(Unfinished, match="behind"):
        record_probe(PROBE, "127.0.0.1", port, release="4.3.1")


def test_a_closed_connection_is_an_outcome() -> None:
    with canned(lambda number: None) as port:
        golden, unstable = record_probe(PROBE, "127.0.0.1", port, release="4.3.1")
    assert (golden["steps"][0]["outcome"], unstable) == ("closed", [])


def test_replay_names_what_differs(tmp_path: Path) -> None:
    with canned(lambda number: listed("g")) as port:
        golden, _ = record_probe(PROBE, "127.0.0.1", port, release="4.3.1")
        path = golden_path(tmp_path, "4.3.1", PROBE)
        write_golden(path, golden)
        assert read_golden(path) == golden
        assert replay(PROBE, "127.0.0.1", port, folder=tmp_path, release="4.3.1") == []
    with canned(lambda number: listed("h")) as port:
        assert replay(PROBE, "127.0.0.1", port, folder=tmp_path, release="4.3.1") == [
            ("steps[0].outcome.answer.groups[0].group_id", "g", "h")
        ]


def test_an_answer_that_is_never_read_fails_the_probe() -> None:
    def forgetful(session: Session) -> None:
        session.connect().send(ListGroupsRequest(), 1)

    with canned(lambda number: listed()) as port, pytest.raises(Unfinished, match="never read"):
        record_probe(Probe("list_groups", "forgetful", "x", forgetful), "127.0.0.1", port, release="4.3.1")


def test_layout_puts_what_fits_on_one_line() -> None:
    assert laid_out({"a": [1, 2]}) == '{"a": [1, 2]}'
    long = {"a": ["x" * 70, "y" * 70]}
    assert laid_out(long) == '{\n "a": [\n  "' + "x" * 70 + '",\n  "' + "y" * 70 + '"\n ]\n}'


def test_probes_are_selected_by_api_or_glob() -> None:
    assert {probe.api for probe in all_probes("metadata")} == {"metadata"}
    assert [probe.path for probe in all_probes("metadata/no_*")] == ["metadata/no_topics"]
    assert {probe.api for probe in all_probes("metadata/no_*", "fetch", "metadata")} == {"fetch", "metadata"}
    assert all_probes("nothing") == []


def test_an_answer_that_encodes_to_other_bytes_is_refused() -> None:
    # tag 3 written out although it holds its default: legal, but no broker of ours would write it
    body = compiler.encode(ApiVersionsResponse(), 3)[:-1] + b"\x01\x03\x01\x00"
    assert decode_answer(ApiVersionsResponse, 3, bytes(4) + body, check=False)[1] == ApiVersionsResponse()
    with pytest.raises(NotReproduced, match="encodes again as"):
        decode_answer(ApiVersionsResponse, 3, bytes(4) + body, check=True)


@pytest.mark.parametrize(
    ("request_", "wanted", "actual", "lost"),
    [
        (fetch("orders", replica_id=7), 17, 11, None),
        (fetch(topic_id=UNKNOWN_UUID), 17, 11, "topic_id"),
        (produce_request("orders", topic_id=UNKNOWN_UUID), 13, 9, None),
        (everything("group"), 9, 7, None),
        (find("one"), 4, 3, None),
        (find("one", "two"), 4, 3, "coordinator_keys"),
    ],
)
def test_what_an_older_version_says_in_another_field_is_not_lost(
    request_: TopLevel, wanted: int, actual: int, lost: str | None
) -> None:
    assert said_only_until(request_, wanted, actual) == lost
