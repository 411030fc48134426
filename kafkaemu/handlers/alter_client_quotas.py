"""AlterClientQuotas: sets and removes quotas of users, client ids and addresses. They are kept and told; nothing obeys them yet.

Behavior:
    Per entity INVALID_REQUEST: named twice (the first counts) or with a quota named twice; no parts, an unknown kind,
    an empty name, an address beside other kinds or that is none; a quota that the entity cannot have, that is not
    positive, too large, or fractional where it counts whole things. Removing what is not set is no error. Names of
    hosts are not resolved, as Kafka would.

Versions:
    1 is flexible.
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.client_quotas import QuotaChanges, quota_key
from kafkawire.messages.alter_client_quotas import (
    AlterClientQuotasRequest,
    AlterClientQuotasResponse,
    AlteredEntityData,
    EntryResult,
)


def handle(context: Context, request: Request, body: AlterClientQuotasRequest) -> Answer:
    """Answer one AlterClientQuotas request."""
    asked = [
        QuotaChanges(
            quota_key((part.entity_type, part.entity_name) for part in entry.entity),
            [(op.key, None if op.remove else op.value) for op in entry.ops],
        )
        for entry in body.entries
    ]
    changed = context.controller.alter_client_quotas(asked, context.clock.now_ms(), validate_only=body.validate_only)
    return AlterClientQuotasResponse(
        entries=[
            EntryResult(
                error_code=one.code,
                error_message=one.message,
                entity=[AlteredEntityData(entity_type=kind, entity_name=name) for kind, name in one.entity],
            )
            for one in changed
        ]
    )
