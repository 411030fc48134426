"""What a broker and its controller serve and what they advertise: the one place that knows (DESIGN 10).

Served is what is declared in the index, has a handler, and is answered by Kafka 4.3 on that kind of listener, or by the release
of another profile. Advertised is what is served, with the exceptions that `advertised` names.
"""

from __future__ import annotations

from collections.abc import Mapping

from kafkaemu.config.profiles import CURRENT, Profile
from kafkaemu.handlers.context import EndpointType
from kafkaemu.handlers.index import CONTROLLER_HANDLERS, HANDLERS
from kafkawire.index import APIS

PRODUCE, INIT_PRODUCER_ID, GET_TELEMETRY_SUBSCRIPTIONS, PUSH_TELEMETRY = 0, 22, 71, 72

#: API key -> last version served, where it is not the last one declared.
SERVED_UP_TO: dict[int, int] = {
    # Version 6 is declared but still unstable (KIP-939), and refused.
    INIT_PRODUCER_ID: 5,
}

#: Served, but told only where somebody receives the metrics of clients (KIP-714), which is nobody here.
UNADVERTISED = frozenset({GET_TELEMETRY_SUBSCRIPTIONS, PUSH_TELEMETRY})

#: Last Produce version whose meaning does not depend on transaction.version 2 (KIP-890; TransactionV2 starts with 12).
PRODUCE_BEFORE_TRANSACTIONS_V2 = 11


def served(profile: Profile = CURRENT, endpoint_type: EndpointType = EndpointType.BROKER) -> dict[int, tuple[int, int]]:
    """API key -> (oldest, newest) version that is answered by a broker, or a controller, that passes for a release."""
    keys = sorted(HANDLERS if endpoint_type is EndpointType.BROKER else CONTROLLER_HANDLERS)
    if profile.versions is not None:
        return {key: profile.versions[key] for key in keys if key in profile.versions}
    return {key: (APIS[key].oldest, SERVED_UP_TO.get(key, APIS[key].last)) for key in keys}


def advertised(features: Mapping[str, int], profile: Profile = CURRENT) -> dict[int, tuple[int, int]]:
    """API key -> (oldest, newest) version that a broker's ApiVersions tells, given the finalized levels of the cluster's features.
    A controller tells what it serves."""
    table = {key: versions for key, versions in served(profile).items() if key not in UNADVERTISED}
    if PRODUCE in table:
        # Kafka tells 0, because librdkafka up to 2.x takes a broker without it for one that cannot compress, and closes the
        # connection of whoever then sends 0 to 2 (KAFKA-18659).
        newest = table[PRODUCE][1]
        if features.get("transaction.version", 0) < 2:
            # Kafka tells 13 here too; its own client stays at 11 then, and others cannot know that they should.
            newest = min(newest, PRODUCE_BEFORE_TRANSACTIONS_V2)
        table[PRODUCE] = (0, newest)
    if profile.advertised_only:
        table = dict(sorted({**table, **profile.advertised_only}.items()))
    return table
