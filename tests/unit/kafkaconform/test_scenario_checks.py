"""What the reports of clients' programs become as checks of a run; no client is needed for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import attrs
import pytest

from kafkaconform.checks import Target
from kafkaconform.results import Outcome
from kafkaconform.scenario_checks import UnknownClient, chosen_clients, scenario_checks
from kafkaconform.scenarios.driver import CheckResult, ScenarioClient


@attrs.frozen(kw_only=True)
class Client(ScenarioClient):
    """A client that says what a test wants, and ``strange`` besides."""

    strange: tuple[CheckResult, ...] = ()

    def fingerprint(self) -> str:
        return "x"

    def fetch(self) -> None:
        """It is there."""

    def command(self) -> list[str]:
        return []


CLIENT = Client(
    library="some",
    version="1",
    checks=("resume", "topics", "restart"),
    kafka_releases=("4.3",),
    fails_today={"topics": "too old"},
)


Outcomes = list[tuple[str, Outcome, str]]


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which programs were run, and for what."""
    seen: list[str] = []
    monkeypatch.setattr(Client, "missing", lambda self: None)
    reports = {"resume": CheckResult("resume", True, "goes on"), "topics": CheckResult("topics", False, "refused")}

    def run(client: Client, *rest: object, restart: object) -> list[CheckResult]:
        seen.append(f"{client.library} for {'all' if restart is None else 'restart'}")
        said = reports if restart is None else {"restart": CheckResult("restart", True, "went on")}
        return [*said.values(), *client.strange]

    monkeypatch.setattr("kafkaconform.scenarios.together.run_scenarios", run)
    return seen


def outcomes(
    *clients: Client, only: Sequence[str] = (), release: str = "4.3.1", restart: Callable[[], None] | None = None
) -> Outcomes:
    target = Target("h", 1, release, Path("/"), restart=restart)
    found = [check.run(target) for check in scenario_checks(clients, *only)]
    return [(result.path, result.outcome, result.reason) for result in found]


def test_a_client_runs_once_and_each_of_its_reports_is_a_check(runs: list[str]) -> None:
    found = outcomes(CLIENT, release="3.9.1")
    assert found[:3] == [
        ("some-1/resume", Outcome.PASSED, "goes on"),
        ("some-1/topics", Outcome.FAILED, "refused"),
        ("some-1/output", Outcome.PASSED, ""),
    ]
    assert runs == ["some for all"]


def test_a_broker_that_cannot_be_restarted_is_not_asked_what_needs_that(runs: list[str]) -> None:
    path, outcome, reason = outcomes(CLIENT, release="3.9.1")[-1]
    assert (path, outcome) == ("some-1/restart", Outcome.NOT_RUN)
    assert "--start" in reason


def test_what_needs_a_restart_comes_last_in_a_run_of_its_own(runs: list[str]) -> None:
    other = attrs.evolve(CLIENT, library="other")
    found = outcomes(CLIENT, other, restart=lambda: None)
    assert found[-2:] == [(f"{name}-1/restart", Outcome.PASSED, "went on") for name in ("some", "other")]
    assert (sorted(runs[:2]), sorted(runs[2:])) == (
        ["other for all", "some for all"],
        ["other for restart", "some for restart"],
    )


def test_only_programs_of_selected_checks_are_run(runs: list[str]) -> None:
    other = attrs.evolve(CLIENT, library="other")
    found = outcomes(CLIENT, other, only=["other-1/resume"], restart=lambda: None)
    assert found == [("other-1/resume", Outcome.PASSED, "goes on")]
    assert runs == ["other for all"]


def test_what_fails_with_kafka_itself_has_to_fail(runs: list[str]) -> None:
    fails = attrs.evolve(CLIENT, fails_today={"resume": "too new", "topics": "too old"})
    assert [outcome for _, outcome, _ in outcomes(fails)[:2]] == [Outcome.FAILED, Outcome.PASSED]


def test_a_program_that_prints_something_else_fails(runs: list[str]) -> None:
    client = attrs.evolve(CLIENT, strange=(CheckResult("output", False, "not a report: hello"),))
    said = "output: not a report: hello"
    assert outcomes(client, restart=lambda: None)[2:] == [
        ("some-1/output", Outcome.FAILED, said),
        ("some-1/restart", Outcome.FAILED, said),
    ]


def test_a_client_that_is_not_installed_is_not_run_and_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Client, "missing", lambda self: "some-1 is not installed: get it")
    found = outcomes(CLIENT, restart=lambda: None)
    assert {(outcome, reason) for _, outcome, reason in found} == {(Outcome.NOT_RUN, "some-1 is not installed: get it")}


def test_clients_are_chosen_by_name_library_or_release() -> None:
    assert {client.version for client in chosen_clients(["kafka-go"], "3.3.2")} == {"0.4.38", "0.4.51"}
    assert [client.name for client in chosen_clients(["java-2.8.2"], "4.3.1")] == ["java-2.8.2"]
    assert {client.name for client in chosen_clients([], "4.0.0")} == {
        client.name for client in chosen_clients([], "4.3.1")
    }
    with pytest.raises(UnknownClient, match="telnet"):
        chosen_clients(["telnet"], "4.3.1")
