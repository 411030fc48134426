"""DescribeClientQuotas: the quotas of the entities that fulfil some conditions.

Behavior:
    INVALID_REQUEST for an unknown way to match, a name too many or too few, then for a kind that is empty or named
    twice; UNSUPPORTED_VERSION for a kind that there is not; INVALID_REQUEST for an address beside other kinds. Such
    an answer has no list. No error has the message "". A part without a name is the default of its kind, and "any"
    means it too.

Versions:
    1 is flexible.
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.client_quotas import InvalidQuota, find_quotas
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
