"""A broker that is restarted, and may have forgotten everything, under clients that stay open."""

from __future__ import annotations

import time
from contextlib import suppress

from scenario import Member, Record, Sender, Settings, Shared, ask_for_restart, closing, wait


class Restarting(Shared):
    """The scenario of a restart."""

    def restart(self) -> str:
        """An open producer and an open member of a group go on by themselves."""
        topic = self.create("restart", 1)
        with (
            closing(self.client.sender()) as sender,
            closing(self.client.join(topic, Settings(f"{self.prefix}-restart"))) as member,
        ):
            # More than after it: where the broker begins anew, the member must not take the new end for where it was.
            self.pass_on(topic, sender, member, range(20))
            member.commit()
            ask_for_restart()
            begin = time.monotonic()
            wait("the topic is there again", lambda: self.is_listed(topic), lambda: self.make_again(topic))
            self.pass_on(topic, sender, member, range(20, 30))
            # A group that was forgotten has to be joined again before.
            wait("a commit", lambda: has_committed(member), member.poll)
        return f"20 records before it, 10 more within {time.monotonic() - begin:.1f} s"

    def pass_on(self, topic: str, sender: Sender, member: Member, numbers: range) -> None:
        """Records with these numbers go from the producer to the member; what it has seen before may come again."""
        now_ms = int(time.time() * 1000)
        values = {b"%d" % number for number in numbers}
        sender.send(topic, [Record(0, 0, b"key", value, (), now_ms) for value in sorted(values)])
        missing = set(values)
        wait(
            f"{len(numbers)} records",
            lambda: not missing,
            lambda: missing.difference_update(r.value for r in member.poll()),
        )

    def is_listed(self, topic: str) -> bool:
        """Not, either, where the library has not come back to the broker."""
        try:
            return topic in self.client.topics()
        except Exception:
            return False

    def make_again(self, topic: str) -> None:
        """Unless it is there; the library may not have come back to the broker, either."""
        with suppress(Exception):
            self.client.create(topic, 1, {})


def has_committed(member: Member) -> bool:
    """Not where the library raises an error."""
    try:
        member.commit()
    except Exception:
        return False
    return True
