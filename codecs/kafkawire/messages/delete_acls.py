"""DeleteAcls (key 31): deletes all access rules that match filters."""

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
class DeleteAclsFilter(Message):
    """Which rules to delete; all conditions must hold."""

    resource_type_filter: int = Int8("Kind of resource, as in CreateAcls; 1: any.")
    resource_name_filter: str | None = String("Name; null: any.", nullable())
    pattern_type_filter: int = Int8(
        "1: any kind of pattern, 2: all that apply to the name, 3: the name itself, 4: prefixes.", since(1), default=3
    )
    principal_filter: str | None = String("Principal; null: any.", nullable())
    host_filter: str | None = String("Host; null: any.", nullable())
    operation: int = Int8("Operation, as in CreateAcls; 1: any.")
    permission_type: int = Int8("1: any, 2: deny, 3: allow.")


@request(31, versions=(0, 3), flexible=2)
class DeleteAclsRequest(TopLevel):
    """Deletes rules. Version 1 adds prefixed patterns (KIP-290), 3 users as resources."""

    filters: list[DeleteAclsFilter] = Array(DeleteAclsFilter, "The filters, each with a result of its own.")


@struct
class DeleteAclsMatchingAcl(Message):
    """A rule that matched."""

    error_code: int = Int16("NONE or why it still stands.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable())
    resource_type: int = Int8(
        "Kind of resource: 2 topic, 3 group, 4 cluster, 5 transactional id, 6 delegation token, 7 user."
    )
    resource_name: str = String("Its name, or what names begin with; * for all.")
    pattern_type: int = Int8("3: the name itself, 4: names that begin so.", since(1), default=3)
    principal: str = String("Whom it concerns, such as User:alice; User:* for all.")
    host: str = String("Address it concerns; * for all.")
    operation: int = Int8("Operation: 2 all, 3 read, 4 write, 5 create, 6 delete, 7 alter, 8 describe and so on.")
    permission_type: int = Int8("2: deny, 3: allow.")


@struct
class DeleteAclsFilterResult(Message):
    """What one filter did."""

    error_code: int = Int16("NONE or why nothing was deleted: INVALID_REQUEST, SECURITY_DISABLED.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable())
    matching_acls: list[DeleteAclsMatchingAcl] = Array(
        DeleteAclsMatchingAcl, "The rules that matched, deleted unless they say otherwise."
    )


@response(31, versions=(0, 3), flexible=2)
class DeleteAclsResponse(TopLevel):
    """What each filter did."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    filter_results: list[DeleteAclsFilterResult] = Array(
        DeleteAclsFilterResult, "One result per filter, in the order of the request."
    )
