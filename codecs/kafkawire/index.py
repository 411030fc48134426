"""Which APIs are declared, without importing their messages: key, name, module, versions."""

from __future__ import annotations

from typing import NamedTuple, cast

from kafkawire.declare import TopLevel


class Api(NamedTuple):
    """One API.

    ``first``/``last`` are the versions ever declared, ``oldest`` the oldest that Apache Kafka 4.3 still serves,
    ``flexible`` the first version with compact lengths and tagged fields (None: none yet).
    """

    key: int
    name: str
    module: str
    first: int
    oldest: int
    last: int
    flexible: int | None

    @property
    def request(self) -> type[TopLevel]:
        """The request class; imports its module."""
        return self._message("Request")

    @property
    def response(self) -> type[TopLevel]:
        """The response class; imports its module."""
        return self._message("Response")

    def _message(self, suffix: str) -> type[TopLevel]:
        module = __import__(f"kafkawire.messages.{self.module}", fromlist=["*"])
        return cast("type[TopLevel]", getattr(module, self.name + suffix))

    def request_header_version(self, version: int) -> int:
        """Header version of a request: 2 where it is flexible, else 1."""
        return 2 if self.flexible is not None and version >= self.flexible else 1

    def response_header_version(self, version: int) -> int:
        """Header version of an answer: 1 where it is flexible, else 0; always 0 for ApiVersions, whose reader does not
        know yet what the broker speaks (KIP-511)."""
        return 1 if self.flexible is not None and version >= self.flexible and self.key != 18 else 0


APIS: dict[int, Api] = {
    api.key: api
    for api in (
        Api(0, "Produce", "produce", 0, 3, 13, 9),
        Api(1, "Fetch", "fetch", 0, 4, 18, 12),
        Api(2, "ListOffsets", "list_offsets", 0, 1, 11, 6),
        Api(3, "Metadata", "metadata", 0, 0, 13, 9),
        Api(8, "OffsetCommit", "offset_commit", 0, 2, 10, 8),
        Api(9, "OffsetFetch", "offset_fetch", 0, 1, 10, 6),
        Api(10, "FindCoordinator", "find_coordinator", 0, 0, 6, 3),
        Api(11, "JoinGroup", "join_group", 0, 0, 9, 6),
        Api(12, "Heartbeat", "heartbeat", 0, 0, 4, 4),
        Api(13, "LeaveGroup", "leave_group", 0, 0, 5, 4),
        Api(14, "SyncGroup", "sync_group", 0, 0, 5, 4),
        Api(15, "DescribeGroups", "describe_groups", 0, 0, 6, 5),
        Api(16, "ListGroups", "list_groups", 0, 0, 5, 3),
        Api(18, "ApiVersions", "api_versions", 0, 0, 4, 3),
        Api(19, "CreateTopics", "create_topics", 0, 2, 7, 5),
        Api(20, "DeleteTopics", "delete_topics", 0, 1, 6, 4),
        Api(22, "InitProducerId", "init_producer_id", 0, 0, 6, 2),
        Api(32, "DescribeConfigs", "describe_configs", 0, 1, 4, 4),
        Api(60, "DescribeCluster", "describe_cluster", 0, 0, 2, 0),
    )
}
