"""What a connection does with bytes that are no good request, and with several requests at once.

Heartbeat for a group that nobody has is the request throughout: its answer is the same in every run.
"""

from collections.abc import Iterator

from kafkaconform.batches import batch
from kafkaconform.prepare import group_name, make_topic, produce_request
from kafkaconform.probes.api_versions import only_error
from kafkaconform.probes.fetch import fetch, part
from kafkaconform.probes.list_offsets import ask_for
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkaconform.wire import request_frame
from kafkawire import compiler
from kafkawire.index import APIS
from kafkawire.messages.api_versions import ApiVersionsRequest
from kafkawire.messages.heartbeat import HeartbeatRequest
from kafkawire.messages.list_offsets import ListOffsetsRequest

HEARTBEAT = 12
BEAT = HeartbeatRequest(group_id="nobody", generation_id=1, member_id="m")


def framed(body: bytes, version: int = 0, *, api_key: int = HEARTBEAT, client_id: str | None = "c") -> bytes:
    """A request with any body."""
    return request_frame(api_key, version, body, flexible=version >= 4, correlation_id=7, client_id=client_id)


def sent(payload: bytes) -> bytes:
    """A frame of any content."""
    return len(payload).to_bytes(4, "big") + payload


def each_on_its_own(session: Session, cases: list[bytes]) -> None:
    """Sends each case on a connection of its own."""
    group_name(session)  # the coordinator is up
    for data in cases:
        session.connect().send_bytes(data)


@probe
def bad_lengths(session: Session) -> None:
    """A frame length that is negative or over 100 MiB closes the connection; so does a frame too short for a
    header.
    """
    lengths = [-1, -2_147_483_648, 104_857_601, 2_147_483_647]
    cases = [length.to_bytes(4, "big", signed=True) for length in lengths]
    each_on_its_own(session, [*cases, sent(b""), sent(b"\x00"), sent(bytes(7))])


@probe
def unknown_apis_and_versions(session: Session) -> None:
    """An API that does not exist, or a version that is not served, closes the connection."""
    body = compiler.encode(BEAT, 0)
    cases = [framed(body, api_key=key) for key in (999, -1, 32_767, 4, 7)]
    cases += [framed(body, version) for version in (5, 100, -1)]
    cases += [framed(bytes(40), 3, api_key=1), framed(bytes(40), 1, api_key=19), framed(bytes(40), 0, api_key=20)]
    each_on_its_own(session, cases)


@probe
def broken_headers(session: Session) -> None:
    """A client id may be null or empty; one that is cut, or longer than the frame, closes the connection."""
    body = compiler.encode(BEAT, 0)
    head = (12).to_bytes(2, "big") + (0).to_bytes(2, "big") + (7).to_bytes(4, "big")
    cases = [
        framed(body, client_id=None),
        framed(body, client_id=""),
        sent(head),
        sent(head + b"\x00"),
        sent(head + b"\x00\x05ab"),
        sent(head + b"\x7f\xff" + body),
        sent(head + b"\x00\x02\xff\xfe" + body),
        sent(head + b"\xff\xfe" + body),
    ]
    each_on_its_own(session, cases)


@probe
def broken_bodies(session: Session) -> None:
    """A body that ends early or claims more than is there closes the connection; bytes behind a whole one
    are not looked at.
    """
    old, flexible = compiler.encode(BEAT, 0), compiler.encode(BEAT, 4)
    cases = [framed(old[:cut]) for cut in (0, 1, 5, len(old) - 1)]
    cases += [framed(flexible[:cut], 4) for cut in (0, 1, 5, len(flexible) - 1)]
    cases += [framed(old + b"junk"), framed(flexible + b"junk", 4)]
    cases += [framed(b"\x7f\xff" + old[2:]), framed(b"\xff\xff\xff\xff\x0f" + flexible[1:], 4)]
    cases += [framed(b"\xff\xff" + old[8:]), framed(b"\x00" + flexible[7:], 4)]
    cases += [framed(b"\x00\x02\xff\xfe" + old[8:]), framed(b"\x03\xff\xfe" + flexible[7:], 4)]
    cases += [framed(b"\x80\x80\x80\x80\x80\x80\x00" + flexible[1:], 4)]
    each_on_its_own(session, cases)


@probe
def tagged_fields(session: Session) -> None:
    """Unknown tags are skipped, in any order and twice over; one that claims more than is there closes the
    connection.
    """
    flexible = compiler.encode(BEAT, 4)[:-1]
    cases = [
        flexible + b"\x01\x63\x02ab",
        flexible + b"\x02\x63\x00\x62\x00",
        flexible + b"\x02\x63\x01a\x63\x01b",
        flexible + b"\x01\x63\x7f",
        flexible + b"\x02\x63\x00",
        flexible + b"\xff\xff\xff\xff\x0f",
    ]
    each_on_its_own(session, [framed(case, 4) for case in cases])


@probe
def claimed_arrays(session: Session) -> None:
    """An array longer than what remains closes the connection; a negative length is null, which ListOffsets
    has no use for.
    """
    whole = compiler.encode(ask_for("nobody", -1), 1)
    cases = [
        whole[:4] + length.to_bytes(4, "big", signed=True) + whole[8:]
        for length in (2, 1_000, 2_147_483_647, 0, -1, -2)
    ]
    each_on_its_own(session, [framed(case, 1, api_key=ListOffsetsRequest.KEY) for case in cases])


@probe
def answers_in_order(session: Session) -> None:
    """Requests of a connection are answered in order, also behind one that waits."""
    group_name(session)
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    waiting = connection.send(fetch(name, part(), max_wait_ms=300, min_bytes=1), 11)
    behind = [connection.send(BEAT, version) for version in (0, 4, 2)]
    last = connection.send(ApiVersionsRequest(), 0, view=only_error)
    waiting.answer()
    for pending in [*behind, last]:
        pending.answer()


@probe
def unanswered_between_others(session: Session) -> None:
    """acks=0 takes no place among the answers."""
    group_name(session)
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    first = connection.send(BEAT, 0)
    silent = connection.send(produce_request(name, batch(), acks=0), 9)
    second = connection.send(BEAT, 0)
    first.answer()
    second.answer()
    silent.answer(timeout_s=0.3)


def bodies(session: Session) -> Iterator[tuple[int, int, bytes]]:
    """Of every API of brokers, in the oldest and the newest version: key, version, and a request with nothing set."""
    for key, api in sorted(APIS.items()):
        versions = session.versions(api.request)
        for version in sorted({versions[0], versions[-1]}) if versions else ():
            yield key, version, compiler.encode(api.request(), version)


def framed_for(key: int, version: int, body: bytes) -> bytes:
    """A request of any API with any body."""
    flexible = APIS[key].request_header_version(version) == 2
    return request_frame(key, version, body, flexible=flexible, correlation_id=7, client_id="c")


@probe
def cut_bodies_of_every_api(session: Session) -> None:
    """Whatever is asked, without its last byte it closes the connection."""
    each_on_its_own(session, [framed_for(key, version, body[:-1]) for key, version, body in bodies(session) if body])


@probe
def noise_for_every_api(session: Session) -> None:
    """Bytes that claim lengths beyond the end, in every API: the connection is closed."""
    cases = [framed_for(key, version, b"\x7f" * 48) for key, version, body in bodies(session) if body]
    each_on_its_own(session, cases)
