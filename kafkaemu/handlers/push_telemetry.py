"""PushTelemetry: a client's metrics, which nobody looks at.

Behavior:
    - Answered though it is not advertised. [telemetry/pushes, api_versions/every_version]
    - INVALID_REQUEST (42) for a reserved id. [telemetry/refused_pushes, telemetry/order_of_checks]
    - INVALID_REQUEST (42) for a client that has said that it ends. [telemetry/pushes, telemetry/order_of_checks]
    - THROTTLING_QUOTA_EXCEEDED (89) for a push less than an interval after the last, but for the first after an answer of
      GetTelemetrySubscriptions and for a client's last. [telemetry/pushes, telemetry/pushes_out_of_the_blue,
      telemetry/order_of_checks]
    - UNKNOWN_SUBSCRIPTION_ID (117) for another subscription than the client's. [telemetry/refused_pushes,
      telemetry/order_of_checks]
    - UNSUPPORTED_COMPRESSION_TYPE (76) for a codec that there is not. [telemetry/refused_pushes, telemetry/order_of_checks]
    - TELEMETRY_TOO_LARGE (118) beyond `telemetry.max.bytes`. [telemetry/refused_pushes, telemetry/order_of_checks]
    - INVALID_RECORD (87) for what cannot be unpacked with its codec, or is more than `telemetry.max.bytes` then.
      [telemetry/every_codec]
    - In profiles up to 3.9 they may be of any size that this process has room for. [test:
      tests/wire/test_profiles.py::test_answers_are_those_of_the_release]
    - What is unpacked may be anything, and nobody looks at it. [telemetry/pushes, telemetry/every_codec]

Versions:
    - 0 is flexible (KIP-714). [telemetry/pushes]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.telemetry.clients import Refused, is_client
from kafkawire.errors import ErrorCode
from kafkawire.messages.push_telemetry import PushTelemetryRequest, PushTelemetryResponse

#: How long what is unpacked may be where the release had no bound.
UNPACKED_BYTES_MAX = 64 << 20


def handle(context: Context, request: Request, body: PushTelemetryRequest) -> Answer:
    """Answer one PushTelemetry request."""
    if not is_client(body.client_instance_id):
        return PushTelemetryResponse(error_code=ErrorCode.INVALID_REQUEST)
    client = context.telemetry_client(request, body.client_instance_id)
    bytes_max = context.config["telemetry.max.bytes"]
    try:
        client.push(
            body.subscription_id,
            body.compression_type,
            is_too_large=len(body.metrics) > bytes_max,
            is_last=body.terminating,
            now_ms=context.clock.now_ms(),
        )
    except Refused as refused:
        return PushTelemetryResponse(error_code=refused.code)
    unpacked_bytes_max = UNPACKED_BYTES_MAX if context.profile.metrics_may_be_of_any_size else bytes_max
    if body.metrics and not _can_be_unpacked(body, unpacked_bytes_max):
        return PushTelemetryResponse(error_code=ErrorCode.INVALID_RECORD)
    return PushTelemetryResponse()


def _can_be_unpacked(body: PushTelemetryRequest, bytes_max: int) -> bool:
    from kafkawire.records.compression import DecompressionFailed, decompress

    try:
        decompress(body.compression_type, body.metrics, bytes_max)
    except DecompressionFailed:
        return False
    return True
