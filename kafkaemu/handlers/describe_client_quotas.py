"""DescribeClientQuotas: the quotas of the entities that fulfil some conditions.

Behavior:
    - An unknown way to match, a name too many or too few: INVALID_REQUEST. [client_quotas/bad_filters]
    - A kind that is empty or comes twice: INVALID_REQUEST; one that there is not: UNSUPPORTED_VERSION.
      [client_quotas/bad_filters]
    - An address beside other kinds: INVALID_REQUEST. [client_quotas/bad_filters]
    - With an error there is no list; no error has the message "". [client_quotas/bad_filters, client_quotas/every_version]
    - Conditions hold together; strict leaves out entities with further parts. [client_quotas/conditions]
    - A part without a name is the default of its kind, and "any" means it too. [client_quotas/defaults]

Versions:
    - 1 is flexible. [client_quotas/every_version]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.client_quotas import ANY, DEFAULT, EXACT, InvalidQuota, find_quotas
from kafkawire.errors import ErrorCode
from kafkawire.messages.describe_client_quotas import (
    DescribeClientQuotasRequest,
    DescribeClientQuotasResponse,
    EntityData,
    EntryData,
    ValueData,
)


def handle(context: Context, request: Request, body: DescribeClientQuotasRequest) -> Answer:
    """Answer one DescribeClientQuotas request."""
    conditions = [(component.entity_type, component.match_type, component.match) for component in body.components]
    if context.profile.uses_zookeeper:
        # Ways to match were not checked: a name too many is passed over, the rest nobody was prepared for.
        if any(how not in (EXACT, DEFAULT, ANY) or (how == EXACT and name is None) for _, how, name in conditions):
            return DescribeClientQuotasResponse(error_code=ErrorCode.UNKNOWN_SERVER_ERROR, entries=None)
        conditions = [(kind, how, name if how == EXACT else None) for kind, how, name in conditions]
    try:
        found = find_quotas(context.image, conditions, body.strict)
    except InvalidQuota as error:
        return DescribeClientQuotasResponse(error_code=error.code, error_message=error.message, entries=None)
    return DescribeClientQuotasResponse(
        error_message="",
        entries=[
            EntryData(
                entity=[EntityData(entity_type=kind, entity_name=name) for kind, name in entity],
                values=[ValueData(key=key, value=value) for key, value in quotas.items()],
            )
            for entity, quotas in found
        ],
    )
