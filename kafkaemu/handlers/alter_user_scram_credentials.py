"""AlterUserScramCredentials: makes, replaces and deletes SCRAM credentials. They are kept and told; no listener asks for them yet.

Behavior:
    Per user, deletions before the others: UNACCEPTABLE_CREDENTIAL without a name, UNSUPPORTED_SASL_MECHANISM,
    RESOURCE_NOT_FOUND for a deletion of what is not there, UNACCEPTABLE_CREDENTIAL below 4096 and above 16384
    iterations, UNKNOWN_SERVER_ERROR for an empty password. Two good changes of one user are both refused:
    DUPLICATE_RESOURCE.

Versions:
    There is one.
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.scram import ScramChange
from kafkawire.messages.alter_user_scram_credentials import (
    AlterUserScramCredentialsRequest,
    AlterUserScramCredentialsResponse,
    AlterUserScramCredentialsResult,
)


def handle(context: Context, request: Request, body: AlterUserScramCredentialsRequest) -> Answer:
    """Answer one AlterUserScramCredentials request."""
    changes = [ScramChange(deletion.name, deletion.mechanism) for deletion in body.deletions]
    changes += [
        ScramChange(one.name, one.mechanism, one.iterations, bytes(one.salt), bytes(one.salted_password))
        for one in body.upsertions
    ]
    changed = context.controller.alter_scram_credentials(changes, context.clock.now_ms())
    return AlterUserScramCredentialsResponse(
        results=[
            AlterUserScramCredentialsResult(user=one.user, error_code=one.code, error_message=one.message)
            for one in changed
        ]
    )
