"""A broker's parts with a group coordinator on real replicas, and the group APIs as a client calls them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, cast

from kafkaemu.coordinator.result import CoordinatorRecord
from kafkaemu.groups.classic_group import ClassicGroup
from kafkaemu.groups.coordinator import GroupCoordinator
from kafkaemu.groups.records import RECORD_FORMAT, TOPIC
from kafkaemu.groups.settings import GroupSettings
from kafkaemu.groups.shard import GroupShard
from kafkaemu.metadata.controller import Changes
from kafkawire.declare import ZERO_UUID, TopLevel
from kafkawire.errors import ErrorCode
from kafkawire.messages.heartbeat import HeartbeatRequest
from kafkawire.messages.join_group import JoinGroupRequest, JoinGroupRequestProtocol, JoinGroupResponse
from kafkawire.messages.leave_group import LeaveGroupRequest, LeaveGroupResponse, MemberIdentity
from kafkawire.messages.offset_commit import (
    OffsetCommitRequest,
    OffsetCommitRequestPartition,
    OffsetCommitRequestTopic,
)
from kafkawire.messages.offset_fetch import OffsetFetchRequest, OffsetFetchRequestTopic
from kafkawire.messages.sync_group import SyncGroupRequest, SyncGroupRequestAssignment, SyncGroupResponse
from kafkawire.records.iterate import records_in
from tests.support.replicas import NODE_ID, Answered, Replicas

HANDLERS = {
    8: "offset_commit",
    9: "offset_fetch",
    10: "find_coordinator",
    11: "join_group",
    12: "heartbeat",
    13: "leave_group",
    14: "sync_group",
    15: "describe_groups",
    16: "list_groups",
    42: "delete_groups",
    47: "offset_delete",
}
RANGE = (("range", b"metadata"),)


class GroupBroker(Replicas):
    """Broker 1 with `__consumer_offsets` in one partition (``offsets_topic_num_partitions``) and no delay of first rebalances."""

    def __init__(self, **config: str) -> None:
        super().__init__(**{"offsets_topic_num_partitions": "1", "group_initial_rebalance_delay_ms": "0", **config})
        self.groups = self.coordinator()
        self.context.groups = self.groups
        self.controller.ensure_topic(TOPIC, self.clock.now_ms())

    def coordinator(self) -> GroupCoordinator:
        """A group coordinator over this broker's replicas that leads nothing yet."""
        return GroupCoordinator(
            GroupSettings.of(self.config), self.manager, self.waiting, self.moved, self.clock, self.entropy
        )

    def _changed(self, changes: Changes) -> None:
        super()._changed(changes)
        for topic in changes.created:
            if topic.name == TOPIC:
                for partition in topic.partitions:
                    self.groups.on_elected(partition.index, partition.leader_epoch)
        if changes.deleted:
            deleted = [(topic.name, partition.index) for topic in changes.deleted for partition in topic.partitions]
            self.groups.on_partitions_deleted(deleted)

    def restart(self) -> None:
        """The coordinator forgets everything and replays its log, as another one would that is elected."""
        count = len(self.controller.image.topics[TOPIC].partitions)
        for index in range(count):
            self.groups.on_resigned(index)
        self.groups = self.context.groups = self.coordinator()
        for index in range(count):
            self.groups.on_elected(index, 1)

    def refuse_appends(self, code: ErrorCode) -> None:
        """From now on every append of the coordinator fails with this error."""
        self.manager.append_internal = lambda topic, index, batch: (code, -1)  # type: ignore[method-assign]

    # What is inside

    def shard(self, index: int = 0) -> GroupShard:
        """The state of one partition."""
        return self.groups._runtime._shards[index].state

    def group(self, group_id: str = "g") -> ClassicGroup:
        """A group that is there."""
        return self.shard(self.groups.partition_for(group_id)).groups[group_id]

    def records(self, index: int = 0) -> list[CoordinatorRecord]:
        """Everything in the log of one partition."""
        log = self.partition(TOPIC, index).log
        records: list[CoordinatorRecord] = []
        offset = log.start_offset
        while offset < log.end_offset:
            for buffer in log.read(offset, 1 << 30, log.end_offset, True).records:
                for record in records_in(buffer):
                    records.append(RECORD_FORMAT.decode(cast(bytes, record.key), record.value))
                    offset = record.offset + 1
        return records

    # The APIs

    def call(self, body: TopLevel, version: int, client_id: str | None = "client") -> Answered:
        """A request to one of the group APIs."""
        module = import_module(f"kafkaemu.handlers.{HANDLERS[type(body).KEY]}")

        def handle(context: Any, request: Any, message: Any) -> Any:
            request.client_id = client_id
            return module.handle(context, request, message)

        return self.ask(handle, body, version)

    def join(self, group_id: str = "g", version: int = 9, **fields: Any) -> Answered:
        """JoinGroup; what is not given is a consumer's with protocol `RANGE`."""
        protocols = fields.pop("protocols", RANGE)
        values = {
            "session_timeout_ms": 10_000,
            "rebalance_timeout_ms": 20_000,
            "protocol_type": "consumer",
            "protocols": [JoinGroupRequestProtocol(name=name, metadata=metadata) for name, metadata in protocols],
            **fields,
        }
        return self.call(JoinGroupRequest(group_id=group_id, **values), version)

    def sync(
        self,
        member_id: str,
        generation: int,
        assignments: dict[str, bytes] | None = None,
        group_id: str = "g",
        version: int = 5,
        **fields: Any,
    ) -> Answered:
        """SyncGroup."""
        values = {"protocol_type": "consumer", "protocol_name": "range", **fields}
        return self.call(
            SyncGroupRequest(
                group_id=group_id,
                generation_id=generation,
                member_id=member_id,
                assignments=[
                    SyncGroupRequestAssignment(member_id=key, assignment=value)
                    for key, value in (assignments or {}).items()
                ],
                **values,
            ),
            version,
        )

    def heartbeat(self, member_id: str, generation: int, group_id: str = "g", **fields: Any) -> ErrorCode:
        """Heartbeat; its error."""
        request = HeartbeatRequest(group_id=group_id, generation_id=generation, member_id=member_id, **fields)
        return ErrorCode(self.call(request, 4).answer.error_code)

    def leave(self, *members: tuple[str, str | None], group_id: str = "g", version: int = 5) -> LeaveGroupResponse:
        """LeaveGroup of members by id and instance id."""
        identities = [MemberIdentity(member_id=member, group_instance_id=instance) for member, instance in members]
        request = LeaveGroupRequest(group_id=group_id, member_id=members[0][0], members=identities)
        answer: LeaveGroupResponse = self.call(request, version).answer
        return answer

    def commit(
        self,
        offset: int,
        group_id: str = "g",
        topic: str = "orders",
        partition: int = 0,
        generation: int = -1,
        member_id: str = "",
        version: int = 9,
        metadata: str | None = "",
        **fields: Any,
    ) -> ErrorCode:
        """OffsetCommit of one partition; its error."""
        known = self.controller.image.topics.get(topic)
        request = OffsetCommitRequest(
            group_id=group_id,
            generation_id_or_member_epoch=generation,
            member_id=member_id,
            topics=[
                OffsetCommitRequestTopic(
                    name=topic,
                    topic_id=ZERO_UUID if known is None else known.topic_id,
                    partitions=[
                        OffsetCommitRequestPartition(
                            partition_index=partition, committed_offset=offset, committed_metadata=metadata
                        )
                    ],
                )
            ],
            **fields,
        )
        return ErrorCode(self.call(request, version).answer.topics[0].partitions[0].error_code)

    def committed(self, group_id: str = "g", topic: str = "orders", partition: int = 0) -> int:
        """OffsetFetch of one partition."""
        topics = [OffsetFetchRequestTopic(name=topic, partition_indexes=[partition])]
        answer = self.call(OffsetFetchRequest(group_id=group_id, topics=topics), 7).answer
        assert answer.error_code == 0
        return int(answer.topics[0].partitions[0].committed_offset)

    # Groups that are already somewhere

    def new_member(self, group_id: str = "g", **fields: Any) -> str:
        """A member id to join with."""
        answer: JoinGroupResponse = self.join(group_id, **fields).answer
        assert answer.error_code == ErrorCode.MEMBER_ID_REQUIRED, answer
        return answer.member_id

    def joined(self, *protocols: Sequence[tuple[str, bytes]], group_id: str = "g") -> list[JoinGroupResponse]:
        """As many members as protocols are given, in one generation, which has not been assigned yet. The first one leads."""
        answers: list[Answered] = []
        ids: list[str] = []
        for supported in protocols or [RANGE]:
            ids.append(self.new_member(group_id, protocols=supported))
            answers = [*answers, self.join(group_id, member_id=ids[-1], protocols=supported)]
            for position, member_id in enumerate(ids[:-1]):
                answers[position] = self.join(group_id, member_id=member_id, protocols=protocols[position])
        return [answer.answer for answer in answers]

    def stable(self, members: int = 1, group_id: str = "g") -> list[JoinGroupResponse]:
        """A group that is Stable, with this many members; each is assigned its own id."""
        joined = self.joined(*[RANGE] * members, group_id=group_id)
        assignments = {one.member_id: one.member_id.encode() for one in joined}
        for one in sorted(joined, key=lambda each: each.member_id != each.leader):
            answer: SyncGroupResponse = self.sync(
                one.member_id, one.generation_id, assignments if one.member_id == one.leader else {}, group_id
            ).answer
            assert answer.assignment == one.member_id.encode(), answer
        return joined


__all__ = ["NODE_ID", "RANGE", "GroupBroker"]
