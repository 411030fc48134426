"""ListConfigResources (key 74): which resources could have configs (KIP-1142)."""

from __future__ import annotations

from kafkawire.declare import Array, Int8, Int16, Int32, Message, String, TopLevel, request, response, since, struct


@request(74, versions=(0, 1), flexible=0)
class ListConfigResourcesRequest(TopLevel):
    """Asks for resources. Version 0 (KIP-714) knows only subscriptions of client metrics."""

    resource_types: list[int] = Array(
        Int8, "Kinds wanted: 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group; empty: all.", since(1)
    )


@struct
class ConfigResource(Message):
    """A resource."""

    resource_name: str = String("Its name; the id as text for brokers.")
    resource_type: int = Int8("Its kind; in version 0 always 16, client metrics.", since(1), default=16)


@response(74, versions=(0, 1), flexible=0)
class ListConfigResourcesResponse(TopLevel):
    """The resources. Version 1 tells their kind."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    error_code: int = Int16(
        "NONE; CLUSTER_AUTHORIZATION_FAILED; UNSUPPORTED_VERSION: a kind asked for cannot be listed."
    )
    config_resources: list[ConfigResource] = Array(ConfigResource, "All of the kinds asked for.")
