"""What a run found, as plain data."""

import json

import attrs
import pytest

from kafkaconform.results import Difference, Kind, Outcome, Result, Run

FAILED = Result(
    Kind.PROBE, "fetch/unknown_topic", "3", Outcome.FAILED, 0.1, differences=(Difference("steps[0]", 3, None),)
)
PASSED = Result(Kind.SCENARIO, "kafkajs/round_trip", "comes back", Outcome.PASSED, 1.5)
NOT_RUN = Result(
    Kind.SCENARIO, "java/round_trip", "comes back", Outcome.NOT_RUN, 0, reason="apt-get install default-jre"
)


def run(*results: Result) -> Run:
    return Run("127.0.0.1:9092", "4.3.1", "2026-11-28T19:00:00Z", 2.0, {"kafkaconform": "0.1.0"}, results)


def test_a_run_goes_to_json_and_back() -> None:
    whole = run(FAILED, PASSED, NOT_RUN)
    assert Run.from_json(json.loads(json.dumps(whole.to_json()))) == whole


def test_a_run_is_good_if_something_ran_and_nothing_failed() -> None:
    assert run(PASSED, NOT_RUN).is_good
    assert not run(PASSED, FAILED).is_good
    assert not run(NOT_RUN).is_good
    assert not run().is_good


@pytest.mark.parametrize("tree", [{}, {"format": 99}, {"format": 1}, {"format": 1, "results": [{}]}])
def test_something_else_is_refused(tree: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a"):
        Run.from_json(tree)


def test_a_result_stands_in_the_group_before_the_last_slash() -> None:
    assert FAILED.api == "fetch"
    assert attrs.evolve(FAILED, path="at_controller/acls/none").api == "at_controller/acls"
