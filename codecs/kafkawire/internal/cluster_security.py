"""Records of ``__cluster_metadata`` about who may do what: ACLs, SCRAM credentials, delegation tokens.

They stand in one log with those of `kafkawire.internal.cluster_metadata`, which says how they are framed.
"""

from __future__ import annotations

from kafkawire.declare import Array, Bytes, Int8, Int32, Int64, String, TopLevel, Uuid, record


@record(18, versions=(0, 0), flexible=0)
class AccessControlEntryRecord(TopLevel):
    """An ACL was added (KIP-801)."""

    id: bytes = Uuid("Id of the entry, by which it is removed.")
    resource_type: int = Int8("Kind: 2 topic, 3 group, 4 cluster, 5 transactional id, 6 delegation token, 7 user.")
    resource_name: str = String("Name, prefix or * of the resource.")
    pattern_type: int = Int8("How the name is meant: 3 literal, 4 prefixed.")
    principal: str = String("Whom it is for, such as User:alice; User:*: everybody.")
    host: str = String("Address of the client; *: any.")
    operation: int = Int8(
        "2 all, 3 read, 4 write, 5 create, 6 delete, 7 alter, 8 describe, 9 cluster action, 10 describe configs, 11 "
        "alter configs, 12 idempotent write, 13 create tokens, 14 describe tokens, 15 two-phase commit."
    )
    permission_type: int = Int8("2 deny, 3 allow.")


@record(19, versions=(0, 0), flexible=0)
class RemoveAccessControlEntryRecord(TopLevel):
    """An ACL was removed."""

    id: bytes = Uuid("Id of the entry.")


@record(11, versions=(0, 0), flexible=0)
class UserScramCredentialRecord(TopLevel):
    """A user's SCRAM credential was set (KIP-631)."""

    name: str = String("User.")
    mechanism: int = Int8("1 SCRAM-SHA-256, 2 SCRAM-SHA-512.")
    salt: bytes = Bytes("Salt.")
    stored_key: bytes = Bytes("Hash of the client key: what a client's proof is checked with.")
    server_key: bytes = Bytes("Key with which the broker proves itself.")
    iterations: int = Int32("How often the password was hashed.")


@record(22, versions=(0, 0), flexible=0)
class RemoveUserScramCredentialRecord(TopLevel):
    """A user's SCRAM credential was removed."""

    name: str = String("User.")
    mechanism: int = Int8("1 SCRAM-SHA-256, 2 SCRAM-SHA-512.")


@record(10, versions=(0, 0), flexible=0)
class DelegationTokenRecord(TopLevel):
    """A delegation token was made or renewed (KIP-48)."""

    owner: str = String("Principal it stands for, such as User:alice.")
    requester: str = String("Principal that asked for it.")
    renewers: list[str] = Array(String, "Principals that may renew it, besides the owner.")
    issue_timestamp: int = Int64("When it was made, in ms since 1970.")
    max_timestamp: int = Int64("When it ends even if renewed, in ms since 1970.")
    expiration_timestamp: int = Int64("When it ends unless renewed, in ms since 1970.")
    token_id: str = String("Its id; the HMAC follows from it.")


@record(26, versions=(0, 0), flexible=0)
class RemoveDelegationTokenRecord(TopLevel):
    """A delegation token ended or was taken back."""

    token_id: str = String("Its id.")
