"""GetTelemetrySubscriptions (key 71): a client asks which of its metrics the operator wants (KIP-714)."""

from __future__ import annotations

from kafkawire.declare import Array, Bool, Int8, Int16, Int32, String, TopLevel, Uuid, request, response


@request(71, versions=(0, 0), flexible=0)
class GetTelemetrySubscriptionsRequest(TopLevel):
    """Asks what to push, and for an id the first time."""

    client_instance_id: bytes = Uuid("Id the broker gave this run of the client; zeros: none yet.")


@response(71, versions=(0, 0), flexible=0)
class GetTelemetrySubscriptionsResponse(TopLevel):
    """What to push, how often and how packed."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    error_code: int = Int16("NONE or why there is no subscription; INVALID_REQUEST: the id is not one a broker gave.")
    client_instance_id: bytes = Uuid("Id of this run of the client: a new one if it had none.")
    subscription_id: int = Int32(
        "Number of what is asked for below; goes along with every push, so that a change is noticed."
    )
    accepted_compression_types: list[int] = Array(
        Int8, "Compressions allowed, best first: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd."
    )
    push_interval_ms: int = Int32("Time between two pushes in ms.")
    telemetry_max_bytes: int = Int32("Most bytes of metrics in a push, as sent.")
    delta_temporality: bool = Bool("Whether counters tell the difference to the last push; false: the total.")
    requested_metrics: list[str] = Array(
        String, "Prefixes of names of metrics; a single empty one: everything; none: nothing is wanted."
    )
