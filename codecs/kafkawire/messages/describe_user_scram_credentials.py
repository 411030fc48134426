"""DescribeUserScramCredentials (key 50): which SCRAM credentials users have (KIP-554)."""

from __future__ import annotations

from kafkawire.declare import Array, Int8, Int16, Int32, Message, String, TopLevel, nullable, request, response, struct


@struct
class UserName(Message):
    """A user asked about."""

    name: str = String("User; one named twice gets DUPLICATE_RESOURCE.")


@request(50, versions=(0, 0), flexible=0)
class DescribeUserScramCredentialsRequest(TopLevel):
    """Asks about credentials; salts and hashes are never told."""

    users: list[UserName] | None = Array(UserName, "The users; null or none: all.", nullable())


@struct
class CredentialInfo(Message):
    """One credential."""

    mechanism: int = Int8("1: SCRAM-SHA-256, 2: SCRAM-SHA-512.")
    iterations: int = Int32("Rounds of hashing.")


@struct
class DescribeUserScramCredentialsResult(Message):
    """Credentials of one user."""

    user: str = String("User.")
    error_code: int = Int16("NONE; RESOURCE_NOT_FOUND: the user has none; DUPLICATE_RESOURCE.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable())
    credential_infos: list[CredentialInfo] = Array(CredentialInfo, "Its credentials.")


@response(50, versions=(0, 0), flexible=0)
class DescribeUserScramCredentialsResponse(TopLevel):
    """Credentials by user."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16("NONE; CLUSTER_AUTHORIZATION_FAILED.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable())
    results: list[DescribeUserScramCredentialsResult] = Array(
        DescribeUserScramCredentialsResult, "One result per user."
    )
