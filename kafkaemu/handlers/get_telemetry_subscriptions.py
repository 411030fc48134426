"""GetTelemetrySubscriptions: what a client should push of its metrics, told also by a broker that has no use for them.

Behavior:
    - Answered though it is not advertised: ApiVersions tells of it only where metrics are received.
      [telemetry/nothing_wanted, api_versions/every_version]
    - A client without an id gets one; any other is taken as it is. [telemetry/nothing_wanted, telemetry/reserved_ids]
    - THROTTLING_QUOTA_EXCEEDED (89), and nothing else in the answer, for a client that asked or pushed less than an
      interval ago. [telemetry/nothing_wanted, telemetry/pushes]
    - Not so after a push that was refused for its subscription or its codec: asking is what mends that.
      [telemetry/refused_pushes, telemetry/order_of_checks]
    - What is wanted is the union over the resources that match the client, at the shortest of their intervals.
      [telemetry/metrics_for_some_clients, telemetry/only_an_interval, telemetry/what_is_matched,
      telemetry/without_a_client_id]
    - A client is known on every connection, until the one that it was first used on is closed.
      [telemetry/on_another_connection]
    - In profiles up to 3.9 a client always waits for its interval, and outlives its connection. [test:
      tests/wire/test_profiles.py::test_answers_are_those_of_the_release]

Versions:
    - 0 is flexible (KIP-714). [telemetry/nothing_wanted]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.telemetry.clients import ACCEPTED_COMPRESSIONS, Refused
from kafkawire.messages.get_telemetry_subscriptions import (
    GetTelemetrySubscriptionsRequest,
    GetTelemetrySubscriptionsResponse,
)


def handle(context: Context, request: Request, body: GetTelemetrySubscriptionsRequest) -> Answer:
    """Answer one GetTelemetrySubscriptions request."""
    uuid = body.client_instance_id if any(body.client_instance_id) else context.entropy.uuid()
    client = context.telemetry_client(request, uuid)
    try:
        client.ask(context.clock.now_ms(), is_forgiven=not context.profile.subscriptions_are_throttled)
    except Refused as refused:
        return GetTelemetrySubscriptionsResponse(error_code=refused.code)
    return GetTelemetrySubscriptionsResponse(
        client_instance_id=uuid,
        subscription_id=client.subscription_id,
        accepted_compression_types=list(ACCEPTED_COMPRESSIONS),
        push_interval_ms=client.interval_ms,
        telemetry_max_bytes=context.config["telemetry.max.bytes"],
        delta_temporality=True,
        requested_metrics=client.metrics,
    )
