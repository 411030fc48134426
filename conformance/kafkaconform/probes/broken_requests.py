"""Bodies that are none, whatever is asked: every API of the release, in its newest version."""

from kafkaconform.registry import probe
from kafkaconform.releases import served_versions
from kafkaconform.session import Session
from kafkaconform.wire import request_frame
from kafkawire.index import APIS


def send_to_each_api(session: Session, body: bytes) -> None:
    """Sends a body to every API, each on a connection of its own."""
    for key, api in APIS.items():
        if served := served_versions(session.release, key):
            version = served[-1]
            flexible = api.flexible is not None and version >= api.flexible
            session.connect().send_bytes(request_frame(key, version, body, flexible=flexible, correlation_id=7))


@probe
def without_a_body(session: Session) -> None:
    """A header with nothing behind it closes the connection."""
    send_to_each_api(session, b"")


@probe
def all_bits_set(session: Session) -> None:
    """Lengths that are negative, or varints that never end, close the connection."""
    send_to_each_api(session, b"\xff" * 64)


@probe
def lengths_beyond_the_end(session: Session) -> None:
    """Lengths of two thousand million, where a few bytes are left, close the connection; nothing is reserved for them."""
    send_to_each_api(session, b"\xff\xff\xff\xff\x07" * 13)
