"""SCRAM credentials: keys as RFC 5802 derives them, one change of a user in a request."""

from __future__ import annotations

import base64

from kafkaemu.metadata.image import MetadataImage
from kafkaemu.metadata.scram import ScramChange, describe_credentials
from kafkaemu.metadata.snapshot import records_of_image
from tests.support.metadata import NOW_MS, one_broker_controller

#: The salted password of RFC 7677's example (user "user", password "pencil", 4096 iterations).
SALTED = bytes.fromhex("c4a49510323ab4f952cac1fa99441939e78ea74d6be81ddf7096e87513dc615d")


def make(user: str, mechanism: int = 1, iterations: int = 4096) -> ScramChange:
    return ScramChange(user, mechanism, iterations, b"salt", SALTED)


def test_the_keys_are_those_of_the_standard() -> None:
    c = one_broker_controller()
    c.alter_scram_credentials([make("user")], NOW_MS)
    credential = c.image.scram_credentials["user"][1]
    assert base64.b64encode(credential.stored_key) == b"WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
    assert base64.b64encode(credential.server_key) == b"wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    assert (credential.salt, credential.iterations) == (b"salt", 4096)


def test_two_changes_of_one_user_are_both_refused() -> None:
    c = one_broker_controller()
    results = c.alter_scram_credentials([make("alice"), make("alice", 2), make("bob")], NOW_MS)
    assert {one.user: one.code for one in results} == {"alice": 92, "bob": 0}
    assert list(c.image.scram_credentials) == ["bob"]


def test_deleting_the_last_credential_forgets_the_user() -> None:
    c = one_broker_controller()
    c.alter_scram_credentials([make("alice")], NOW_MS)
    assert [one.code for one in c.alter_scram_credentials([ScramChange("alice", 1)], NOW_MS)] == [0]
    assert [one.code for one in c.alter_scram_credentials([ScramChange("alice", 1)], NOW_MS)] == [91]
    assert (c.image.scram_credentials, describe_credentials(c.image, [])) == ({}, [])


def test_log_and_snapshot_give_the_credentials_back() -> None:
    c = one_broker_controller()
    c.alter_scram_credentials([make("alice")], NOW_MS)
    c.alter_scram_credentials([make("alice", 2)], NOW_MS)
    replayed, copied = MetadataImage("a-cluster"), MetadataImage("a-cluster")
    c.log.replay(replayed)
    for record in records_of_image(c.image):
        copied.apply(record)
    assert replayed.state() == copied.state() == c.image.state()
