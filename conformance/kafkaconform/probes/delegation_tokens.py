"""Delegation tokens on a listener that knows nobody's name."""

from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.create_delegation_token import CreatableRenewer, CreateDelegationTokenRequest
from kafkawire.messages.describe_delegation_token import (
    DescribeDelegationTokenOwner,
    DescribeDelegationTokenRequest,
)
from kafkawire.messages.expire_delegation_token import ExpireDelegationTokenRequest
from kafkawire.messages.renew_delegation_token import RenewDelegationTokenRequest


@probe
def create(session: Session) -> None:
    """Nobody gets a token without having said who they are."""
    connection = session.connect()
    connection.ask_all_versions(CreateDelegationTokenRequest(max_lifetime_ms=-1))
    renewers = [CreatableRenewer(principal_type="Group", principal_name="a")]
    request = CreateDelegationTokenRequest(renewers=renewers, max_lifetime_ms=-1)
    connection.ask_all_versions(request)
    owner = CreateDelegationTokenRequest(owner_principal_type="User", owner_principal_name="bob", max_lifetime_ms=1000)
    connection.ask(owner, 3)


@probe
def renew(session: Session) -> None:
    """Nobody renews one either."""
    session.connect().ask_all_versions(RenewDelegationTokenRequest(hmac=b"1234", renew_period_ms=-1))


@probe
def expire(session: Session) -> None:
    """Nor ends one."""
    session.connect().ask_all_versions(ExpireDelegationTokenRequest(hmac=b"1234", expiry_time_period_ms=-1))


@probe
def describe(session: Session) -> None:
    """Nor sees any."""
    connection = session.connect()
    connection.ask_all_versions(DescribeDelegationTokenRequest(owners=None))
    connection.ask_all_versions(DescribeDelegationTokenRequest(owners=[]))
    owners = [DescribeDelegationTokenOwner(principal_type="User", principal_name="alice")]
    connection.ask_all_versions(DescribeDelegationTokenRequest(owners=owners))
