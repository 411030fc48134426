"""Which recorded answers there are."""

from kafkaconform.goldens import golden_path, read_golden
from kafkaconform.reference import DEFAULT_KAFKA_VERSION
from kafkaconform.registry import all_probes
from kafkaconform.shipped import shipped_goldens

GOLDENS = shipped_goldens()


def test_every_probe_has_its_golden_and_every_golden_its_probe() -> None:
    expected = {golden_path(GOLDENS, DEFAULT_KAFKA_VERSION, probe) for probe in all_probes()}
    assert expected == set((GOLDENS / DEFAULT_KAFKA_VERSION).rglob("*.json"))


def test_a_golden_says_what_its_probe_holds() -> None:
    stale = [
        probe.path
        for probe in all_probes()
        if read_golden(golden_path(GOLDENS, DEFAULT_KAFKA_VERSION, probe))["holds"] != probe.holds
    ]
    assert stale == []
