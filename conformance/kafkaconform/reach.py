"""Whether a broker can be talked to at all, and what it says that it can be asked."""

from kafkaconform.wire import (
    ConnectionClosed,
    NoAnswer,
    NotReproduced,
    RawConnection,
    address_of,
    decode_answer,
    frame_of,
)
from kafkawire.messages.api_versions import ApiVersionsRequest, ApiVersionsResponse
from kafkawire.primitives import MalformedMessage

ANSWER_TIMEOUT_S = 10.0


class Unreachable(Exception):
    """Nothing can be asked at an address; one sentence says why."""


def why_unreachable(host: str, port: int, timeout_s: float = ANSWER_TIMEOUT_S) -> str | None:
    """Why nothing can be asked at this address, in one sentence; None where a broker answers."""
    try:
        _versions(host, port, timeout_s)
    except Unreachable as reason:
        return str(reason)
    return None


def offered_versions(host: str, port: int) -> dict[int, range] | None:
    """Versions by API key, as the broker at this address answers ApiVersions; None where it does not."""
    try:
        answer = _versions(host, port, ANSWER_TIMEOUT_S)
    except Unreachable:
        return None
    return {api.api_key: range(api.min_version, api.max_version + 1) for api in answer.api_keys}


def _versions(host: str, port: int, timeout_s: float) -> ApiVersionsResponse:
    """What is answered to ApiVersions. Raises `Unreachable`."""
    address = address_of(host, port)
    try:
        connection = RawConnection(host, port, timeout_s=timeout_s)
    except OSError as failure:
        raise Unreachable(f"Nobody answers at {address}: {failure.strerror or failure}.") from None
    try:
        connection.send(frame_of(ApiVersionsRequest(), 0, correlation_id=1))
        return decode_answer(ApiVersionsResponse, 0, connection.receive_frame(timeout_s), check=False)[1]
    except ConnectionClosed:
        what = "it closed the connection"
    except NoAnswer:
        what = f"nothing came within {timeout_s:g} s"
    except (NotReproduced, MalformedMessage):
        what = "what it answered cannot be decoded"
    except OSError as failure:
        what = failure.strerror or str(failure)
    finally:
        connection.close()
    raise Unreachable(f"{address} does not answer ApiVersions as a PLAINTEXT listener of Kafka does: {what}.")
