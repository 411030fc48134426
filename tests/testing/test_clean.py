"""What a broker leaves behind: nothing, however it ends."""

from __future__ import annotations

import gc
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kafkaemu.testing import Broker, BrokerNotShared, BrokerStopped, BrokerTimeout
from tests.support.raw import RawClient

BROKERS = 200
WARM_UP = 30


def use() -> None:
    """A broker that is used, by a client that stays connected until it ends."""
    with Broker(topics=["orders"]) as broker, socket.create_connection(("127.0.0.1", broker.port)):
        broker.produce("orders", b"x" * 1000)
        assert len(broker.records("orders")) == 1


def rss_kb() -> int:
    """Resident memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def left_behind() -> tuple[int, int, int, int]:
    """Threads, open files, mappings, and objects that the collector knows."""
    gc.collect()
    mappings = Path("/proc/self/maps").read_text().count("\n")
    return threading.active_count(), len(os.listdir("/proc/self/fd")), mappings, len(gc.get_objects())


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="what a process holds is read from /proc")
def test_brokers_one_after_another_leave_nothing_behind() -> None:
    for _ in range(WARM_UP):
        use()
    threads, files, mappings, objects = left_behind()
    memory_kb = rss_kb()
    for _ in range(BROKERS):
        use()
    after = left_behind()
    assert after[:2] == (threads, files)
    assert after[2] <= mappings + 5
    assert after[3] <= objects + 200
    assert rss_kb() - memory_kb < 5 * BROKERS


def test_a_block_that_ends_in_an_error_or_an_interrupt_stops_its_broker() -> None:
    for kind in (ValueError, KeyboardInterrupt, SystemExit):
        with pytest.raises(kind), Broker() as broker:
            port = broker.port
            raise kind
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
    assert not [thread for thread in threading.enumerate() if thread.name == "kafkaemu"]


def test_brokers_side_by_side_have_ports_of_their_own() -> None:
    brokers = [Broker().start() for _ in range(20)]
    try:
        assert len({broker.port for broker in brokers}) == 20
    finally:
        for broker in brokers:
            broker.stop()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform has no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_made_by_fork_does_not_share_the_broker() -> None:
    with Broker(topics=["orders"]) as broker, RawClient(broker.port) as client:
        broker.produce("orders", "x")
        while not broker._plain().connections.open:
            pass
        sockets = {os.readlink(f"/proc/self/fd/{name}") for name in listed() if is_socket(name)}
        port = broker.port
        child = os.fork()
        if child == 0:
            os._exit(child_sees(broker, port, client))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        # Here it lives on, and so do its connections.
        assert sockets == {os.readlink(f"/proc/self/fd/{name}") for name in listed() if is_socket(name)}
        assert len(broker.records("orders")) == 1
        client.send(b"\x00\x00\x00\x00")
        assert client.is_closed()


def listed() -> list[str]:
    """The open files of this process."""
    return os.listdir("/proc/self/fd")


def is_socket(name: str) -> bool:
    """Whether an open file is a socket."""
    try:
        return os.readlink(f"/proc/self/fd/{name}").startswith("socket:")
    except OSError:
        return False


def child_sees(broker: Broker, port: int, client: RawClient) -> int:
    """In the child: 0 if the broker is not shared."""
    try:
        for call in (
            broker.topics,
            lambda: broker.port,
            lambda: broker.clock.now_ms,
            lambda: broker.produce("orders", "y"),
        ):
            try:
                call()
                return 1
            except BrokerNotShared:
                continue
        client.close()
        broker.stop()
        listening = Path("/proc/self/net/tcp").read_text()
        inodes = {os.readlink(f"/proc/self/fd/{name}")[8:-1] for name in listed() if is_socket(name)}
        of_port = {line.split()[9] for line in listening.splitlines() if f":{port:04X} " in line}
        if inodes & of_port:
            return 2
        with Broker(topics=["own"]) as own:
            own.produce("own", "z")
            return 0 if len(own.records("own")) == 1 else 3
    except BaseException:
        return 4


def test_a_broker_that_hangs_is_told_with_where_it_is() -> None:
    release = threading.Event()
    with Broker(timeout_s=0.05) as broker:
        broker._token.run_sync_soon(release.wait)  # type: ignore[union-attr]
        with pytest.raises(BrokerTimeout, match=r"no answer within 0\.05 s; the broker is at:(.|\n)*wait"):
            broker.topics()
        release.set()


def test_those_who_wait_for_a_broker_that_stops_are_told_at_once() -> None:
    told = []

    def wait() -> None:
        with pytest.raises(BrokerStopped, match="before it answered"):
            broker.wait_for("orders", 1, timeout=60)
        told.append(True)

    with Broker() as broker:
        thread = threading.Thread(target=wait)
        thread.start()
        while not broker._call(lambda: len(broker._plain().waiting)):
            pass
    thread.join(20)
    assert told


SCRIPTS = {
    "ends without stopping it": "from kafkaemu.testing import Broker\nbroker = Broker().start()\n",
    "exits": "import sys\nfrom kafkaemu.testing import Broker\nbroker = Broker().start()\nsys.exit(0)\n",
    "stops it twice": "from kafkaemu.testing import Broker\nb = Broker().start()\nb.stop()\nb.stop()\n",
    "has clients left": (
        "import socket\nfrom kafkaemu.testing import Broker\nb = Broker().start()\n"
        "s = [socket.create_connection(('127.0.0.1', b.port)) for _ in range(9)]\nb.topics()\n"
    ),
}


def test_the_interpreter_ends_at_once_with_a_broker_that_runs() -> None:
    processes = {
        name: subprocess.Popen(
            [sys.executable, "-W", "error", "-W", "ignore::ResourceWarning", "-c", script],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for name, script in SCRIPTS.items()
    }
    for name, process in processes.items():
        output, _ = process.communicate(timeout=30)
        assert (name, process.returncode, output) == (name, 0, b"")


def test_a_test_that_times_out_or_is_interrupted_stops_its_broker(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import os, signal, socket, threading, time
        import pytest

        ports = []

        @pytest.mark.timeout(0.2, method="signal", func_only=True)
        def test_signal(kafka_broker):
            ports.append(kafka_broker.port)
            kafka_broker.wait_for("orders")

        def test_it_is_gone(kafka_broker):
            assert [t.name for t in threading.enumerate()].count("kafkaemu") == 1
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", ports[0]))

        def test_interrupt(kafka_broker):
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
            kafka_broker.wait_for("orders")
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", timeout=30)
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines("*KeyboardInterrupt*")
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.timeout(0.2, method="thread", func_only=True)
        def test_thread(kafka_broker):
            kafka_broker.wait_for("orders")
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", timeout=30)
    assert result.ret == 1
