"""What the driver makes of what a client's program says; no client is needed for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from kafkaconform.scenarios.catalogue import CLIENTS
from kafkaconform.scenarios.driver import CheckResult, ScenarioClient, read_results, run_scenarios
from kafkaconform.scenarios.together import run_together
from tests.support.broker import ROOT, environment

GOOD = '{"check": "resume", "ok": true, "detail": "went on at 8"}'


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@attrs.frozen(kw_only=True)
class Script(ScenarioClient):
    """A client that is some Python."""

    code: str = ""

    def fingerprint(self) -> str:
        return self.code

    def fetch(self) -> None:
        (self.folder / "script.py").write_text(self.code, encoding="utf-8")

    def command(self) -> list[str]:
        return [sys.executable, str(self.folder / "script.py")]


def installed(code: str, *checks: str, library: str = "script") -> Script:
    client = Script(library=library, version="1", checks=checks or ("resume",), kafka_releases=(), code=code)
    client.install()
    return client


def test_checks_come_in_their_order_whatever_order_they_are_reported_in() -> None:
    lines = ['{"check": "b", "ok": false, "detail": "no"}', '{"check": "a", "ok": true, "detail": "yes"}']
    assert list(read_results(["a", "b"], lines, str)) == [CheckResult("a", True, "yes"), CheckResult("b", False, "no")]


def test_a_check_that_is_not_reported_has_failed() -> None:
    assert list(read_results(["a"], [], lambda: "exit code 1")) == [
        CheckResult("a", False, "not reported: exit code 1")
    ]


@pytest.mark.parametrize(
    "line",
    ["hello", "[]", "{}", '{"check": "resume", "ok": true}', GOOD.replace("resume", "unheard of"), "null"],
)
def test_a_line_that_is_no_report_of_a_check_fails_the_run(line: str) -> None:
    good, strange = read_results(["resume"], [GOOD, line], str)
    assert good.ok
    assert not strange.ok


def test_a_check_that_is_reported_twice_fails_the_run() -> None:
    assert [result.ok for result in read_results(["resume"], [GOOD, GOOD], str)] == [True, False]


@pytest.mark.parametrize("ok", ['"true"', "1", "null"])
def test_only_true_is_true(ok: str) -> None:
    (result,) = read_results(["resume"], [GOOD.replace("true", ok)], str)
    assert not result.ok


def test_a_program_is_given_the_address_and_the_prefix() -> None:
    code = 'import sys; print(\'{"check": "resume", "ok": true, "detail": "%s %s"}\' % tuple(sys.argv[1:]))'
    assert run_scenarios(installed(code), "host:1", "p") == [CheckResult("resume", True, "host:1 p")]


def test_what_a_program_says_as_it_dies_is_the_reason() -> None:
    (result,) = run_scenarios(installed("import sys; sys.exit('no such broker')"), "host:1", "p")
    assert result == CheckResult("resume", False, "not reported: exit code 1; no such broker")


def test_a_program_that_does_not_end_is_ended() -> None:
    (result,) = run_scenarios(
        installed("input() if False else __import__('time').sleep(99)"), "host:1", "p", timeout_s=0.2
    )
    assert result == CheckResult("resume", False, "not reported: not done after 0.2 s")


ASKS = """
import sys
print('{"please": "restart"}', flush=True)
print('{"check": "restart", "ok": true, "detail": "%s, then %r"}' % (sys.argv[3], sys.stdin.readline()))
"""


def test_a_program_that_asks_for_a_restart_goes_on_after_it() -> None:
    restarts: list[None] = []
    client = installed(ASKS, "resume", "restart")
    results = run_scenarios(client, "host:1", "p", restart=lambda: restarts.append(None))
    assert results == [CheckResult("restart", True, "restart, then '\n'")]
    assert restarts == [None]


def test_where_the_broker_does_not_come_back_the_check_has_failed() -> None:
    results = run_scenarios(installed(ASKS, "restart"), "host:1", "p", restart=lambda: "nobody answers")
    assert results == [CheckResult("restart", False, "not reported: nobody answers")]


def test_a_program_that_ends_meanwhile_has_failed() -> None:
    deaf = 'import os; os.close(0); print(\'{"please": "restart"}\', flush=True); os._exit(7)'
    results = run_scenarios(installed(deaf, "restart"), "host:1", "p", restart=lambda: None)
    assert results == [CheckResult("restart", False, "not reported: exit code 7")]


def test_a_program_that_asks_twice_or_when_it_is_not_run_for_that_says_something_strange() -> None:
    twice = installed(
        ASKS.strip().replace("\nprint", '\nprint(\'{"please": "restart"}\', flush=True)\nprint'), "restart"
    )
    assert [result.ok for result in run_scenarios(twice, "host:1", "p", restart=lambda: None)] == [True, False, False]
    (resume, strange) = run_scenarios(installed('print(\'{"please": "restart"}\')', "resume", "restart"), "h", "p")
    assert (resume.ok, strange.detail) == (False, 'not a report: {"please": "restart"}')


def test_programs_wait_for_one_restart_that_all_have_asked_for_and_those_that_end_are_not_waited_for() -> None:
    asked: list[None] = []
    codes = {"one": ASKS, "dead": "raise SystemExit('dead')", "other": ASKS}
    clients = [installed(code, "restart", library=library) for library, code in codes.items()]
    found = run_together(clients, "host:1", lambda: asked.append(None))
    assert [report.ok for client in clients for report in found[client.name].result(10)] == [True, False, True]
    assert asked == [None]


BROKEN_OFF = """
import time
from pathlib import Path
from tests.unit.kafkaconform.test_scenario_driver import installed, run_together
client = installed("import time; open('begun', 'w').close(); time.sleep(99)")
run_together([client], "host:1")
while not Path(client.folder, "begun").exists():
    time.sleep(0.01)
"""


def test_a_run_that_is_broken_off_does_not_wait_for_its_programs() -> None:
    subprocess.run([sys.executable, "-c", BROKEN_OFF], env=environment(), cwd=ROOT, timeout=30, check=True)


def test_a_client_is_missing_until_it_is_installed_and_again_when_its_making_has_changed() -> None:
    client = Script(library="script", version="1", checks=(), kafka_releases=())
    assert client.missing() == "script-1 is not installed: kafkaconform clients install script-1"
    client.install()
    assert client.missing() is None
    (client.folder / "installed").write_text("otherwise", encoding="utf-8")
    assert client.missing() == "script-1 is out of date: kafkaconform clients install script-1"


def test_every_client_has_a_folder_of_its_own_and_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert len({client.folder for client in CLIENTS.values()}) == len(CLIENTS)
    for name, client in CLIENTS.items():
        assert client.missing() == f"{name} is not installed: {client.install_command}"
        assert set(client.fails_today) <= set(client.checks)
