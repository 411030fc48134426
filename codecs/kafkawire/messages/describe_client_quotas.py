"""DescribeClientQuotas (key 48): quotas of users, client ids and addresses (KIP-546)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Float64,
    Int8,
    Int16,
    Int32,
    Message,
    String,
    TopLevel,
    nullable,
    request,
    response,
    struct,
)


@struct
class ComponentData(Message):
    """A condition on one part of an entity."""

    entity_type: str = String("Kind of that part: user, client-id or ip.")
    match_type: int = Int8("0: exactly the name given, 1: the default entity, 2: any that names this part.")
    match: str | None = String("Name to match; null unless match_type is 0.", nullable())


@request(48, versions=(0, 1), flexible=1)
class DescribeClientQuotasRequest(TopLevel):
    """Asks for the quotas of all entities that fulfil the conditions."""

    components: list[ComponentData] = Array(ComponentData, "The conditions; none: everything.")
    strict: bool = Bool("Whether entities with further parts are left out.")


@struct
class EntityData(Message):
    """One part of what a quota is for."""

    entity_type: str = String("Kind of that part: user, client-id or ip.")
    entity_name: str | None = String("Its name; null: the default for all without a quota of their own.", nullable())


@struct
class ValueData(Message):
    """One quota."""

    key: str = String("Quota, such as producer_byte_rate.")
    value: float = Float64("Its value, in the unit of the quota.")


@struct
class EntryData(Message):
    """Quotas of one entity."""

    entity: list[EntityData] = Array(EntityData, "The entity.")
    values: list[ValueData] = Array(ValueData, "Its quotas.")


@response(48, versions=(0, 1), flexible=1)
class DescribeClientQuotasResponse(TopLevel):
    """Quotas by entity."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16("NONE; INVALID_REQUEST, CLUSTER_AUTHORIZATION_FAILED.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable())
    entries: list[EntryData] | None = Array(EntryData, "The entities that match; null on an error.", nullable())
