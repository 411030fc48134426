"""PushTelemetry: a client's metrics, which nobody looks at.

Behavior:
    Answered though it is not advertised. INVALID_REQUEST for a reserved id and for a client that has said it ends;
    THROTTLING_QUOTA_EXCEEDED for a push less than an interval after the last, but for the first after an answer of
    GetTelemetrySubscriptions and for a client's last; UNKNOWN_SUBSCRIPTION_ID; UNSUPPORTED_COMPRESSION_TYPE;
    TELEMETRY_TOO_LARGE. What is pushed may be anything.

Versions:
    0 is flexible (KIP-714).
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.telemetry.clients import Refused, is_client
from kafkawire.errors import ErrorCode
from kafkawire.messages.push_telemetry import PushTelemetryRequest, PushTelemetryResponse


def handle(context: Context, request: Request, body: PushTelemetryRequest) -> Answer:
    """Answer one PushTelemetry request."""
    if not is_client(body.client_instance_id):
        return PushTelemetryResponse(error_code=ErrorCode.INVALID_REQUEST)
    try:
        context.telemetry_client(request, body.client_instance_id).push(
            body.subscription_id,
            body.compression_type,
            is_too_large=len(body.metrics) > context.config["telemetry.max.bytes"],
            is_last=body.terminating,
            now_ms=context.clock.now_ms(),
        )
    except Refused as refused:
        return PushTelemetryResponse(error_code=refused.code)
    return PushTelemetryResponse()
