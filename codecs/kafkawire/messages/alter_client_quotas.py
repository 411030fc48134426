"""AlterClientQuotas (key 49): sets and removes quotas of users, client ids and addresses (KIP-546)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Float64,
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
class EntityData(Message):
    """One part of what a quota is for."""

    entity_type: str = String("Kind of that part: user, client-id or ip.")
    entity_name: str | None = String("Its name; null: the default for all without a quota of their own.", nullable())


@struct
class OpData(Message):
    """A change of one quota."""

    key: str = String("Quota, such as producer_byte_rate.")
    value: float = Float64("Its new value, in the unit of the quota; not used when removing.")
    remove: bool = Bool("Remove the quota rather than set it.")


@struct
class EntryData(Message):
    """Changes for one entity."""

    entity: list[EntityData] = Array(EntityData, "The entity: a user, a client id, both, or an ip.")
    ops: list[OpData] = Array(OpData, "Changes of its quotas.")


@request(49, versions=(0, 1), flexible=1)
class AlterClientQuotasRequest(TopLevel):
    """Changes quotas; each entity succeeds or fails for itself."""

    entries: list[EntryData] = Array(EntryData, "Changes by entity.")
    validate_only: bool = Bool("Check everything and change nothing.")


@struct
class AlteredEntityData(Message):
    """One part of what a quota is for."""

    entity_type: str = String("Kind of that part: user, client-id or ip.")
    entity_name: str | None = String("Its name; null: the default for all without a quota of their own.", nullable())


@struct
class EntryResult(Message):
    """What became of one entity."""

    error_code: int = Int16("NONE or why its quotas are unchanged: INVALID_REQUEST.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable())
    entity: list[AlteredEntityData] = Array(AlteredEntityData, "The entity.")


@response(49, versions=(0, 1), flexible=1)
class AlterClientQuotasResponse(TopLevel):
    """What became of each entity."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    entries: list[EntryResult] = Array(EntryResult, "One result per entity.")
