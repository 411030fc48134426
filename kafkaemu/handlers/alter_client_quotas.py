"""AlterClientQuotas: sets and removes quotas of users, client ids and addresses. They are kept and told; nothing obeys them yet.

Behavior:
    - Each entity is answered on its own. [client_quotas/several_entities]
    - All quotas of an entity are set, or none. [test:
      tests/unit/metadata/test_client_quotas.py::test_one_bad_quota_refuses_all_of_its_entity]
    - One that comes twice, or sets a quota twice, is refused once: INVALID_REQUEST. [client_quotas/several_entities,
      client_quotas/bad_quotas, client_quotas/two_faults_of_an_entity]
    - No parts, an unknown kind, or an empty name: INVALID_REQUEST. Of a kind that comes twice one counts.
      [client_quotas/bad_entities, client_quotas/two_faults_of_an_entity]
    - An address beside other kinds, or one that is none: INVALID_REQUEST. [client_quotas/bad_entities]
    - A quota that the entity cannot have, that is not positive, too large, or fractional where it counts whole things:
      INVALID_REQUEST. [client_quotas/bad_quotas, client_quotas/odd_numbers]
    - Removing what is not set is no error. [client_quotas/bad_quotas]
    - A part without a name is the default of its kind. [client_quotas/defaults]
    - Only validated, nothing changes. [client_quotas/several_entities]

Versions:
    - 1 is flexible. [client_quotas/every_version]

Differences: names of hosts are not resolved, as Kafka would.
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
