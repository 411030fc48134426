"""A member of a consumer group that does only what the test says, and when: one connection, no thread, no clock of its own."""

import socket
import time

from kafkawire.client import ClientConnection
from kafkawire.compiler import decode, encode
from kafkawire.errors import ErrorCode
from kafkawire.internal.consumer_protocol import (
    AssignedTopicPartition,
    ConsumerProtocolAssignment,
    ConsumerProtocolSubscription,
)
from kafkawire.messages.find_coordinator import FindCoordinatorRequest
from kafkawire.messages.heartbeat import HeartbeatRequest
from kafkawire.messages.join_group import JoinGroupRequest, JoinGroupRequestProtocol
from kafkawire.messages.leave_group import LeaveGroupRequest, MemberIdentity
from kafkawire.messages.sync_group import SyncGroupRequest, SyncGroupRequestAssignment

VERSION = b"\x00\x01"


class RawMember:
    """It subscribes to one topic. A join is answered when all have joined, so sending and receiving are two calls: one thread can play
    many members.
    """

    def __init__(self, bootstrap_servers, group, topic, session_timeout_ms=45_000, rebalance_timeout_ms=60_000):
        self._connect(*bootstrap_servers.rsplit(":", 1))
        self._group, self._topic = group, topic
        self._session_timeout_ms, self._rebalance_timeout_ms = session_timeout_ms, rebalance_timeout_ms
        self.member_id, self.generation, self._is_joining = "", -1, False
        #: Of the leader only: everybody in the group.
        self.members = []
        self._find_coordinator()

    def _connect(self, host, port):
        self._socket = socket.create_connection((host, int(port)), timeout=10)
        self._connection = ClientConnection("raw-member")

    def _find_coordinator(self):
        """Go to the broker that keeps the group; the first ever asked for makes the topic of the groups first."""
        request = FindCoordinatorRequest(key=self._group, key_type=0)
        while (answer := self.ask(request, 3)).error_code == ErrorCode.COORDINATOR_NOT_AVAILABLE:
            time.sleep(0.05)
        assert answer.error_code == ErrorCode.NONE, ErrorCode(answer.error_code)
        self.close()
        self._connect(answer.host, answer.port)

    def close(self):
        """Disconnect without a word, as one does who dies."""
        self._socket.close()

    def send(self, request, version):
        self._connection.send(request, version)
        for part in self._connection.take():
            self._socket.sendall(part)

    def answer(self):
        """The answer to the oldest request that has none yet."""
        while (answer := self._connection.next_answer()) is None:
            data = self._socket.recv(65536)
            if not data:
                raise ConnectionError("the broker closed the connection")
            self._connection.feed(data)
        return answer.message

    def ask(self, request, version):
        self.send(request, version)
        return self.answer()

    def join(self):
        """Ask to join, unless it has; the first time after a member id has been given out, without which nobody can."""
        if self._is_joining:
            return
        if not self.member_id:
            answer = self.ask(self._join_request(), 7)
            assert answer.error_code == ErrorCode.MEMBER_ID_REQUIRED, ErrorCode(answer.error_code)
            self.member_id = answer.member_id
        self.send(self._join_request(), 7)
        self._is_joining = True

    def _join_request(self):
        subscription = encode(ConsumerProtocolSubscription(topics=[self._topic]), 1)
        return JoinGroupRequest(
            group_id=self._group,
            member_id=self.member_id,
            session_timeout_ms=self._session_timeout_ms,
            rebalance_timeout_ms=self._rebalance_timeout_ms,
            protocol_type="consumer",
            protocols=[JoinGroupRequestProtocol(name="range", metadata=VERSION + subscription)],
        )

    def joined(self):
        """Wait for the end of the rebalance; whether this member leads the group."""
        answer = self.answer()
        self._is_joining = False
        assert answer.error_code == ErrorCode.NONE, ErrorCode(answer.error_code)
        self.generation = answer.generation_id
        self.members = [member.member_id for member in answer.members]
        return answer.leader == self.member_id

    def send_sync(self, partitions_by_member=None):
        """Ask for an assignment; the leader says what everybody gets."""
        assignments = [
            SyncGroupRequestAssignment(member_id=member_id, assignment=VERSION + self._assignment(partitions))
            for member_id, partitions in (partitions_by_member or {}).items()
        ]
        request = SyncGroupRequest(
            group_id=self._group, generation_id=self.generation, member_id=self.member_id, assignments=assignments
        )
        self.send(request, 3)

    def synced(self):
        """The partitions that this member is given."""
        answer = self.answer()
        assert answer.error_code == ErrorCode.NONE, ErrorCode(answer.error_code)
        assignment = decode(ConsumerProtocolAssignment, 1, answer.assignment[len(VERSION) :])
        return [partition for topic in assignment.assigned_partitions for partition in topic.partitions]

    def _assignment(self, partitions):
        mine = [AssignedTopicPartition(topic=self._topic, partitions=partitions)]
        return encode(ConsumerProtocolAssignment(assigned_partitions=mine), 1)

    def heartbeat(self):
        """What the coordinator says to a heartbeat."""
        request = HeartbeatRequest(group_id=self._group, generation_id=self.generation, member_id=self.member_id)
        return ErrorCode(self.ask(request, 3).error_code)

    def heartbeat_until_rebalance(self):
        """Go on until the coordinator calls to join again: another connection's request may still be on its way."""
        while (answer := self.heartbeat()) == ErrorCode.NONE:
            time.sleep(0.001)
        assert answer == ErrorCode.REBALANCE_IN_PROGRESS, answer

    def leave(self):
        request = LeaveGroupRequest(group_id=self._group, members=[MemberIdentity(member_id=self.member_id)])
        return ErrorCode(self.ask(request, 3).error_code)


def rebalance(*members):
    """All ``members`` join, and the leader deals out four partitions, one by one. Returns what each got.

    At most one of them may be new: the first member of a group is not made to wait for more.
    """
    for member in members:
        if member.generation < 0:
            member.join()
    for member in members:
        if member.generation >= 0:
            member.heartbeat_until_rebalance()
            member.join()
    (leader,) = [member for member in members if member.joined()]
    everybody = sorted(leader.members)
    shares = {one: list(range(4))[index :: len(everybody)] for index, one in enumerate(everybody)}
    for member in members:
        member.send_sync(shares if member is leader else None)
    return [member.synced() for member in members]
