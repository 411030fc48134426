"""What every client can do: produce and consume, go on where a group was, share, make topics; and what it finds out about them."""

from __future__ import annotations

from scenario import FIRST_TIMESTAMP_MS, Settings, Shared, closing, wait
from sharing import share


class Basics(Shared):
    """Scenarios of records, groups and topics."""

    def round_trip(self, codec: str) -> str:
        """What was sent comes back."""
        topic = self.create(codec, 3)
        self.fill(topic, 3, 0, 20, codec)
        self.in_group(topic, codec, 60, 0)
        return "60 records in 3 partitions"

    def resume(self) -> str:
        """A group goes on where it has committed."""
        topic = self.create("resume", 2)
        for first, end in ((0, 8), (8, 12)):
            self.fill(topic, 2, first, end)
            self.in_group(topic, "resume", 2 * (end - first), first)
        return "went on at 8"

    def rebalance(self) -> str:
        """Two members share; one inherits what the other leaves."""
        topic = self.create("rebalance", 4)
        settings = Settings(f"{self.prefix}-rebalance")
        with closing(self.client.join(topic, settings)) as first:
            with closing(self.client.join(topic, settings)) as second:
                share([first, second], 2)
            share([first], 4)
            self.fill(topic, 4, 0, 1)
            self.read(first.poll, 4, 0)
        return "2 and 2, then 4"

    def topics(self) -> str:
        """Topics are created once, listed, enlarged where the library can, and deleted."""
        topic = self.create("topics", 3)
        try:
            self.client.create(topic, 3, {})
        except Exception as error:
            assert "exists" in str(error).lower() or "exists" in type(error).__name__.lower(), error
        else:
            raise AssertionError("created twice")
        if enlarges := "configs" in self.client.checks:
            self.client.enlarge(topic, 5)
            wait("5 partitions", lambda: self.client.partitions_of(topic) == 5)
        self.client.delete(topic)
        wait(f"{topic} is gone", lambda: topic not in self.client.topics())
        return f"created, listed, refused, {'enlarged, ' if enlarges else ''}deleted"

    def times(self) -> str:
        """The ends of a partition, and offsets by time."""
        topic = self.create("times", 1)
        self.fill(topic, 1, 0, 10)
        with closing(self.client.reader(topic)) as reader:
            assert reader.offsets() == (0, 10), reader.offsets()
            times = [FIRST_TIMESTAMP_MS + after_ms for after_ms in (-1000, 41, 1000)]
            found = [reader.offset_at(time_ms) for time_ms in times]
            assert found == [0, 5, None], found
        return "0 to 10; 0, 5, none"

    def configs(self) -> str:
        """A config is as it was set when its topic was created, and as it is set then."""
        topic = self.create("configs", 1)
        assert self.client.config(topic, "retention.ms") == "-1", self.client.config(topic, "retention.ms")
        self.client.set_config(topic, "max.message.bytes", "100000")
        wait("max.message.bytes is set", lambda: self.client.config(topic, "max.message.bytes") == "100000")
        return "retention.ms=-1, max.message.bytes=100000"

    def groups(self) -> str:
        """A group is listed, has members and commits, and can be deleted when they are gone."""
        topic, group = self.create("groups", 1), f"{self.prefix}-groups"
        self.fill(topic, 1, 0, 2)
        with closing(self.client.join(topic, Settings(group))) as member:
            self.read(member.poll, 2, 0)
            member.commit()
            assert self.client.members_of(group) == 1, self.client.members_of(group)
        assert group in self.client.groups(), self.client.groups()
        assert self.client.committed(group, topic) == {0: 2}, self.client.committed(group, topic)
        self.client.delete_group(group)
        wait("the group is gone", lambda: group not in self.client.groups())
        return "listed, described, read, deleted"
