"""Differences that somebody accepts."""

from pathlib import Path

import pytest

from kafkaconform.accepting import write_known
from kafkaconform.known import BadKnownList, Known, KnownList, read_known
from kafkaconform.outcome import ABSENT
from kafkaconform.results import Difference, Kind, Outcome, Result
from tests.support.runs import run_of

RELEASE = "4.3.1"


def failed(path: str, *differences: Difference, reason: str = "") -> Result:
    return Result(Kind.PROBE, path, "holds", Outcome.FAILED, 0, reason, differences)


def known(*entries: Known) -> KnownList:
    return KnownList(entries)


def test_a_result_all_of_whose_differences_are_accepted_is_known_with_the_reasons() -> None:
    kept = known(Known("a/*", "one", "steps[0]*"), Known("a/b", "two", "steps[1]*"))
    result = kept.judge(failed("a/b", Difference("steps[0].x", 1, 2), Difference("steps[1].y", 1, 2)), RELEASE)
    assert (result.outcome, result.reason) == (Outcome.KNOWN, "one; two")


def test_one_difference_that_is_not_accepted_fails() -> None:
    kept = known(Known("a/*", "one", "steps[0]*"))
    result = kept.judge(failed("a/b", Difference("steps[0].x", 1, 2), Difference("steps[1].y", 1, 2)), RELEASE)
    assert result.outcome is Outcome.FAILED


def test_a_failure_without_a_difference_is_never_accepted() -> None:
    assert known(Known("*", "all")).judge(failed("a/b", reason="no answer"), RELEASE).outcome is Outcome.FAILED


def test_an_entry_may_accept_only_what_is_absent_or_only_one_release() -> None:
    absent = known(Known("a/*", "not built", only_absent=True))
    assert absent.judge(failed("a/b", Difference("x", 1, ABSENT)), RELEASE).outcome is Outcome.KNOWN
    assert absent.judge(failed("a/b", Difference("x", 1, 2)), RELEASE).outcome is Outcome.FAILED
    old = known(Known("a/*", "old", releases=("3.9.1",)))
    assert old.judge(failed("a/b", Difference("x", 1, 2)), RELEASE).outcome is Outcome.FAILED


def test_entries_that_nothing_needed_are_told_if_all_they_speak_of_has_run() -> None:
    kept = known(
        Known("a/*", "one"), Known("b/*", "two"), Known("gone/*", "three"), Known("a/*", "old", releases=("3",))
    )
    kept.judge(failed("a/x", Difference("x", 1, 2)), RELEASE)
    every = ["a/x", "b/x", "b/y"]
    assert [entry.reason for entry in kept.unneeded(RELEASE, every, {"a/x", "b/x", "b/y"})] == ["two", "three"]
    assert [entry.reason for entry in kept.unneeded(RELEASE, every, {"a/x", "b/x"})] == ["three"]


def test_a_list_is_read_from_toml(tmp_path: Path) -> None:
    file = tmp_path / "known.toml"
    file.write_text('[[known]]\ncheck = "a/*"\nwhere = "x"\nonly_absent = true\nreleases = ["4.3.1"]\nreason = "r"\n')
    assert read_known(file).entries == (Known("a/*", "r", "x", True, ("4.3.1",)),)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[known]", "is not TOML"),
        ("other = 1", "holds other things than .* it has other"),
        ("known = 1", "holds other things"),
        ("known = [1]", "entry 1 is not a table"),
        ('[[known]]\ncheck = "a"', "entry 1 needs a reason"),
        ('[[known]]\ncheck = "a"\nreason = " "', "entry 1 needs a reason"),
        ("[[known]]", "needs a check and a reason"),
        ('[[known]]\ncheck = "a"\nreason = "r"\nwhen = "x"', "when is not one of"),
        ('[[known]]\ncheck = "a"\nreason = 1', "reason is 1, which is not a text"),
        ('[[known]]\ncheck = "a"\nreason = "r"\nreleases = [1]', r"releases is \[1\], which is not a list of texts"),
    ],
)
def test_a_bad_list_is_refused_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "known.toml"
    file.write_text(text)
    with pytest.raises(BadKnownList, match=sentence):
        read_known(file)


def test_a_list_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadKnownList, match="Cannot read the list"):
        read_known(tmp_path / "absent.toml")


def test_a_list_is_written_from_a_run_that_accepts_it_once_the_reasons_are_given(tmp_path: Path) -> None:
    deep = "steps[3].outcome.answer.topics[0].configs[2].config_source"
    found = [
        failed("a/one", Difference(deep, 3, 5), Difference(deep.replace("[0]", "[1]"), 3, 5)),
        failed("a/many", *(Difference(f"steps[0].outcome.answer.{field}", 1, 2) for field in "abcd")),
        failed(
            "a/closed", Difference("steps[4].outcome", "closed", "nothing"), Difference("offered.Fetch v18", 1, ABSENT)
        ),
        failed("a/broken", reason="no topic"),
        failed("a/twice", *(Difference(f"steps[0].outcome.answer.{where}", 1, 2) for where in ("b[0].c[1]", "c[2]"))),
    ]
    file = tmp_path / "known.toml"
    write_known(run_of(*found), file)
    with pytest.raises(BadKnownList, match="needs a reason"):
        read_known(file)
    file.write_text(file.read_text().replace('reason = ""', 'reason = "so it is"'))
    accepted = read_known(file)
    assert [(entry.check, entry.where) for entry in accepted.entries] == [
        ("*", "offered.*"),
        ("a/one", "*.topics[*].configs[*].config_source"),
        ("a/many", "*"),
        ("a/closed", "steps[4].outcome"),
        ("a/twice", "*.c[*]"),
    ]
    outcomes = [accepted.judge(result, RELEASE).outcome for result in found]
    assert outcomes == [Outcome.KNOWN, Outcome.KNOWN, Outcome.KNOWN, Outcome.FAILED, Outcome.KNOWN]
    assert accepted.unneeded(RELEASE, [each.path for each in found], {each.path for each in found}) == []
