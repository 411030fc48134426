"""Runs of the conformance runner, made by hand: something of every kind and outcome."""

from __future__ import annotations

from kafkaconform.outcome import Tree
from kafkaconform.results import Asked, Difference, Kind, Outcome, Result, Run


def step(code: int, request: str = "Fetch v11", connection: int = 1) -> dict[str, Tree]:
    """One step of a probe: a request that is answered with an error code."""
    answer = {"throttle_time_ms": 0, "error_code": code, "name": "<b>&", "groups": [1, 2, 3, 4]}
    return {"connection": connection, "request": request, "fields": {"max_wait_ms": 7}, "outcome": {"answer": answer}}


PASSED = Result(Kind.PROBE, "fetch/known_topic", "It comes.", Outcome.PASSED, 0.01, asked=(Asked("Fetch", 11, 2, 2),))
FAILED = Result(
    Kind.PROBE,
    "fetch/unknown_topic",
    "Unknown: 3.",
    Outcome.FAILED,
    0.1,
    differences=(Difference("steps[1].outcome.answer.error_code", 3, 6),),
    expected=[step(0, "Metadata v12"), step(3)],
    actual=[step(0, "Metadata v12"), step(6)],
    asked=(Asked("Metadata", 12, 1, 1), Asked("Fetch", 11, 1, 0)),
)
BROKEN = Result(
    Kind.PROBE, "fetch/broken", "It holds.", Outcome.FAILED, 0.1, "no answer came \x00", expected=[step(0)], actual=[]
)
KNOWN = Result(
    Kind.PROBE,
    "at_controller/list_groups/all",
    "All.",
    Outcome.KNOWN,
    0.1,
    "not built",
    (Difference("steps[0].outcome", "closed", "nothing"),),
    [{**step(0, "ListGroups v1"), "outcome": "closed"}],
    [{**step(0, "ListGroups v1"), "outcome": "nothing"}],
    (Asked("ListGroups", 1, 1, 0),),
)
SCENARIO = Result(Kind.SCENARIO, "kafkajs-2.2.4/round_trip:gzip", "It comes back.", Outcome.PASSED, 1.5, "60 records")
NOT_RUN = Result(Kind.SCENARIO, "java-4.3.1/resume", "It goes on.", Outcome.NOT_RUN, 0, "apt-get install default-jre")
HISTORY = Result(Kind.HISTORY, "history/no_loss", "Nothing is lost.", Outcome.FAILED, 2, "record 7 of orders-0 is lost")

EVERYTHING = (PASSED, FAILED, BROKEN, KNOWN, SCENARIO, NOT_RUN, HISTORY)


def run_of(*results: Result, release: str = "4.3.1", beside: str = "") -> Run:
    """A run with these results."""
    versions = {"kafkaconform": "0.1.0"}
    return Run("127.0.0.1:9092", release, "2026-11-28T19:00:00+00:00", 2.0, versions, results, beside)
