"""Writes ``docs/coverage.md``: of every API what Kafka serves, what kafkaemu serves, and what recorded answers prove it.

    python conformance/tools/coverage.py            writes the page
    python conformance/tools/coverage.py --check    exits with 1 if the page is not what would be written

Nothing in it is written by hand but the reasons why something is not built.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from kafkaconform.goldens import golden_path, read_golden
from kafkaconform.probing import asked_of
from kafkaconform.reference import DEFAULT_KAFKA_VERSION
from kafkaconform.registry import all_probes
from kafkaemu.handlers.served import advertised, served
from kafkaemu.metadata import features
from kafkawire.index import APIS

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "coverage.md"
GOLDENS = ROOT / "conformance" / "goldens" / DEFAULT_KAFKA_VERSION
LAST_RUN = ROOT / "conformance" / "last-run.json"
#: What a whole part of Kafka that is not built stands for -> the keys of its APIs.
NOT_BUILT: dict[str, tuple[int, ...]] = {
    "transactions": (24, 25, 26, 27, 28),
    "SASL": (36,),
    "several controllers": (52, 53, 54, 59, 80, 81, 82),
    "several brokers": (56, 58, 62, 63, 67, 70, 73),
    "consumer groups (KIP-848)": (68, 69),
    "share groups (KIP-932)": (76, 77, 78, 79, 83, 84, 85, 86, 87, 90, 91, 92),
    "streams groups (KIP-1071)": (88, 89),
}
HEAD = """\
# What is served, and what proves it

Made by `make coverage` out of the recorded answers of Apache Kafka {release} (`conformance/goldens`) and of a run of all probes
against kafkaemu, whose answers are compared field by field. *Probes* are the scripts that ask for an API, *answers* what Kafka said
to them. *Alike* is how many of those asked for in the run were the same, and in which versions some were not; the reasons stand in
`conformance/known-kafkaemu.toml`. (Asked is also what Kafka closes the connection on, and a controller what it answers as a broker
does.) *Advertised* is what ApiVersions tells. A version that is served but stands in no recorded answer is named under
*unproven*.

| key | API | Kafka | kafkaemu | advertised | probes | answers | alike | unproven |
|---:|---|---|---|---|---:|---:|---|---|
"""


@attrs.frozen
class Recorded:
    """The recorded answers of one API."""

    probes: int
    answers: Mapping[int, int]


def recorded() -> dict[str, Recorded]:
    """What is recorded, by name of the API."""
    probes: Counter[str] = Counter()
    answers: dict[str, Counter[int]] = defaultdict(Counter)
    for path in GOLDENS.rglob("*.json"):
        asked = set()
        for step in read_golden(path)["steps"]:
            name, _, version = step["request"].partition(" v")
            if isinstance(step["outcome"], dict) and "answer" in step["outcome"]:
                answers[name][int(version)] += 1
                asked.add(name)
        probes.update(asked)
    return {name: Recorded(probes[name], by_version) for name, by_version in answers.items()}


def last_run() -> dict[str, dict[str, list[int]]]:
    """API -> version -> answers asked for in the last run of all probes, and how many of them were Kafka's."""
    found: dict[str, dict[str, list[int]]] = json.loads(LAST_RUN.read_text(encoding="utf-8"))
    asked: dict[str, Counter[str]] = defaultdict(Counter)
    for probe in all_probes():
        steps = read_golden(golden_path(GOLDENS.parent, GOLDENS.name, probe))["steps"]
        for each in asked_of(steps, steps):
            asked[each.api][str(each.version)] += each.times
    if {api: {version: times for version, (times, _) in row.items()} for api, row in found.items()} != asked:
        raise SystemExit("Other probes are there than in the last run: `make coverage` runs them.")
    return found


def alike(versions: Mapping[str, Sequence[int]]) -> str:
    """``12 of 14: 3, 4``: how many answers of an API were Kafka's, and the versions in which some were not."""
    asked, same = (sum(counts[i] for counts in versions.values()) for i in (0, 1))
    others = [version for version, (times, as_kafka) in versions.items() if times != as_kafka]
    return f"{same} of {asked}{': ' if others else ''}{', '.join(others)}" if versions else ""


def told_by_kafka() -> dict[int, str]:
    """API key -> versions, as Kafka's own ApiVersions answers."""
    steps: list[dict[str, Any]] = read_golden(GOLDENS / "api_versions" / "every_version.json")["steps"]
    return {int(key): versions for key, versions in steps[-1]["outcome"]["answer"]["api_keys"].items()}


def span(versions: tuple[int, int] | None) -> str:
    """``3-13``, ``0``, or a dash where there are none."""
    if versions is None:
        return "-"
    return f"{versions[0]}" if versions[0] == versions[1] else f"{versions[0]}-{versions[1]}"


def rows() -> Iterable[str]:
    """A line of the table for each API that Kafka has."""
    reasons = {key: reason for reason, keys in NOT_BUILT.items() for key in keys}
    ours, told, kafka, answers, run = served(), advertised(features.INITIAL), told_by_kafka(), recorded(), last_run()
    for key, api in APIS.items():
        versions = ours.get(key)
        known = answers.get(api.name, Recorded(0, {}))
        if (versions is None) != (key in reasons):
            raise SystemExit(f"{api.name} is {'not ' if versions is None else ''}built: mend NOT_BUILT.")
        unproven = [v for v in range(versions[0], versions[1] + 1) if v not in known.answers] if versions else []
        if key in kafka:
            first, _, last = kafka[key].partition("-")
            kafkas = span((int(first), int(last)))
        else:
            # What Kafka answers but does not tell of is known by its recorded answers; the rest is for controllers only.
            where = "not told of" if known.answers else "controllers only"
            kafkas = f"{span((api.oldest, api.last))}, {where}"
        cells = [
            f"{key}",
            api.name,
            kafkas,
            span(versions) if versions else f"not built: {reasons[key]}",
            span(told.get(key)),
            f"{known.probes}" if versions else "",
            f"{sum(known.answers.values())}" if versions else "",
            alike(run.get(api.name, {})) if versions else "",
            ", ".join(map(str, unproven)),
        ]
        yield f"| {' | '.join(cells)} |"


def page() -> str:
    """The whole page."""
    return HEAD.format(release=DEFAULT_KAFKA_VERSION) + "\n".join(rows()) + "\n"


def main() -> int:
    """Writes or checks the page; the exit code."""
    if "--check" in sys.argv[1:]:
        return int(PAGE.read_text(encoding="utf-8") != page())
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
