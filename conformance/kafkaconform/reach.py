"""Whether a broker can be talked to at all."""

from kafkaconform.wire import ConnectionClosed, NoAnswer, NotReproduced, RawConnection, decode_answer, frame_of
from kafkawire.messages.api_versions import ApiVersionsRequest, ApiVersionsResponse
from kafkawire.primitives import MalformedMessage

ANSWER_TIMEOUT_S = 10.0


def why_unreachable(host: str, port: int) -> str | None:
    """Why nothing can be asked at this address, in one sentence; None where a broker answers."""
    address = f"{host}:{port}"
    try:
        connection = RawConnection(host, port, timeout_s=ANSWER_TIMEOUT_S)
    except OSError as failure:
        return f"Nobody answers at {address}: {failure.strerror or failure}."
    try:
        connection.send(frame_of(ApiVersionsRequest(), 0, correlation_id=1))
        decode_answer(ApiVersionsResponse, 0, connection.receive_frame(ANSWER_TIMEOUT_S), check=False)
    except ConnectionClosed:
        what = "it closed the connection"
    except NoAnswer:
        what = f"nothing came within {ANSWER_TIMEOUT_S:g} s"
    except (NotReproduced, MalformedMessage):
        what = "what it answered cannot be decoded"
    except OSError as failure:
        what = failure.strerror or str(failure)
    else:
        return None
    finally:
        connection.close()
    return f"{address} does not answer ApiVersions as a PLAINTEXT listener of Kafka does: {what}."
