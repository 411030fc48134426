"""Recorded answers held against our own broker, and the list of differences that are kept on purpose."""

from __future__ import annotations

from kafkaconform.checks import Target
from kafkaconform.known import KnownList, read_known
from kafkaconform.peers import Peers
from kafkaconform.probing import probe_checks
from kafkaconform.registry import Probe
from kafkaconform.results import Outcome
from kafkaconform.shipped import shipped_goldens, shipped_known
from tests.support.broker import Broker

GOLDENS = shipped_goldens()


def known_list() -> KnownList:
    """The differences that `make conformance` accepts, too."""
    return read_known(shipped_known())


def check_answers(broker: Broker, probe: Probe, release: str, known: KnownList) -> None:
    """Fail unless ``broker`` answers ``probe`` as ``release`` did, but for what is known."""
    (check,) = probe_checks([probe])
    # As `make conformance` does, it asks for what is served and waits to be offered, too.
    target = Target("127.0.0.1", broker.port, release, GOLDENS, peers=Peers(asks_unoffered=True))
    result = known.judge(check.run(target), release)
    assert result.outcome in {Outcome.PASSED, Outcome.KNOWN}, "\n".join(
        [
            f"{probe.path}: {result.reason}",
            *(f"{where}: Kafka {kafka!r}, ours {ours!r}" for where, kafka, ours in result.differences[:20]),
            *([f"The broker says:\n{broker.log()[-2000:]}"] if result.reason else []),
        ]
    )
