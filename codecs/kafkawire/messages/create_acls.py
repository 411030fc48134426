"""CreateAcls (key 30): adds access rules."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Int8,
    Int16,
    Int32,
    Message,
    String,
    TopLevel,
    nullable,
    request,
    response,
    since,
    struct,
)


@struct
class AclCreation(Message):
    """One rule to add."""

    resource_type: int = Int8(
        "Kind of resource: 2 topic, 3 group, 4 cluster, 5 transactional id, 6 delegation token, 7 user."
    )
    resource_name: str = String("Its name, or what names begin with; * for all.")
    resource_pattern_type: int = Int8("3: the name itself, 4: names that begin so.", since(1), default=3)
    principal: str = String("Whom it concerns, such as User:alice; User:* for all.")
    host: str = String("Address it concerns; * for all.")
    operation: int = Int8("Operation: 2 all, 3 read, 4 write, 5 create, 6 delete, 7 alter, 8 describe and so on.")
    permission_type: int = Int8("2: deny, 3: allow.")


@request(30, versions=(0, 3), flexible=2)
class CreateAclsRequest(TopLevel):
    """Adds rules; each succeeds or fails for itself.

    Version 1 adds prefixed patterns (KIP-290), 3 users as resources.
    """

    creations: list[AclCreation] = Array(AclCreation, "The rules.")


@struct
class AclCreationResult(Message):
    """What became of one rule."""

    error_code: int = Int16(
        "NONE or why it was not added: INVALID_REQUEST, SECURITY_DISABLED (no authorizer), CLUSTER_AUTHORIZATION_FAILED."
    )
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable())


@response(30, versions=(0, 3), flexible=2)
class CreateAclsResponse(TopLevel):
    """What became of each rule."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    results: list[AclCreationResult] = Array(AclCreationResult, "One result per rule, in the order of the request.")
