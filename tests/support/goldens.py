"""Recorded answers held against our own broker, and the differences that are kept on purpose."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence

import attrs
import pytest

from kafkaconform.goldens import Difference, replay
from kafkaconform.outcome import ABSENT
from kafkaconform.registry import Probe
from kafkaconform.wire import ConnectionClosed, NoAnswer
from tests.support.broker import ROOT, Broker

GOLDENS = ROOT / "conformance" / "goldens"


@attrs.frozen
class Known:
    """A difference kept on purpose: which probes, where in the outcome, and why."""

    probe: str
    where: str
    reason: str
    only_absent: bool = False

    def covers(self, probe: Probe, difference: Difference) -> bool:
        """Whether this entry explains a difference; ``only_absent`` means that ours lacks what Kafka has."""
        where, _, actual = difference
        return (
            fnmatch.fnmatch(probe.path, self.probe)
            and fnmatch.fnmatch(where, self.where)
            and (actual == ABSENT or not self.only_absent)
        )


def check_answers(broker: Broker, probe: Probe, release: str, known: Sequence[Known]) -> set[int]:
    """Fail unless ``broker`` answers ``probe`` as ``release`` did, but for what is known; the indexes of what was needed."""
    try:
        found = replay(probe, "127.0.0.1", broker.port, folder=GOLDENS, release=release)
    except (ConnectionClosed, NoAnswer) as failure:
        pytest.fail(f"{type(failure).__name__} while preparing; the broker says:\n{broker.log()[-2000:]}")
    needed = set()
    unexplained = []
    for difference in found:
        entry = next((i for i, one in enumerate(known) if one.covers(probe, difference)), None)
        if entry is None:
            unexplained.append(difference)
        else:
            needed.add(entry)
    assert not unexplained, "\n".join(
        f"{where}: Kafka {expected!r}, ours {actual!r}" for where, expected, actual in unexplained[:20]
    )
    return needed
