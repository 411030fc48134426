"""``kafkaconform run``: what is selected, what is told and written, and the exit code."""

from __future__ import annotations

import json
import shlex
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from kafkaconform.checks import Check, Target
from kafkaconform.cli import main
from kafkaconform.known import KnownList
from kafkaconform.probing import probe_checks
from kafkaconform.registry import all_probes
from kafkaconform.releases import NotAskable
from kafkaconform.results import Kind, Outcome, Result, Run
from kafkaconform.runner import run_checks
from kafkaconform.shipped import shipped_goldens
from tests.support.broker import running_broker


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["run", *arguments])
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with running_broker() as broker:
        yield broker.bootstrap


@pytest.fixture
def nobody() -> int:
    """A port on which nobody listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_a_run_against_our_broker_is_told_and_written(bootstrap: str, tmp_path: Path) -> None:
    files = {kind: tmp_path / f"run.{kind}" for kind in ("json", "junit", "html")}
    options = [part for kind, file in files.items() for part in (f"--{kind}", str(file))]
    only = ("--only", "list_groups/*", "--only", "describe_groups/unknown_groups")
    code, output = run("--bootstrap", bootstrap, *only, *options)
    found = Run.from_json(json.loads(files["json"].read_text()))
    assert (code, found.counts()) == (0, {Outcome.PASSED: len(found.results)})
    assert {(asked.api, asked.version) for result in found.results for asked in result.asked} >= {("ListGroups", 5)}
    assert {result.path for result in found.results} > {"describe_groups/unknown_groups", "list_groups/every_version"}
    assert f"list_groups: {len(found.results) - 1} passed" in output
    assert "describe_groups/unknown_groups: 1 passed" in output
    assert len(list(ET.parse(files["junit"]).getroot().iter("testcase"))) == len(found.results)
    assert files["html"].read_text().startswith("<!DOCTYPE html>")


def test_a_broker_that_differs_is_told_with_what_it_answers(bootstrap: str) -> None:
    code, output = run("--bootstrap", bootstrap, "--only", "find_coordinator/transactional_id")
    assert code == 1
    assert "✗ find_coordinator/transactional_id" in output
    assert "expected" in output
    assert "1 failed" in output


def test_accepted_differences_end_well_and_an_entry_too_many_does_not(bootstrap: str, tmp_path: Path) -> None:
    known = tmp_path / "known.toml"
    known.write_text('[[known]]\ncheck = "find_coordinator/transactional_id"\nreason = "not built"\n')
    options = ("--bootstrap", bootstrap, "--known", str(known), "--only")
    assert run(*options, "find_coordinator/transactional_id")[0] == 0
    code, output = run(*options, "list_groups/*")
    assert code == 0, "what the entry speaks of was not run"
    known.write_text(known.read_text() + '[[known]]\ncheck = "list_groups/*"\nreason = "spare"\n')
    code, output = run(*options, "list_groups/*")
    assert code == 1
    assert "Not needed any more" in output
    assert "spare" in output


def test_what_kafkaemu_keeps_is_accepted_by_name(bootstrap: str) -> None:
    code, _ = run("--bootstrap", bootstrap, "--known", "kafkaemu", "--only", "find_coordinator/transactional_id")
    assert code == 0


def test_a_controller_that_cannot_be_reached_is_not_asked(bootstrap: str) -> None:
    code, output = run("--bootstrap", bootstrap, "--only", "at_controller/create_topics/*")
    assert (code, "✗" in output) == (2, False)
    assert ": the broker tells no listener of a controller" in output


def test_a_controller_is_not_judged_by_what_a_broker_of_an_older_release_said() -> None:
    with running_broker("--listeners", "PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0") as broker:
        options = ("--bootstrap", broker.bootstrap, "--only", "at_controller/describe_cluster/every_version")
        assert run(*options)[0] == 0
        code, output = run(*options, "--as-version", "3.9.1")
    assert (code, "✗" in output) == (2, False)
    assert "of older releases brokers alone were asked" in output


def test_two_brokers_are_held_against_each_other(bootstrap: str, nobody: int) -> None:
    options = ("--bootstrap", bootstrap, "--only", "find_coordinator/*")
    code, output = run(*options, "--beside", bootstrap)
    assert code == 0
    assert f"against the broker at {bootstrap}" in output
    code, output = run(*options, "--beside", f"127.0.0.1:{nobody}")
    assert (code, output.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--only", "nothing/*"], "No check matches 'nothing/*'; there are checks in acls, "),
        (["--only", "Fetchs,produce"], "there are fetch, "),
        (["--only", "Fetchs,produce"], "give --only once for each."),
        (["--only", "fetch_chekcs"], "No check matches 'fetch_chekcs'; there are fetch_checks"),
        (["--bootstrap", "one:9092,two:9092"], "'one:9092,two:9092' is not HOST:PORT"),
        (["--bootstrap", "PLAINTEXT://one:9092"], "is not HOST:PORT"),
        (["--known", "/nowhere/known.toml"], "Cannot read"),
        (["--html", "/nowhere/run.html"], "cannot be written"),
        (["--html", "/"], "cannot be written"),
        (["--client", "telnet"], "There is no client 'telnet'"),
        (["--kinds", "probe,poem"], "poem"),
        (["--bootstrap", "127.0.0.1:99999"], "is not HOST:PORT"),
        (["--as-version", "0.8.2"], "no facts on release '0.8.2'"),
        (["--as-version", "0.8.2", "--kinds", "scenario"], "no facts on release '0.8.2'"),
        (["--as-version", "3.4.0", "--kinds", "scenario"], "no check of kind scenario for Apache Kafka 3.4.0."),
        (["--as-version", "4.2.0"], "no recorded answers of Apache Kafka 4.2.0"),
        (["--goldens", "/nowhere"], "there are none at all"),
    ],
)
def test_what_cannot_be_run_is_told_with_exit_code_2(nobody: int, options: list[str], sentence: str) -> None:
    code, output = run("--bootstrap", f"127.0.0.1:{nobody}", *options)
    assert code == 2
    assert sentence in output
    assert "Traceback" not in output


def test_a_report_is_not_written_over_what_the_user_keeps(nobody: int, tmp_path: Path) -> None:
    file = tmp_path / "known.toml"
    file.write_text('[[known]]\ncheck = "a/*"\nreason = "long thought about"\n')
    before = file.read_text()
    code, output = run("--bootstrap", f"127.0.0.1:{nobody}", "--known", str(file), "--write-known", str(file))
    assert (code, "name another file" in output, file.read_text()) == (2, True, before)
    code, output = run("--bootstrap", f"127.0.0.1:{nobody}", "--json", str(file), "--html", str(file))
    assert (code, "Two reports" in output, file.read_text()) == (2, True, before)


def test_goldens_are_found_by_a_release_without_its_patch(bootstrap: str, tmp_path: Path) -> None:
    code, output = run("--bootstrap", bootstrap, "--as-version", "4.3", "--only", "ListGroups")
    assert (code, "against Apache Kafka 4.3.1" in output) == (0, True)
    (tmp_path / "notes.txt").touch()
    code, output = run("--bootstrap", bootstrap, "--goldens", str(tmp_path))
    assert (code, "there are none at all" in output) == (2, True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_has_an_exit_code_of_its_own(
    bootstrap: str, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    def interrupted(*rest: object, **options: object) -> Run:
        signal.raise_signal(number)
        raise AssertionError("it goes on")

    monkeypatch.setattr("kafkaconform.run_command.run_checks", interrupted)
    code, output = run("--bootstrap", bootstrap, "--only", "list_groups")
    assert (code, "Traceback" in output, "no report is written" in output) == (130, False, True)


def test_a_broker_that_is_started_elsewhere_is_told_with_what_it_said(
    nobody: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kafkaconform.starting.START_TIMEOUT_S", 0.2)
    program = "import time; print('listening on another port', flush=True); time.sleep(60)"
    start = shlex.join([sys.executable, "-c", program])
    code, output = run("--bootstrap", f"127.0.0.1:{nobody}", "--only", "list_groups", "--start", start)
    assert (code, "It said: listening on another port" in output) == (2, True)


def test_a_command_is_not_run_where_a_broker_answers(bootstrap: str) -> None:
    code, output = run("--bootstrap", bootstrap, "--only", "list_groups", "--start", "no-such-broker")
    assert (code, f"{bootstrap} answers already: 'no-such-broker' is run only when" in output) == (0, True)


def test_clients_are_not_run_where_nobody_is(nobody: int) -> None:
    for address, sentence in ((f"127.0.0.1:{nobody}", "Nobody answers"), ("nowhere", "is not HOST:PORT")):
        result = CliRunner().invoke(main, ["clients", "run", "kcat", "--bootstrap", address])
        assert (result.exit_code, sentence in result.output) == (2, True)


def test_a_broker_that_nobody_is_at_is_told_in_a_sentence(nobody: int) -> None:
    code, output = run("--bootstrap", f"127.0.0.1:{nobody}")
    assert (code, output.count("\n")) == (2, 1)
    assert f"Nobody answers at 127.0.0.1:{nobody}" in output


def test_somebody_else_than_a_broker_is_told_in_a_sentence() -> None:
    import threading

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = threading.Thread(target=lambda: listener.accept()[0].close())
        thread.start()
        code, output = run("--bootstrap", f"127.0.0.1:{listener.getsockname()[1]}")
        thread.join()
    assert (code, output.count("\n")) == (2, 1)
    assert "does not answer ApiVersions" in output


def check_of(path: str, outcome: Outcome) -> Check:
    return Check(Kind.PROBE, path, "x", lambda target: Result(Kind.PROBE, path, "x", outcome, 0.0))


def test_a_broker_at_an_ipv6_address_is_named_as_clients_name_it() -> None:
    assert Target("2001:db8::1", 9092, "4.3.1", shipped_goldens()).bootstrap == "[2001:db8::1]:9092"


def test_once_the_broker_is_gone_the_rest_is_not_run(nobody: int) -> None:
    checks = [check_of(name, outcome) for name, outcome in (("a", Outcome.PASSED), ("b", Outcome.FAILED))]
    target = Target("127.0.0.1", nobody, "4.3.1", shipped_goldens())
    found = run_checks(target, [*checks, check_of("c", Outcome.PASSED)], KnownList())
    assert [result.outcome for result in found.results] == [Outcome.PASSED, Outcome.FAILED, Outcome.NOT_RUN]
    assert f"Nobody answers at 127.0.0.1:{nobody}" in found.results[1].reason
    assert not found.is_good


def test_a_check_that_breaks_fails_alone(bootstrap: str) -> None:
    def broken(target: Target) -> Result:
        raise RuntimeError("oh")

    host, port = bootstrap.split(":")
    target = Target(host, int(port), "4.3.1", shipped_goldens())
    found = run_checks(target, [Check(Kind.HISTORY, "a", "x", broken), check_of("b", Outcome.PASSED)], KnownList())
    assert [result.outcome for result in found.results] == [Outcome.FAILED, Outcome.PASSED]
    assert "RuntimeError: oh" in found.results[0].reason


def test_what_a_broker_cannot_be_asked_any_more_is_not_run(bootstrap: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*rest: object, **options: object) -> None:
        raise NotAskable("start it anew")

    host, port = bootstrap.split(":")
    (check, *_) = probe_checks(all_probes("list_groups/*"))
    monkeypatch.setattr("kafkaconform.probing.run_probe", refused)
    result = check.run(Target(host, int(port), "4.3.1", shipped_goldens()))
    assert (result.outcome, result.reason) == (Outcome.NOT_RUN, "start it anew")
