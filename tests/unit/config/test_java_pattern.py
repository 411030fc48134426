"""Which texts match which patterns, as Java 17 tells it (java_patterns.json), and that no pattern takes for ever."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from kafkaemu.config.java_pattern import JavaPattern, NoPattern
from tests.unit.config.record_java_patterns import IRREGULAR, TEXTS

ANSWERS: dict[str, list[str] | None] = json.loads(Path(__file__).with_name("java_patterns.json").read_text())
#: Of the ends of words every Java has its own notion, but for ASCII.
EDGES = ("\\b", "\\B")


def _matching(pattern: str) -> list[str] | None:
    try:
        read = JavaPattern(pattern)
    except NoPattern:
        return None
    return [text for text in TEXTS if read.matches(text)]


def test_a_text_matches_as_in_java() -> None:
    found, told = {}, {}
    for pattern, texts in ANSWERS.items():
        is_told = pattern not in IRREGULAR
        if is_told and (found_texts := _matching(pattern)) != texts:
            found[pattern], told[pattern] = found_texts, texts
    for pattern in [pattern for pattern in found if any(edge in pattern for edge in EDGES)]:
        found[pattern], told[pattern] = (
            [text for text in texts or () if text.isascii()] for texts in (found[pattern], told[pattern])
        )
    assert found == told


def test_what_no_automaton_matches_is_no_pattern() -> None:
    assert {pattern for pattern in IRREGULAR if _matching(pattern) is not None} == set()
    assert {pattern for pattern in IRREGULAR if ANSWERS[pattern] is None} == set(), "Java would not take them either"


@pytest.mark.parametrize(
    "pattern",
    [
        *("(" * 3000 + ")" * 3000, "[" * 3000 + "a" + "]" * 3000, "((a{1000}){1000}){1000}", "a{99999999999999999999}"),
        *("x" * 1001, "(|){1000}" * 2, "(a?){600}"),
    ],
)
def test_what_would_become_too_large_is_no_pattern(pattern: str) -> None:
    assert _matching(pattern) is None


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|aa)+b", "(.*)(.*)(.*)(.*)x", "(a?){200}a{200}x", "(()*)*b"])
def test_no_pattern_takes_longer_than_the_text_is_long(pattern: str) -> None:
    read = JavaPattern(pattern)
    began_s = time.process_time()
    assert not read.matches("a" * 32_767)
    assert time.process_time() - began_s < 1, "a backtracking one takes years"


def test_an_ordinary_pattern_looks_at_the_longest_text_to_its_end() -> None:
    assert JavaPattern("a.*b").matches("a" * 32_766 + "b")
