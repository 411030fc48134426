"""SCRAM credentials of users: made, deleted and told (ScramControlManager, ScramImage).

Theory: KIP-554 and RFC 5802. A client sends a salted password, never the password; what is kept are the two keys that
follow from it, with which a client's proof is checked and the broker proves itself.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial

import attrs

from kafkaemu.metadata.image import MetadataImage, ScramCredential
from kafkawire.declare import TopLevel
from kafkawire.errors import ErrorCode
from kafkawire.internal.cluster_security import RemoveUserScramCredentialRecord, UserScramCredentialRecord

#: Mechanism -> hash.
MECHANISMS = {1: "sha256", 2: "sha512"}
ITERATIONS_MIN, ITERATIONS_MAX = 4096, 16384


@attrs.frozen
class ScramChange:
    """A credential to delete, or (``salted_password`` not None) to make or replace."""

    user: str
    mechanism: int
    iterations: int = 0
    salt: bytes = b""
    salted_password: bytes | None = None


@attrs.frozen
class ScramChanged:
    """What became of a user's change."""

    user: str
    code: ErrorCode = ErrorCode.NONE
    message: str | None = None


def plan_credentials(
    image: MetadataImage, changes: Iterable[ScramChange]
) -> tuple[list[TopLevel], dict[str, ScramChanged]]:
    """The records for ``changes``, deletions first, and what becomes of each user. A user is changed once in a request: one with two
    good changes gets neither, one whose first is refused is told why."""
    accepted: dict[str, ScramChange] = {}
    results: dict[str, ScramChanged] = {}
    for change in changes:
        user = change.user
        if user in results:
            continue
        if accepted.pop(user, None) is not None:
            results[user] = _twice(user)
        elif (refused := _illegal(change) or _impossible(image, change)) is not None:
            results[user] = refused
        else:
            accepted[user] = change
    results.update({user: ScramChanged(user) for user in accepted})
    return [_record(change) for change in accepted.values()], results


def plan_credentials_by_mechanism(
    image: MetadataImage, changes: Sequence[ScramChange]
) -> tuple[list[TopLevel], dict[str, ScramChanged]]:
    """The same as brokers with a ZooKeeper did it: a user may be changed once for each mechanism, and what is wrong in itself is
    told before what comes twice, and that before what cannot be done (ZkAdminManager.alterUserScramCredentials of 2.8).
    """
    results: dict[str, ScramChanged] = {}
    counts = Counter((change.user, change.mechanism) for change in changes)
    refusals = (_illegal, lambda change: _twice(change.user) if counts[change.user, change.mechanism] > 1 else None)
    for refusal in (*refusals, partial(_impossible, image)):
        for change in changes:
            if change.user not in results and (refused := refusal(change)) is not None:
                results[change.user] = refused
    accepted = [change for change in changes if change.user not in results]
    results.update({change.user: ScramChanged(change.user) for change in accepted})
    return [_record(change) for change in accepted], results


def _illegal(change: ScramChange) -> ScramChanged | None:
    """What is wrong with a change whatever there is."""
    user = change.user
    if not user:
        return ScramChanged(user, ErrorCode.UNACCEPTABLE_CREDENTIAL, "Username must not be empty")
    if change.mechanism not in MECHANISMS:
        return ScramChanged(user, ErrorCode.UNSUPPORTED_SASL_MECHANISM, "Unknown SCRAM mechanism")
    if change.salted_password is None:
        return None
    if change.iterations < ITERATIONS_MIN:
        return ScramChanged(user, ErrorCode.UNACCEPTABLE_CREDENTIAL, "Too few iterations")
    if change.iterations > ITERATIONS_MAX:
        return ScramChanged(user, ErrorCode.UNACCEPTABLE_CREDENTIAL, "Too many iterations")
    return None


def _twice(user: str) -> ScramChanged:
    message = "A user credential cannot be altered twice in the same request"
    return ScramChanged(user, ErrorCode.DUPLICATE_RESOURCE, message)


def _impossible(image: MetadataImage, change: ScramChange) -> ScramChanged | None:
    """Why a legal change cannot be made."""
    if change.salted_password is None:
        if change.mechanism not in image.scram_credentials.get(change.user, {}):
            message = "Attempt to delete a user credential that does not exist"
            return ScramChanged(change.user, ErrorCode.RESOURCE_NOT_FOUND, message)
    elif not change.salted_password:
        # Java knows no HMAC with an empty key, and the reference trips over it.
        return ScramChanged(change.user, ErrorCode.UNKNOWN_SERVER_ERROR)
    return None


def _record(change: ScramChange) -> TopLevel:
    if change.salted_password is None:
        return RemoveUserScramCredentialRecord(name=change.user, mechanism=change.mechanism)
    digest = MECHANISMS[change.mechanism]
    client_key = hmac.digest(change.salted_password, b"Client Key", digest)
    return UserScramCredentialRecord(
        name=change.user,
        mechanism=change.mechanism,
        salt=change.salt,
        stored_key=hashlib.new(digest, client_key).digest(),
        server_key=hmac.digest(change.salted_password, b"Server Key", digest),
        iterations=change.iterations,
    )


def describe_credentials(
    image: MetadataImage, users: Sequence[str]
) -> list[tuple[ScramChanged, dict[int, ScramCredential]]]:
    """The credentials of ``users`` by mechanism, each user once; of all who have any, where none is named."""
    if not users:
        return [(ScramChanged(user), found) for user, found in image.scram_credentials.items()]
    described = []
    for user in dict.fromkeys(users):
        found = image.scram_credentials.get(user, {})
        result = ScramChanged(user)
        if users.count(user) > 1:
            message = f"Cannot describe SCRAM credentials for the same user twice in a single request: {user}"
            result, found = ScramChanged(user, ErrorCode.DUPLICATE_RESOURCE, message), {}
        elif not found:
            message = f"Attempt to describe a user credential that does not exist: {user}"
            result = ScramChanged(user, ErrorCode.RESOURCE_NOT_FOUND, message)
        described.append((result, found))
    return described
