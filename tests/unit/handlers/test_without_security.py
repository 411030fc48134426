"""What a plaintext broker without authorizer says to who asks for security; and its quorum of one."""

from __future__ import annotations

import pytest

from kafkawire.declare import TopLevel
from kafkawire.messages.create_acls import AclCreation, CreateAclsRequest
from kafkawire.messages.create_delegation_token import CreateDelegationTokenRequest
from kafkawire.messages.delete_acls import DeleteAclsFilter, DeleteAclsRequest
from kafkawire.messages.describe_acls import DescribeAclsRequest
from kafkawire.messages.describe_delegation_token import DescribeDelegationTokenRequest
from kafkawire.messages.describe_quorum import DescribedPartition, DescribedTopic, DescribeQuorumRequest
from kafkawire.messages.expire_delegation_token import ExpireDelegationTokenRequest
from kafkawire.messages.renew_delegation_token import RenewDelegationTokenRequest
from kafkawire.messages.sasl_handshake import SaslHandshakeRequest
from tests.support.metadata import NOW_MS, ask, metadata_context


@pytest.mark.parametrize(
    ("request_", "version", "code"),
    [
        (DescribeAclsRequest(), 3, 54),
        (CreateDelegationTokenRequest(), 3, 64),
        (RenewDelegationTokenRequest(), 2, 64),
        (ExpireDelegationTokenRequest(), 2, 64),
        (DescribeDelegationTokenRequest(owners=None), 3, 64),
        (SaslHandshakeRequest(mechanism="PLAIN"), 1, 34),
    ],
)
def test_what_needs_security_says_what_is_missing(request_: TopLevel, version: int, code: int) -> None:
    assert ask(metadata_context(), request_, version).error_code == code


def test_every_rule_and_every_filter_gets_its_error() -> None:
    context = metadata_context()
    created = ask(context, CreateAclsRequest(creations=[AclCreation(), AclCreation()]), 3)
    deleted = ask(context, DeleteAclsRequest(filters=[DeleteAclsFilter()]), 3)
    assert [result.error_code for result in created.results] == [54, 54]
    assert [result.error_code for result in deleted.filter_results] == [54]


def test_a_token_for_somebody_else_names_both() -> None:
    body = CreateDelegationTokenRequest(owner_principal_type="User", owner_principal_name="bob")
    answer = ask(metadata_context(), body, 3)
    assert (answer.principal_name, answer.token_requester_principal_name) == ("bob", "ANONYMOUS")


def test_the_quorum_is_the_one_controller_at_the_end_of_its_log() -> None:
    context = metadata_context()
    topic = DescribedTopic(topic_name="__cluster_metadata", partitions=[DescribedPartition(partition_index=0)])
    answer = ask(context, DescribeQuorumRequest(topics=[topic]), 2)
    (partition,) = answer.topics[0].partitions
    end_offset = context.controller.log.end_offset
    assert (partition.leader_id, partition.leader_epoch, partition.high_watermark) == (1, 1, end_offset)
    (voter,) = partition.current_voters
    assert (voter.log_end_offset, voter.last_fetch_timestamp) == (end_offset, NOW_MS)
    assert voter.replica_directory_id == bytes(16), "voters are fixed, so that their directories are not known"
