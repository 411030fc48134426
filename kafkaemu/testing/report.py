"""What the report of a failed test tells about its broker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkaemu.testing.errors import BrokerError
from kafkaemu.testing.surface import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from kafkaemu.testing.surface import Surface

#: How many records of each topic, and how many topics, are shown.
RECORDS_SHOWN = 5
TOPICS_SHOWN = 20
#: A report does not wait for a broker that hangs as long as a test does.
TIMEOUT_S = 2.0


def sections(broker: Surface) -> list[tuple[str, str]]:
    """Title and text: topics with their last records, groups, requests that got an error."""
    before, broker.timeout_s = broker.timeout_s, TIMEOUT_S
    try:
        parts: list[tuple[str, Callable[[Surface], str]]] = [
            ("topics", _topics),
            ("groups", _groups),
            ("refused", _refused),
        ]
        return [(f"Kafka {title} at {_where(broker)}", text) for title, tell in parts if (text := _told(tell, broker))]
    finally:
        broker.timeout_s = before


def _where(broker: Surface) -> str:
    try:
        return broker.bootstrap_servers
    except BrokerError:
        return "a broker that has stopped"


def _told(tell: Callable[[Surface], str], broker: Surface) -> str:
    try:
        return tell(broker)
    except BrokerError as error:
        return f"(not told: {error})"
    except Exception as error:
        # A defect of ours; raised from here it would end the run of all tests.
        return f"(not told: {error!r})"


def _topics(broker: Surface) -> str:
    topics = broker.topics()
    lines = []
    for name, partitions in list(topics.items())[:TOPICS_SHOWN]:
        records = broker.records(name)
        lines.append(f"{name}: {partitions} partition(s), {len(records)} record(s)")
        if records:
            latest = sorted(records, key=lambda one: (one.timestamp_ms, one.partition, one.offset))[-RECORDS_SHOWN:]
            lines.append(shown(latest))
    if len(topics) > TOPICS_SHOWN:
        lines.append(f"… and {len(topics) - TOPICS_SHOWN} more")
    return "\n".join(lines) or "none"


def _groups(broker: Surface) -> str:
    lines = []
    for name, group in broker.groups().items():
        lines.append(f"{name}: {group.state}, {len(group.members)} member(s), lag {broker.lag(name)}")
        lines += [
            f"  {member.client_id} at {member.host}: {', '.join(f'{topic}-{index}' for topic, index in member.assignment)}"
            for member in group.members
        ]
        lines += [f"  committed {topic}-{index}: {offset}" for (topic, index), offset in broker.committed(name).items()]
    return "\n".join(lines)


def _refused(broker: Surface) -> str:
    return "\n".join(map(str, broker.refused_requests()))
