"""How members share partitions: by every strategy, as static members, and when one is silent."""

from __future__ import annotations

import time
from collections.abc import Sequence

from scenario import Member, Record, Settings, Shared, closing, expected, wait

#: The shortest session that brokers allow by default.
SHORTEST_SESSION_MS = 6000


class Sharing(Shared):
    """Scenarios of members in a group."""

    def strategy(self, name: str) -> str:
        """Each partition is held once, 2 and 2; what is produced meanwhile is read; who stays takes over."""
        topic = self.create(f"strategy-{name}", 4)
        settings = Settings(f"{self.prefix}-strategy-{name}", strategy=name)
        with closing(self.client.join(topic, settings)) as first, closing(self.client.sender()) as sender:
            share([first], 4)
            seen = _Seen()
            with closing(self.client.join(topic, settings)) as second:
                self.send(sender, topic, 4, 0, 1)
                share([first, second], 2, seen)
                if name == "cooperative-sticky":
                    assert len(first.revoked) == 2, f"revoked from the first: {first.revoked}"
                self.send(sender, topic, 4, 1, 2)
                wait("8 records", lambda: len(seen.records) == 8, lambda: seen.poll([first, second]))
                for member in (first, second):
                    member.commit()
            share([first], 4, seen)
            if name == "cooperative-sticky":
                assert len(first.revoked) == 2, f"revoked from the first: {first.revoked}"
            self.send(sender, topic, 4, 2, 3)
            wait("12 records", lambda: len(seen.records) == 12, lambda: seen.poll([first]))
        return "2 and 2, then 4; 12 records"

    def static(self) -> str:
        """A static member comes back to its partitions, and the other keeps its own."""
        topic = self.create("static", 4)
        settings = Settings(f"{self.prefix}-static", session_ms=SHORTEST_SESSION_MS)
        with closing(self.client.join(topic, settings._replace(instance="b"))) as stays:
            with closing(self.client.join(topic, settings._replace(instance="a"))) as leaves:
                share([stays, leaves], 2)
                kept, left = stays.partitions(), leaves.partitions()
                stays.revoked.clear()
            with closing(self.client.join(topic, settings._replace(instance="a"))) as again:
                share([stays, again], 2)
                assert (stays.partitions(), again.partitions()) == (kept, left), "the partitions have changed"
                assert not stays.revoked, f"revoked from the other: {stays.revoked}"
                self.fill(topic, 4, 0, 1)
                seen = _Seen()
                wait("4 records", lambda: len(seen.records) == 4, lambda: seen.poll([stays, again]))
        return "2 and 2, the same after it came back"

    def silent(self) -> str:
        """Who does not poll loses its partitions, and not before it has been silent for long."""
        topic = self.create("silent", 4)
        settings = Settings(
            f"{self.prefix}-silent", session_ms=SHORTEST_SESSION_MS, poll_interval_ms=SHORTEST_SESSION_MS
        )
        with closing(self.client.join(topic, settings)) as first, closing(self.client.join(topic, settings)) as second:
            share([first, second], 2)
            first.fall_silent()
            begin = time.monotonic()
            wait("the other has all 4", lambda: len(second.partitions()) == 4, second.poll)
            after_ms = (time.monotonic() - begin) * 1000
            # The last poll was a moment before.
            assert after_ms > 0.8 * SHORTEST_SESSION_MS, f"it was silent for {after_ms:.0f} ms only"
        return f"4 after {after_ms / 1000:.1f} s"


class _Seen:
    """Records that members got; what comes again when partitions move is counted once."""

    def __init__(self) -> None:
        self.records: set[Record] = set()

    def poll(self, members: Sequence[Member]) -> None:
        """Each of the members, in turn."""
        for member in members:
            for found in member.poll():
                assert found == expected(found.partition, found.offset), found
                self.records.add(found)


def share(members: Sequence[Member], partitions: int, seen: _Seen | None = None) -> None:
    """Poll until each of the members has so many partitions, and no two the same; ``seen`` takes the records."""
    seen = seen or _Seen()

    def is_shared() -> bool:
        held = [member.partitions() for member in members]
        return all(len(own) == partitions for own in held) and len(set().union(*held)) == partitions * len(members)

    wait(f"{partitions} partitions each", is_shared, lambda: seen.poll(members))
