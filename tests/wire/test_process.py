"""`kafkaemu serve` and `kafkaemu ready` as processes: starting, refusing to start, stopping."""

from __future__ import annotations

import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from kafkawire.compiler import encode
from kafkawire.index import APIS
from kafkawire.messages.api_versions import ApiVersion, ApiVersionsResponse
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchResponse, FetchTopic
from kafkawire.messages.metadata import MetadataRequest, MetadataResponse
from kafkawire.messages.offset_fetch import OffsetFetchRequest, OffsetFetchRequestGroup, OffsetFetchResponse
from tests.support.broker import ROOT, Broker, environment, running_broker, start_broker
from tests.support.raw import RawClient

STOPS_WITHIN_S = 2.0


def command(*arguments: str, timeout_s: float = 20.0) -> subprocess.CompletedProcess[str]:
    """Run ``kafkaemu`` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "kafkaemu", *arguments],
        env=environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def metadata(client: RawClient) -> MetadataResponse:
    answer = client.request(MetadataRequest(topics=None), 9)
    assert isinstance(answer, MetadataResponse)
    return answer


def test_it_says_what_test_harnesses_wait_for() -> None:
    with running_broker("--set", "node.id=7") as broker:
        log = broker.log()
    unfenced = (
        "INFO [BrokerLifecycleManager id=7] The broker has been unfenced. Transitioning from RECOVERY to RUNNING."
    )
    assert unfenced in log
    assert "INFO [KafkaRaftServer nodeId=7] Kafka Server started" in log
    assert log.index(unfenced) < log.index("Kafka Server started")
    assert "[KafkaServer id=7] started" not in log


def test_as_an_older_release_it_says_what_older_test_harnesses_wait_for_too() -> None:
    with running_broker("--as-version", "3.6") as broker:
        log = broker.log()
    assert "[KafkaServer id=1] started" in log
    assert "WARN --as-version 3.6 is untested" in log


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_bare_command_is_reached_over_both_loopbacks_and_nothing_else(host: str) -> None:
    with running_broker() as broker:
        try:
            client = RawClient(broker.port, host)
        except OSError as error:
            pytest.skip(f"this machine has no {host}: {error}")
        with client:
            answer = metadata(client)
            assert [(one.host, one.port) for one in answer.brokers] == [("localhost", broker.port)]
        addresses = [
            line.split("Listening on ")[1].split(" ")[0] for line in broker.log().splitlines() if "Listening" in line
        ]
        assert set(addresses) <= {f"PLAINTEXT://127.0.0.1:{broker.port}", f"PLAINTEXT://[::1]:{broker.port}"}


def test_each_listener_tells_its_own_address() -> None:
    flags = (
        "--listeners",
        "PLAINTEXT://127.0.0.1:0,HOST://127.0.0.1:0",
        "--advertised-listeners",
        "PLAINTEXT://broker:29092,HOST://localhost:9092",
        "--set",
        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT",
    )
    with running_broker(*flags) as broker:
        told = {}
        for name, port in broker.ports.items():
            with RawClient(port) as client:
                told[name] = [(one.host, one.port) for one in metadata(client).brokers]
    assert told == {"PLAINTEXT": [("broker", 29092)], "HOST": [("localhost", 9092)]}


def test_topics_named_on_the_command_line_are_there_for_the_first_request() -> None:
    flags = ("--topic", "one", "--topic", "three:3", "--set", "num.partitions=2")
    with running_broker(*flags) as broker, RawClient(broker.port) as client:
        topics = {topic.name: len(topic.partitions) for topic in metadata(client).topics}
    assert topics == {"one": 2, "three": 3}


def test_groups_live_in_as_many_partitions_as_the_offsets_topic_has() -> None:
    with running_broker("--topic", "__consumer_offsets:3") as broker, RawClient(broker.port) as client:
        for number in range(6):
            group = OffsetFetchRequestGroup(group_id=f"group-{number}", topics=None)
            answer = client.request(OffsetFetchRequest(groups=[group]), 8)
            assert isinstance(answer, OffsetFetchResponse)
            assert [one.error_code for one in answer.groups] == [0], group.group_id


def test_a_properties_file_is_taken_and_settings_and_flags_count_before_it(tmp_path: Path) -> None:
    file = tmp_path / "server.properties"
    file.write_text(
        "process.roles=broker,controller\nnode.id=5\ncontroller.listener.names=CONTROLLER\n"
        "listeners=PLAINTEXT://127.0.0.1:9999,CONTROLLER://127.0.0.1:9998\nnum.partitions=3\n"
        "controller.quorum.voters=5@localhost:9998\nsome.plugin.key=x\n"
    )
    flags = ("--config", str(file), "--port", "0", "--set", "num.partitions=4", "--topic", "t")
    with running_broker(*flags) as broker:
        with RawClient(broker.port) as client:
            answer = metadata(client)
        log = broker.log()
    assert [one.node_id for one in answer.brokers] == [5]
    assert [len(topic.partitions) for topic in answer.topics] == [4]
    assert log.count("some.plugin.key") == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_taken_port_is_refused_with_a_sentence_and_exit_code_1(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as taken:
        try:
            taken.bind((host, 0))
        except OSError as error:
            pytest.skip(f"this machine has no {host}: {error}")
        taken.listen()
        port = taken.getsockname()[1]
        ended = command("serve", "--port", str(port))
    assert ended.returncode == 1
    assert ended.stderr == (
        f"kafkaemu: port {port} is taken by another program: stop it, or choose another with --port or --listeners\n"
    )
    assert "started" not in ended.stdout


@pytest.mark.parametrize(
    ("topics", "sentence"),
    [(["a b"], "--topic a b: Topic name is invalid"), (["a:1", "a:2"], "--topic a: Duplicate topic name.")],
)
def test_a_topic_that_cannot_be_is_refused_with_a_sentence_and_exit_code_2(topics: list[str], sentence: str) -> None:
    ended = command("serve", "--port", "0", *(f"--topic={topic}" for topic in topics))
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith(f"kafkaemu: {sentence}")
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_and_stops(number: signal.Signals, tmp_path: Path) -> None:
    broker = start_broker("--topic", "t", log_path=tmp_path / "log")
    client = RawClient(broker.port)
    idle = RawClient(broker.port)
    partition = FetchPartition(partition=0, fetch_offset=0, partition_max_bytes=1000)
    fetch = FetchRequest(max_wait_ms=60_000, min_bytes=1, topics=[FetchTopic(topic="t", partitions=[partition])])
    answers: list[object] = []
    waiting = threading.Thread(target=lambda: answers.append(client.request(fetch, 4)))
    waiting.start()
    metadata(idle)
    # The fetch is parked by now or will be answered at once: both are right.
    begin = time.monotonic()
    broker.process.send_signal(number)
    assert broker.process.wait(10) == 0
    assert time.monotonic() - begin < STOPS_WITHIN_S
    waiting.join()
    (answer,) = answers
    assert isinstance(answer, FetchResponse), "a parked fetch is answered before the end"
    assert idle.is_closed()
    assert "Kafka Server stopped" in broker.log()
    assert "Traceback" not in broker.log()
    for one in (client, idle):
        one.close()


def flood(client: RawClient, broker: Broker) -> None:
    """Ask and ask and take no answer, until the broker reads no more: it sleeps, however busy the machine may be."""
    client.socket.setblocking(False)
    process = psutil.Process(broker.process.pid)
    blocked = 0
    while blocked < 100:
        try:
            client.socket.send(b"\0\0\0\x0e\0\x03\0\x01\0\0\0\x01\xff\xff\xff\xff\xff\xff" * 1000)
            blocked = 0
        except BlockingIOError:
            blocked = blocked + 1 if process.status() == psutil.STATUS_SLEEPING else 0
            time.sleep(0.01)


def test_a_client_that_takes_nothing_does_not_hold_up_the_end(tmp_path: Path) -> None:
    broker = start_broker("--topic", "t", log_path=tmp_path / "log")
    with RawClient(broker.port) as client:
        flood(client, broker)
        begin = time.monotonic()
        assert broker.stop(10) == 0
        assert 1.0 < time.monotonic() - begin < STOPS_WITHIN_S, "it is given time, and not too much"


def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    broker = start_broker("--topic", "t", log_path=tmp_path / "log")
    with RawClient(broker.port) as client:
        flood(client, broker)
        broker.process.send_signal(signal.SIGTERM)
        while "Stopping" not in broker.log():
            time.sleep(0.005)
        begin = time.monotonic()
        broker.process.send_signal(signal.SIGTERM)
        assert broker.process.wait(10) == 0
        assert time.monotonic() - begin < 1.0


def test_ready_tells_by_its_exit_code() -> None:
    with running_broker() as broker:
        ended = command("ready", "--bootstrap", f"localhost:{broker.port}")
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"localhost:{broker.port} is ready\n", "")
        port = broker.port
    ended = command("ready", "--bootstrap", f"127.0.0.1:{port}")
    assert ended.returncode == 1
    assert ended.stderr == f"kafkaemu: cannot connect to 127.0.0.1:{port}: Connection refused\n"


def test_ready_waits_for_a_broker_that_is_starting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    waiting = subprocess.Popen(
        [sys.executable, "-m", "kafkaemu", "ready", "--bootstrap", f"localhost:{port}", "--wait", "20"],
        env=environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    broker = start_broker("--port", str(port), log_path=tmp_path / "log")
    try:
        assert waiting.communicate(timeout=25)[0] == f"localhost:{port} is ready\n"
        assert waiting.returncode == 0
    finally:
        waiting.kill()
        broker.stop()


def test_ready_does_not_wait_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ended = command("ready", "--bootstrap", f"127.0.0.1:{port}", "--wait", "1")
    assert ended.returncode == 1
    assert ended.stderr == f"kafkaemu: cannot connect to 127.0.0.1:{port}: Connection refused\n"


def test_ready_gives_up_on_one_who_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        ended = command("ready", "--bootstrap", f"127.0.0.1:{port}", "--timeout", "1")
    assert ended.returncode == 1
    assert ended.stderr == f"kafkaemu: 127.0.0.1:{port} does not answer within 1 s\n"


@pytest.mark.parametrize(
    ("serves", "metadata_answer", "says"),
    [
        ([18, 3], None, "the connection to 127.0.0.1:{port} ended: the broker closed it"),
        ([18, 3], b"\0\1", "127.0.0.1:{port} does not answer as a broker: MetadataResponse v13: "),
        ([18], None, "127.0.0.1:{port} does not answer as a broker: MetadataRequest: the broker serves no version"),
    ],
)
def test_ready_says_in_a_sentence_what_is_wrong_with_who_answers(
    serves: list[int], metadata_answer: bytes | None, says: str
) -> None:
    keys = [ApiVersion(api_key=key, max_version=APIS[key].last) for key in serves]
    answers = [encode(ApiVersionsResponse(api_keys=keys), 4), metadata_answer]

    def answer() -> None:
        connection, _ = server.accept()
        with connection:
            for body in answers:
                request = connection.recv(4096)
                if not request or body is None:
                    return
                connection.sendall(struct.pack(">i", 4 + len(body)) + request[8:12] + body)
            connection.recv(1)

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        thread = threading.Thread(target=answer)
        thread.start()
        ended = command("ready", "--bootstrap", f"127.0.0.1:{port}")
        thread.join(10)
    assert ended.returncode == 1
    assert ended.stderr.startswith("kafkaemu: " + says.format(port=port))
    assert ended.stderr.count("\n") == 1


def test_nothing_is_imported_that_the_start_does_not_need() -> None:
    script = (
        "import sys, kafkaemu.cli.serve, kafkaemu.cluster as cluster\n"
        "from kafkaemu.server.listeners import bind\n"
        "cluster.run = lambda broker, listeners: broker.start(listeners, bind(broker.world.network, listeners))\n"
        "kafkaemu.cli.serve.serve(['--port', '0'])\n"
        "print(*sorted(sys.modules))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], env=environment(), cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(ended.stdout.split())
    heavy = {"asyncio", "click", "cramjam", "importlib.metadata", "javaproperties", "json", "kafkaemu.groups"}
    assert loaded & heavy == set()
    assert [
        name for name in loaded if name.startswith("kafkaemu.handlers.") and name.endswith(("produce", "fetch"))
    ] == []


def test_a_connection_that_is_silent_too_long_is_closed() -> None:
    with running_broker("--set", "connections.max.idle.ms=300") as broker, RawClient(broker.port) as client:
        assert client.is_closed()
