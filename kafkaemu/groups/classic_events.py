"""What comes to classic groups from outside, and how it is refused."""

from __future__ import annotations

import attrs

from kafkaemu.groups.classic_group import Member, Protocols
from kafkawire.errors import ErrorCode
from kafkawire.internal.consumer_offsets import MemberMetadata
from kafkawire.messages.join_group import JoinGroupRequest, JoinGroupResponse
from kafkawire.messages.sync_group import SyncGroupResponse


@attrs.frozen
class Joining:
    """A JoinGroup and who sent it."""

    request: JoinGroupRequest
    client_id: str
    client_host: str
    #: A new dynamic member is told its id and has to come back with it (JoinGroup 4, KIP-394).
    known_member_id_required: bool = True
    #: The leader can be told to skip the assignment (JoinGroup 9, KIP-814).
    may_skip_assignment: bool = True

    @property
    def protocols(self) -> Protocols:
        """What the member supports, most preferred first."""
        return tuple((protocol.name, bytes(protocol.metadata)) for protocol in self.request.protocols)

    def member(self, member_id: str) -> Member:
        """The member that joins, under this id."""
        request = self.request
        return Member(
            member_id,
            request.group_instance_id,
            self.client_id,
            self.client_host,
            request.rebalance_timeout_ms,
            request.session_timeout_ms,
            request.protocol_type,
            self.protocols,
            is_new=True,
        )

    def store_in(self, stored: MemberMetadata, member_id: str, protocol: str) -> None:
        """Put what a returning static member says into its place in a group record."""
        stored.member_id = member_id
        stored.rebalance_timeout = self.request.rebalance_timeout_ms
        stored.session_timeout = self.request.session_timeout_ms
        stored.subscription = dict(self.protocols)[protocol]


def join_refused(member_id: str, code: ErrorCode) -> JoinGroupResponse:
    """The answer to a JoinGroup that is refused."""
    return JoinGroupResponse(error_code=code, member_id=member_id, protocol_name=None)


def sync_refused(code: ErrorCode) -> SyncGroupResponse:
    """The answer to a SyncGroup that is refused."""
    return SyncGroupResponse(error_code=code)
