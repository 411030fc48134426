"""The runner against brokers that offer less than Kafka does, or die of what they are asked."""

from __future__ import annotations

import shlex
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner

from kafkaconform.checks import Check, Target
from kafkaconform.cli import main
from kafkaconform.goldens import golden_path, write_golden
from kafkaconform.known import Known, KnownList
from kafkaconform.outcome import ABSENT, Tree
from kafkaconform.peers import IMPATIENT_S, LastAsked, NotOffered, Peer, Peers
from kafkaconform.ports import unused_port
from kafkaconform.probing import probe_checks
from kafkaconform.reach import why_unreachable
from kafkaconform.registry import Probe
from kafkaconform.reports.matrix import Cell, matrix
from kafkaconform.reports.text import summary
from kafkaconform.results import Difference, Kind, Outcome, Result, Run
from kafkaconform.runner import run_checks
from kafkaconform.session import NoController, ProbeFailed, Session, retried
from kafkaconform.starting import BrokerCommand
from kafkaconform.steps import comparable
from kafkaconform.undoing import BrokerConfigs
from kafkawire.declare import TopLevel
from kafkawire.messages.describe_groups import DescribeGroupsRequest
from kafkawire.messages.describe_quorum import (
    DescribeQuorumResponse,
    Listener,
    Node,
    PartitionResult,
    TopicResult,
)
from kafkawire.messages.find_coordinator import FindCoordinatorRequest
from kafkawire.messages.get_telemetry_subscriptions import GetTelemetrySubscriptionsRequest
from kafkawire.messages.incremental_alter_configs import (
    ConfigChange,
    IncrementalAlterConfigsRequest,
    IncrementalAlterConfigsResponse,
    ResourceChange,
    ResourceResult,
)
from kafkawire.messages.list_groups import ListGroupsRequest
from kafkawire.primitives import MalformedMessage
from tests.support import toy_broker
from tests.support.broker import running_broker

GROUPS = {"groups": [{"group_id": "g", "protocol_type": "consumer"}]}


@pytest.fixture(scope="module")
def port() -> int:
    """A port that nobody else has."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        found: int = listener.getsockname()[1]
    return found


@pytest.fixture(scope="module")
def broker(port: int) -> Iterator[BrokerCommand]:
    with BrokerCommand(command_for(port), "127.0.0.1", port) as command:
        assert command.start() is None
        yield command


def command_for(port: int) -> str:
    return shlex.join([sys.executable, toy_broker.__file__, str(port)])


def step(request: str, answer: Tree) -> Tree:
    return {"connection": 1, "request": request, "fields": {}, "outcome": {"answer": answer}}


def answered(version: int) -> Tree:
    """What Kafka would say to ListGroups."""
    throttled = {"throttle_time_ms": 0} if version else {}
    return step(f"ListGroups v{version}", {**throttled, "error_code": 0, **GROUPS})


def judge(
    folder: Path,
    port: int,
    *probes: tuple[Callable[[Session], None], list[Tree]],
    known: KnownList | None = None,
    command: BrokerCommand | None = None,
) -> Run:
    """A run of probes, each with the steps that are expected."""
    named = [(Probe("list_groups", run.__name__, "it holds", run), steps) for run, steps in probes]
    for probe, steps in named:
        write_golden(golden_path(folder, "4.3.1", probe), {"steps": steps})
    target = Target("127.0.0.1", port, "4.3.1", folder)
    return run_checks(target, probe_checks(probe for probe, _ in named), known or KnownList(), command=command)


def every_version(session: Session) -> None:
    session.connect().ask_all_versions(ListGroupsRequest())


def looks_into_it(session: Session) -> None:
    """Needs an answer that it does not get."""
    connection = session.connect()
    connection.ask(ListGroupsRequest(), 1)
    answer = connection.ask(ListGroupsRequest(states_filter=["Stable"]), 4)
    for _ in answer.groups:
        connection.ask(ListGroupsRequest(), 1)


def needs_a_coordinator(session: Session) -> None:
    session.service.quietly(FindCoordinatorRequest(key="g"), 3)


def telemetry(session: Session) -> None:
    session.connect().ask(GetTelemetrySubscriptionsRequest(), 0)


EXPECTED = [answered(version) for version in range(6)]


@pytest.mark.usefixtures("broker")
def test_versions_that_are_not_offered_are_no_differences(tmp_path: Path, port: int) -> None:
    run = judge(tmp_path, port, (every_version, EXPECTED))
    (result,) = run.results
    assert result.outcome is Outcome.NOT_OFFERED
    assert result.differences == tuple(
        Difference(f"offered.ListGroups v{version}", "offered", ABSENT) for version in (3, 4, 5)
    )
    assert matrix(run.results)["ListGroups"][2] == Cell(1, 1)
    assert matrix(run.results)["ListGroups"][3] == Cell(0, 0, not_offered=1)
    assert matrix(run.results)["ListGroups"][3].outcome is Outcome.NOT_OFFERED
    assert not run.is_good
    assert "    ListGroups v3 (1), v4 (1), v5 (1)" in list(summary(run))


@pytest.mark.usefixtures("broker")
def test_other_differences_count_beside_what_is_not_offered(tmp_path: Path, port: int) -> None:
    other = [*EXPECTED[:2], step("ListGroups v2", {"throttle_time_ms": 0, "error_code": 15, **GROUPS}), *EXPECTED[3:]]
    (result,) = judge(tmp_path, port, (every_version, other)).results
    assert result.outcome is Outcome.FAILED
    assert result.differences[0] == Difference("steps[2].outcome.answer.error_code", 15, 0)


@pytest.mark.usefixtures("broker")
def test_a_list_may_accept_that_something_is_not_offered(tmp_path: Path, port: int) -> None:
    known = KnownList((Known("*", "of another time", "offered.ListGroups v*"),))
    (result,) = judge(tmp_path, port, (every_version, EXPECTED), known=known).results
    assert (result.outcome, result.reason) == (Outcome.KNOWN, "of another time")


@pytest.mark.usefixtures("broker")
def test_a_probe_ends_where_it_needs_an_answer_that_there_is_not(tmp_path: Path, port: int) -> None:
    steps = [answered(1), step("ListGroups v4", {}), answered(1), answered(1)]
    run = judge(tmp_path, port, (looks_into_it, steps), (needs_a_coordinator, [answered(0)]))
    assert [result.outcome for result in run.results] == [Outcome.NOT_OFFERED] * 2
    assert [[each.where for each in result.differences] for result in run.results] == [
        ["offered.ListGroups v4"],
        ["offered.FindCoordinator"],
    ]
    assert sum(asked.times for result in run.results for asked in result.asked) == 1


@pytest.mark.usefixtures("broker")
def test_what_kafka_does_not_offer_either_is_not_asked(tmp_path: Path, port: int) -> None:
    (result,) = judge(tmp_path, port, (telemetry, [step("GetTelemetrySubscriptions v0", {})])).results
    assert result.outcome is Outcome.NOT_RUN
    assert "GetTelemetrySubscriptions is not offered, nor by an Apache Kafka" in result.reason


def test_ids_are_numbered_without_what_was_not_asked() -> None:
    expected = [step("A v1", {"id": "<uuid:1>"}), step("A v0", {"id": "<uuid:2>", "other": "<uuid:1>"})]
    actual = [{**expected[0], "outcome": "not offered"}, step("A v0", {"id": "<uuid:1>", "other": "<uuid:2>"})]
    left, right = comparable(expected, actual)
    assert left == right


def poison(session: Session) -> None:
    session.connect().ask(DescribeGroupsRequest(groups=["poison"]), 0)


def test_a_broker_that_dies_is_named_with_what_it_was_asked_and_said(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        own_port = listener.getsockname()[1]
    probes = ((poison, [step("DescribeGroups v0", {})]), (every_version, EXPECTED))
    with BrokerCommand(command_for(own_port), "127.0.0.1", own_port) as command:
        assert command.start() is None
        run = judge(tmp_path, own_port, *probes, command=command)
        assert [result.outcome for result in run.results] == [Outcome.FAILED, Outcome.NOT_OFFERED]
        assert run.deaths == ("list_groups/poison",)
        for part in (f"127.0.0.1:{own_port} DescribeGroups v0", '"poison"', "exit code 3", "panic: that was poison"):
            assert part in run.results[0].reason
        assert "  the broker was gone after: list_groups/poison" in list(summary(run))
        assert Run.from_json(run.to_json()) == run
        again = judge(tmp_path, own_port, *probes)
        assert [result.outcome for result in again.results] == [Outcome.FAILED, Outcome.NOT_RUN]
        assert command.start() is None
    assert why_unreachable("127.0.0.1", own_port)


def test_a_broker_ends_with_the_run_and_not_with_the_thread_that_has_started_it_again() -> None:
    port = unused_port()
    with BrokerCommand(command_for(port), "127.0.0.1", port) as command:
        assert command.start() is None
        for _ in range(2):
            thread = Thread(target=command.start)
            thread.start()
            thread.join()
            assert why_unreachable("127.0.0.1", port) is None
            assert command.is_running
    assert why_unreachable("127.0.0.1", port)


def test_a_broker_that_a_shell_has_started_ends_with_it() -> None:
    port = unused_port()
    with BrokerCommand(f"sh -c {shlex.quote(f'{command_for(port)}; true')}", "127.0.0.1", port) as command:
        assert command.start() is None
        assert command.start() is None
    assert why_unreachable("127.0.0.1", port)


@pytest.mark.usefixtures("broker")
def test_a_command_that_is_not_the_broker_restarts_nothing(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kafkaconform.starting.STOP_TIMEOUT_S", 0.1)
    with BrokerCommand("sleep 99", "127.0.0.1", port) as command:
        assert command.start() is None
        assert command.start() == f"'sleep 99' was ended, but somebody still answers at 127.0.0.1:{port}."


def test_a_run_that_is_broken_off_waits_for_no_broker() -> None:
    with BrokerCommand("sleep 99", "127.0.0.1", unused_port()) as command:
        thread = Thread(target=command.start)
        thread.start()
        while not command.is_running:
            thread.join(0.01)
    thread.join(10)
    assert not thread.is_alive()
    assert not command.is_running


def test_only_of_probes_is_told_what_they_asked_last() -> None:
    port = unused_port()
    peers = Peers(last_asked=LastAsked(Peer("127.0.0.1", port), b"before"))
    target = Target("127.0.0.1", port, "4.3.1", Path(), peers=peers)
    failed = {kind: Result(kind, "a/b", "it holds", Outcome.FAILED, 0.0) for kind in (Kind.PROBE, Kind.HISTORY)}
    for kind, result in failed.items():
        check = Check(kind, "a/b", "it holds", lambda target, result=result: result)
        (found,) = run_checks(target, [check], KnownList()).results
        assert ("Nothing was asked here; before, it was asked last" in found.reason) == (kind is Kind.PROBE)


def test_a_list_does_not_accept_that_the_broker_dies(tmp_path: Path) -> None:
    port = unused_port()
    with BrokerCommand(command_for(port), "127.0.0.1", port) as command:
        assert command.start() is None
        known = KnownList((Known("*", "it may close the connection"),))
        run = judge(tmp_path, port, (poison, [step("DescribeGroups v0", {})]), known=known, command=command)
    assert run.results[0].outcome is Outcome.FAILED
    assert run.has_failed


def needs_poison(session: Session) -> None:
    session.service.quietly(DescribeGroupsRequest(groups=["poison"]), 0)


@pytest.mark.usefixtures("broker")
def test_where_the_broker_beside_dies_the_rest_is_not_run(tmp_path: Path, port: int) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        own_port = listener.getsockname()[1]
    with BrokerCommand(command_for(own_port), "127.0.0.1", own_port) as command:
        assert command.start() is None
        target = Target("127.0.0.1", port, "4.3.1", tmp_path, beside=("127.0.0.1", own_port))
        named = (needs_poison, every_version)
        checks = probe_checks(Probe("list_groups", each.__name__, "it holds", each) for each in named)
        found = run_checks(target, checks, KnownList())
    assert [result.outcome for result in found.results] == [Outcome.FAILED, Outcome.NOT_RUN]
    assert "The broker beside is gone." in found.results[0].reason


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["run", *arguments])
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("command", "said"), [("sh -c 'echo no; exit 4'", "exit code 4\nno"), ("/nowhere/x", "No such")]
)
def test_a_command_that_starts_no_broker_is_told(command: str, said: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        nobody = listener.getsockname()[1]
    code, output = run("--bootstrap", f"127.0.0.1:{nobody}", "--start", command)
    assert code == 2
    assert said in output


def test_a_broker_like_an_older_release_is_told_which() -> None:
    with running_broker("--as-version", "3.9") as old, running_broker() as new:
        code, output = run(
            "--bootstrap", old.bootstrap, "--only", "list_offsets/empty*", "--only", "metadata/one_topic*"
        )
        assert code == 1
        assert "✗" not in output
        assert "    Metadata v13 (1)" in output
        assert "--as-version 3.9.1" in output
        options = ("--only", "list_offsets/empty*", "--only", "metadata/one_topic*")
        assert run("--bootstrap", new.bootstrap, "--beside", old.bootstrap, *options)[0] == 0
        code, output = run("--bootstrap", old.bootstrap, "--beside", new.bootstrap, *options)
        assert (code, "✗" in output) == (1, False)


class Waiting(Session):
    """A session that is not connected to anybody."""

    def __init__(self) -> None:
        super().__init__("h", 1, suffix="", release="4.3.1", check_answers=False)


class ToldQuorum:
    """Stands for a connection to a broker that tells of a quorum of two, led by the second, at these ports."""

    def __init__(self, *ports: int) -> None:
        nodes = [Node(number, [Listener("CONTROLLER", "127.0.0.1", port)]) for number, port in enumerate(ports)]
        partition = PartitionResult(partition_index=0, leader_id=1)
        topic = TopicResult(topic_name="__cluster_metadata", partitions=[partition])
        self.answer = DescribeQuorumResponse(topics=[topic], nodes=nodes)

    def quietly(self, request: TopLevel, version: int) -> DescribeQuorumResponse:
        return self.answer


@pytest.mark.usefixtures("broker")
def test_of_several_controllers_the_leader_is_asked_if_it_can_be_reached(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = unused_port()
    monkeypatch.setattr(Waiting, "service", ToldQuorum(nobody, port))
    assert Waiting().controller == ("127.0.0.1", port)
    monkeypatch.setattr(Waiting, "service", ToldQuorum(port, nobody))
    with pytest.raises(NoController, match=f"cannot be asked. Nobody answers at 127.0.0.1:{nobody}"):
        _ = Waiting().controller


def test_waiting_ends_at_once_where_it_is_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Waiting()
    codes = iter([0, 15, 35])
    monkeypatch.setattr("kafkaconform.session.LOOK_S", 0)
    with pytest.raises(ProbeFailed, match="could not have peace: error 35"):
        retried(session, "peace", lambda: next(codes), wanted=(3,))
    monkeypatch.setattr("kafkaconform.session.READY_TIMEOUT_S", 0)
    with pytest.raises(ProbeFailed, match="after 0 s there was not peace: error 15"):
        retried(session, "peace", lambda: 15)


def test_who_waited_in_vain_waits_less_until_it_comes() -> None:
    peer = Peer("h", 1)
    assert peer.patience_s("x", 20) == 20
    peer.note_wait("x", came=False)
    assert (peer.patience_s("x", 20), peer.patience_s("y", 20), peer.patience_s("x", 1)) == (IMPATIENT_S, 20, 1)
    peer.note_wait("x", came=True)
    assert peer.patience_s("x", 20) == 20


@pytest.mark.usefixtures("broker")
def test_the_nearest_version_is_the_one_that_is_offered(port: int) -> None:
    peer = Peers().at("127.0.0.1", port)
    assert [peer.nearest(16, version) for version in (0, 2, 5)] == [0, 2, 2]
    with pytest.raises(NotOffered, match="Fetch is not offered"):
        peer.nearest(1, 4)
    assert Peers(asks_unoffered=True).at("127.0.0.1", port).nearest(1, 4) == 4


def test_what_a_broker_took_is_taken_back() -> None:
    def request(kind: int, name: str, *keys: str, validate_only: bool = False) -> IncrementalAlterConfigsRequest:
        configs = [ConfigChange(name=key, config_operation=0, value="-1") for key in keys]
        resource = ResourceChange(resource_type=kind, resource_name=name, configs=configs)
        return IncrementalAlterConfigsRequest(resources=[resource], validate_only=validate_only)

    def answer(name: str, code: int = 0) -> IncrementalAlterConfigsResponse:
        return IncrementalAlterConfigsResponse(responses=[ResourceResult(error_code=code, resource_name=name)])

    noted = BrokerConfigs()
    noted.note(request(4, "1", "a", "b"), answer("1"))
    noted.note(request(4, "", "c"), answer(""))
    noted.note(request(4, "1", "refused"), answer("1", 40))
    noted.note(request(2, "topic", "d"), answer("topic"))
    noted.note(request(4, "1", "e", validate_only=True), answer("1"))
    noted.note(ListGroupsRequest(), None)
    asked: list[TopLevel] = []

    def ask(request: TopLevel, version: int) -> None:
        asked.append(request)
        raise MalformedMessage("Answer", version, "", 0, "there is none")

    noted.take_back(ask)
    changes = [
        (resource.resource_name, change.name, change.config_operation)
        for each in asked
        if isinstance(each, IncrementalAlterConfigsRequest)
        for resource in each.resources
        for change in resource.configs
    ]
    assert changes == [("1", "a", 1), ("1", "b", 1), ("", "c", 1)]
