"""A handler's docstring is its specification, and every line of it is proved.

Its blocks ``Behavior:`` and ``Versions:`` are lists of bullets, one rule each, in the order Kafka checks. A bullet ends with
what proves it, in brackets: probes with a recorded answer of Apache Kafka (``[metadata/unknown_topic, produce/acks_*]``), or,
where nothing that goes over the wire can show it, a test (``[test: tests/unit/handlers/test_produce.py::test_x]``).
"""

from __future__ import annotations

import ast
import fnmatch
import re
from collections.abc import Iterator
from functools import cache

import attrs
import pytest

from kafkaconform.goldens import BASE_RELEASE, golden_path
from kafkaconform.registry import all_probes
from kafkaemu.handlers.index import HANDLERS
from tests.support.goldens import GOLDENS
from tests.test_tidy import ROOT, definitions, parsed

BLOCKS = ("Behavior:", "Versions:")
INDENT = " " * 4
TEST_PREFIX = "test:"


@attrs.define
class Bullet:
    """One rule, and what proves it."""

    text: str

    @property
    def proofs(self) -> list[str]:
        """What stands in its brackets; nothing where it has none."""
        bracket = re.fullmatch(r".*\S \[([^\[\]]+)\]", self.text)
        return [proof.strip() for proof in bracket[1].split(",")] if bracket else []


def block_of(docstring: str, heading: str) -> list[str]:
    """The lines below a heading, as far as they are indented or empty."""
    lines = docstring.splitlines()
    if heading not in lines:
        return []
    begin = lines.index(heading) + 1
    end = next((i for i in range(begin, len(lines)) if lines[i][:1].strip()), len(lines))
    return [line for line in lines[begin:end] if line.strip()]


def bullets_of(lines: list[str]) -> tuple[list[Bullet], list[str]]:
    """The bullets of a block, and what is in none."""
    bullets: list[Bullet] = []
    prose = []
    for line in lines:
        if line.startswith(f"{INDENT}- "):
            bullets.append(Bullet(line.strip().removeprefix("- ")))
        elif line.startswith(f"{INDENT}  ") and bullets:
            bullets[-1].text += f" {line.strip()}"
        else:
            prose.append(line.strip())
    return bullets, prose


@cache
def recorded_probes() -> list[str]:
    """Paths of the probes that have a recorded answer."""
    return [probe.path for probe in all_probes() if golden_path(GOLDENS, BASE_RELEASE, probe).exists()]


def is_there(proof: str) -> bool:
    """Whether there is such a probe, with its recorded answer, or such a test."""
    if not proof.startswith(TEST_PREFIX):
        return any(fnmatch.fnmatchcase(path, proof) for path in recorded_probes())
    path, _, name = proof.removeprefix(TEST_PREFIX).strip().partition("::")
    return (
        name.startswith("test_")
        and (ROOT / path).is_file()
        and name in {n for n, *_ in definitions(parsed(ROOT / path))}
    )


def faults_of(docstring: str) -> Iterator[str]:
    """What keeps a docstring from being a proved specification."""
    for heading in BLOCKS:
        bullets, prose = bullets_of(block_of(docstring, heading))
        if not bullets:
            yield f"no rules under {heading!r}"
        for line in prose:
            yield f"{heading} not in a bullet: {line!r}"
        for bullet in bullets:
            if not bullet.proofs:
                yield f"{heading} no proof in brackets at the end: {bullet.text!r}"
            for proof in bullet.proofs:
                if not is_there(proof):
                    yield f"{heading} there is no {proof!r}"


@pytest.mark.parametrize("name", sorted(HANDLERS.values()))
def test_every_rule_of_a_handler_is_proved(name: str) -> None:
    docstring = ast.get_docstring(parsed(ROOT / "kafkaemu" / "handlers" / f"{name}.py")) or ""
    assert list(faults_of(docstring)) == []


PROVED = """Metadata: brokers and topics.

Behavior:
    - An unknown topic gets UNKNOWN_TOPIC_OR_PARTITION (3),
      its partitions none. [metadata/unknown_topic, metadata/*]
    - Every rule is proved. [test: tests/test_specifications.py::test_every_rule_of_a_handler_is_proved]

Versions:
    - 1 adds the rack. [metadata/unknown_topic]

What stands behind the blocks may be prose.
"""


def test_a_proved_docstring_has_no_faults() -> None:
    assert list(faults_of(PROVED)) == []


@pytest.mark.parametrize(
    ("good", "bad", "fault"),
    [
        ("metadata/*", "metadata/no_such_*", "there is no 'metadata/no_such_*'"),
        ("::test_every", "::test_no", "there is no 'test: tests/test_specifications.py::test_no_rule_of"),
        ("tests/test_specifications.py", "tests/test_none.py", "there is no 'test: tests/test_none.py"),
        (" [metadata/unknown_topic]", "", "no proof in brackets at the end: '1 adds the rack.'"),
        ("    - An unknown", "    Per topic:\n    - An unknown", "not in a bullet: 'Per topic:'"),
        ("Versions:", "Versions: all.", "no rules under 'Versions:'"),
    ],
)
def test_a_rule_without_proof_is_a_fault(good: str, bad: str, fault: str) -> None:
    assert any(fault in found for found in faults_of(PROVED.replace(good, bad, 1)))
