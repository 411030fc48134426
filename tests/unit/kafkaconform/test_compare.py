"""What changed between two runs."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner

from kafkaconform.cli import main
from kafkaconform.compare import changes, report
from kafkaconform.outcome import ABSENT
from kafkaconform.results import Difference, Outcome, Result, Run
from tests.support.runs import EVERYTHING, FAILED, HISTORY, KNOWN, PASSED, SCENARIO, run_of, step


def lines(before: Run, after: Run) -> list[str]:
    return [line for change in changes(before, after) for line in change.lines()]


def now_passed(result: Result) -> Result:
    return attrs.evolve(result, outcome=Outcome.PASSED, differences=(), expected=None, actual=None, reason="")


def test_a_run_and_itself_are_alike() -> None:
    assert changes(run_of(*EVERYTHING), run_of(*EVERYTHING)) == []


def test_duration_is_no_change() -> None:
    assert changes(run_of(FAILED), run_of(attrs.evolve(FAILED, duration_s=9.0))) == []


def test_a_probe_that_began_to_fail_shows_what_changed_in_its_answers() -> None:
    assert lines(run_of(now_passed(FAILED)), run_of(FAILED)) == [
        "fetch/unknown_topic: passed -> failed",
        "    Fetch v11: error_code: 3 UNKNOWN_TOPIC_OR_PARTITION -> 6 NOT_LEADER_OR_FOLLOWER",
    ]
    assert (
        lines(run_of(FAILED), run_of(now_passed(FAILED)))[1]
        == "    Fetch v11: error_code: 6 NOT_LEADER_OR_FOLLOWER -> 3 UNKNOWN_TOPIC_OR_PARTITION"
    )


def test_a_probe_that_fails_otherwise_is_a_change() -> None:
    other = attrs.evolve(FAILED, actual=[step(0, "Metadata v12"), step(9)])
    assert lines(run_of(FAILED), run_of(other)) == [
        "fetch/unknown_topic: failed -> failed",
        "    Fetch v11: error_code: 6 NOT_LEADER_OR_FOLLOWER -> 9 REPLICA_NOT_AVAILABLE",
    ]


def test_where_other_answers_were_expected_only_what_both_runs_kept_is_compared() -> None:
    old = run_of(now_passed(FAILED), KNOWN, release="3.9.1")
    assert lines(old, run_of(FAILED, KNOWN)) == ["fetch/unknown_topic: passed -> failed"]


def test_what_is_in_one_run_only_is_told() -> None:
    assert lines(run_of(PASSED), run_of(SCENARIO)) == [
        "fetch/known_topic: passed -> not there",
        "kafkajs-2.2.4/round_trip:gzip: not there -> passed",
    ]


def test_a_failure_for_another_reason_is_a_change_and_another_remark_of_a_success_is_none() -> None:
    assert changes(run_of(HISTORY), run_of(attrs.evolve(HISTORY, reason="record 8")))
    assert not changes(run_of(SCENARIO), run_of(attrs.evolve(SCENARIO, reason="61 records")))


def test_why_a_probe_broke_off_is_told_and_what_it_did_not_come_to_is_no_change() -> None:
    broken = attrs.evolve(FAILED, reason="no topic", differences=(), actual=[step(0, "Metadata v12")])
    assert lines(run_of(FAILED), run_of(broken)) == ["fetch/unknown_topic: failed -> failed", "    after: no topic"]


def test_what_was_asked_for_is_no_change() -> None:
    other = attrs.evolve(FAILED, actual=[step(0, "Metadata v12"), {**step(6), "fields": {"max_wait_ms": 8}}])
    assert changes(run_of(FAILED), run_of(other)) == []


def test_what_is_offered_in_one_run_only_is_told_once() -> None:
    steps = [step(0, "Metadata v12"), step(3)]
    lack = attrs.evolve(
        FAILED,
        outcome=Outcome.NOT_OFFERED,
        reason="not offered: Fetch v11",
        differences=(Difference("offered.Fetch v11", "offered", ABSENT),),
        expected=steps,
        actual=[steps[0], {**steps[1], "outcome": "not offered"}],
    )
    before, after = run_of(now_passed(FAILED)), run_of(lack)
    told = list(report(before, after, changes(before, after)))
    assert told[:2] == ["not offered any more, in brackets how many checks ask for it:", "    Fetch v11 (1)"]
    assert told[-2:] == ["  passed -> not offered: 1", "Changed: 1; the same: 0."]
    assert next(report(after, before, changes(after, before))).startswith("offered now")


def test_many_differences_are_cut() -> None:
    (change,) = changes(run_of(now_passed(FAILED)), run_of(FAILED))
    many = attrs.evolve(change, differences=(Difference("steps[0].outcome", 1, 2),) * 9)
    assert list(many.lines())[-1] == "    … and 4 more"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    before, after = tmp_path / "a.json", tmp_path / "b.json"
    before.write_text(json.dumps(run_of(now_passed(FAILED), PASSED).to_json()))
    after.write_text(json.dumps(run_of(FAILED, PASSED).to_json()))
    return before, after


def test_the_command_tells_changes_and_ends_with_1(files: tuple[Path, Path], tmp_path: Path) -> None:
    written = tmp_path / "changes.json"
    result = CliRunner().invoke(main, ["compare", *map(str, files), "--json", str(written)])
    assert result.exit_code == 1
    assert "fetch/unknown_topic: passed -> failed" in result.output
    assert result.output.endswith("Changed: 1; the same: 1.\n")
    assert json.loads(written.read_text()) == [
        {
            "path": "fetch/unknown_topic",
            "before": "passed",
            "after": "failed",
            "differences": [["steps[1].outcome.answer.error_code", 3, 6]],
        }
    ]


def test_the_command_ends_with_0_where_nothing_changed(files: tuple[Path, Path]) -> None:
    result = CliRunner().invoke(main, ["compare", str(files[0]), str(files[0])])
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "Changed: 0; the same: 2.")


@pytest.mark.parametrize(
    ("text", "sentence"), [(None, "Cannot read"), ("{", "is no report"), ("[]", "is no report"), ("{}", "is no report")]
)
def test_a_file_that_is_no_report_is_refused_in_a_sentence(tmp_path: Path, text: str | None, sentence: str) -> None:
    file = tmp_path / "a.json"
    if text is not None:
        file.write_text(text)
    result = CliRunner().invoke(main, ["compare", str(file), str(file)])
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert sentence in result.output


def test_changes_that_cannot_be_written_are_told_in_a_sentence(files: tuple[Path, Path], tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["compare", *map(str, files), "--json", str(tmp_path / "no" / "c.json")])
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
