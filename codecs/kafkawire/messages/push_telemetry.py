"""PushTelemetry (key 72): a client sends its metrics (KIP-714)."""

from __future__ import annotations

from kafkawire.declare import Bool, Bytes, Int8, Int16, Int32, TopLevel, Uuid, request, response


@request(72, versions=(0, 0), flexible=0)
class PushTelemetryRequest(TopLevel):
    """Metrics as the subscription asks for them."""

    client_instance_id: bytes = Uuid("Id of this run of the client.")
    subscription_id: int = Int32("Number of the subscription the client follows; outdated: UNKNOWN_SUBSCRIPTION_ID.")
    terminating: bool = Bool("Whether this is the last push before the client closes; it may come before its time.")
    compression_type: int = Int8("Compression of metrics: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.")
    metrics: bytes = Bytes("OpenTelemetry MetricsData in protobuf, compressed.")


@response(72, versions=(0, 0), flexible=0)
class PushTelemetryResponse(TopLevel):
    """Whether the metrics were taken."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    error_code: int = Int16(
        "NONE; UNKNOWN_SUBSCRIPTION_ID: ask for the subscription again; TELEMETRY_TOO_LARGE; THROTTLING_QUOTA_EXCEEDED:"
        " too early; UNSUPPORTED_COMPRESSION_TYPE; INVALID_RECORD."
    )
