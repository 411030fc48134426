"""AlterUserScramCredentials (key 51): makes, changes and deletes SCRAM credentials of users (KIP-554)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bytes,
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
class ScramCredentialDeletion(Message):
    """A credential to delete."""

    name: str = String("User.")
    mechanism: int = Int8("1: SCRAM-SHA-256, 2: SCRAM-SHA-512.")


@struct
class ScramCredentialUpsertion(Message):
    """A credential to make or replace."""

    name: str = String("User.")
    mechanism: int = Int8("1: SCRAM-SHA-256, 2: SCRAM-SHA-512.")
    iterations: int = Int32("Rounds of hashing, 4096 to 16384.")
    salt: bytes = Bytes("Random salt the client chose.")
    salted_password: bytes = Bytes("The password, hashed with salt and iterations; it is never sent in clear.")


@request(51, versions=(0, 0), flexible=0)
class AlterUserScramCredentialsRequest(TopLevel):
    """Changes credentials; each user succeeds or fails as a whole, and may be named once per mechanism."""

    deletions: list[ScramCredentialDeletion] = Array(ScramCredentialDeletion, "What to delete.")
    upsertions: list[ScramCredentialUpsertion] = Array(ScramCredentialUpsertion, "What to make or replace.")


@struct
class AlterUserScramCredentialsResult(Message):
    """What became of one user."""

    user: str = String("User.")
    error_code: int = Int16(
        "NONE; RESOURCE_NOT_FOUND, DUPLICATE_RESOURCE, UNSUPPORTED_SASL_MECHANISM, UNACCEPTABLE_CREDENTIAL."
    )
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable())


@response(51, versions=(0, 0), flexible=0)
class AlterUserScramCredentialsResponse(TopLevel):
    """What became of each user."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    results: list[AlterUserScramCredentialsResult] = Array(AlterUserScramCredentialsResult, "One result per user.")
