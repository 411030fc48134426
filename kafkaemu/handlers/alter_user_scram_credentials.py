"""AlterUserScramCredentials: makes, replaces and deletes SCRAM credentials. They are kept and told; no listener asks for them yet.

Behavior:
    - Each user is answered once; changes of others are made. [scram_credentials/round_trip,
      scram_credentials/two_faults_of_a_change]
    - UNACCEPTABLE_CREDENTIAL without a name. [scram_credentials/bad_changes, scram_credentials/two_faults_of_a_change]
    - UNSUPPORTED_SASL_MECHANISM. [scram_credentials/bad_changes, scram_credentials/two_faults_of_a_change]
    - UNACCEPTABLE_CREDENTIAL below 4096 and above 16384 iterations. [scram_credentials/bad_changes]
    - UNKNOWN_SERVER_ERROR for an empty password; the salt may be empty. [scram_credentials/bad_changes]
    - Two changes of one user, even of different mechanisms: DUPLICATE_RESOURCE, and neither is made.
      [scram_credentials/bad_changes, scram_credentials/round_trip]
    - RESOURCE_NOT_FOUND for a deletion of what is not there. [scram_credentials/bad_changes, scram_credentials/round_trip]

Versions:
    - 0, the only one. [scram_credentials/round_trip]
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
