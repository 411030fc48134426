"""Starts and stops one Apache Kafka node per version and port: KRaft in combined mode, or up to 3.2 a broker and its ZooKeeper.

A node's folder in the cache holds its properties, its data (fresh at every start), its log and, while it
runs, its process id.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from importlib import resources
from pathlib import Path
from string import Template

from kafkaconform.orphans import ends_with_parent
from kafkaconform.ports import unused_port
from kafkaconform.reference.jars import ReferenceUnavailable, cache_root, gather_jars, require_java
from kafkaconform.releases import is_before

DEFAULT_KAFKA_VERSION = "4.3.1"

#: Any 16 bytes would do, in Kafka's base64 form; always the same, so that recordings do not differ by it.
CLUSTER_ID = "a2Fma2FlbXUtcmVmZXJlbg"

START_TIMEOUT_S = 60.0
#: Kafka's orderly shutdown takes up to ten seconds; three times that is somebody's hung disk.
STOP_TIMEOUT_S = 30.0
#: What the log says last at the start: by KRaft and by ZooKeeper's brokers.
READY_LINES = ("Kafka Server started", "[KafkaServer id=1] started")
#: First release whose KRaft mode was meant for production.
FIRST_KRAFT = "3.3"
ZOOKEEPER_MAIN = "org.apache.zookeeper.server.ZooKeeperServerMain"
#: Java property -> file with the settings: log4j 2 since Kafka 4.0, log4j 1 before.
LOG_SETTINGS = {
    "log4j2.configurationFile": "log4j2.properties",
    "log4j.configuration": "log4j.properties",
}

__all__ = ["CLUSTER_ID", "DEFAULT_KAFKA_VERSION", "Reference", "ReferenceUnavailable"]


class Reference:
    """One reference node: a Kafka version on a loopback port.

    Args:
        kafka_version: a release as Maven names it, such as ``4.3.1``.
        port: the port of its PLAINTEXT listener on 127.0.0.1; the controller takes a free one.
        is_tied: whether it ends with this process, even if that is killed (`kafkaconform.orphans`).
    """

    def __init__(self, kafka_version: str = DEFAULT_KAFKA_VERSION, port: int = 9092, *, is_tied: bool = False) -> None:
        self.kafka_version = kafka_version
        self.port = port
        self._is_tied = is_tied
        self.folder = cache_root() / f"kafka-{kafka_version}" / f"node-{port}"
        self.uses_zookeeper = is_before(kafka_version, FIRST_KRAFT)
        self._pid_file = self.folder / "pid"
        self._zookeeper_pid_file = self.folder / "zookeeper-pid"
        self.log_file = self.folder / "server.log"
        #: What this very object started, and so has to wait for: the node, and before it its ZooKeeper.
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def bootstrap(self) -> str:
        """The address a client is given."""
        return f"127.0.0.1:{self.port}"

    @property
    def controller(self) -> str:
        """The address of its controller, for clients that are given bootstrap controllers; or of its ZooKeeper."""
        pattern = r"^zookeeper.connect=(.+)$" if self.uses_zookeeper else r"^listeners=.*CONTROLLER://(.+)$"
        (line,) = re.findall(pattern, (self.folder / "server.properties").read_text(), re.M)
        return str(line)

    def running_pid(self) -> int | None:
        """The process id of the node, or None where it is not running."""
        return _live_pid(self._pid_file)

    def start(self, overrides: dict[str, str] | None = None) -> int:
        """Formats a fresh data folder, starts the node and waits until it serves; returns its process id.

        Args:
            overrides: broker configs to set on top of the harness's own.

        Raises:
            ReferenceUnavailable: Java or Maven is absent, the port is taken, or the node did not come up.
        """
        if self.running_pid() is not None:
            raise ReferenceUnavailable(
                f"Kafka {self.kafka_version} already runs on {self.bootstrap}: stop it with "
                f"'kafkaconform reference stop --kafka-version {self.kafka_version} --port {self.port}'."
            )
        _refuse_taken_port(self.port)
        command = self.prepare(overrides)
        process = self._spawn(command, self.log_file, self._pid_file)
        self._wait_until_serving(process)
        return process.pid

    def prepare(self, overrides: dict[str, str] | None = None, heap: str = "512m") -> list[str]:
        """Formats a fresh data folder, or starts the ZooKeeper of an old node; returns the command that runs the node in the
        foreground until SIGTERM.

        Args:
            overrides: broker configs to set on top of the harness's own.
            heap: the most that Java's heap may take, as ``-Xmx`` has it.

        Raises:
            ReferenceUnavailable: Java or Maven is absent, or the folder could not be formatted.
        """
        java = require_java()
        class_path = f"{gather_jars(self.kafka_version)}{os.sep}*"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for name in LOG_SETTINGS.values():
            (self.folder / name).write_text(_template(name).template)
        command = [java, "-Xms256m", f"-Xmx{heap}", "-cp", class_path, *self._log_settings()]
        # The controller's, or ZooKeeper's.
        other_port = unused_port()
        properties = self._write_settings(other_port, overrides or {})
        if self.uses_zookeeper:
            self._start_zookeeper(command, other_port)
        else:
            self._format(command, properties)
        return [*command, "kafka.Kafka", str(properties)]

    def stop(self) -> bool:
        """Stops the node in order, by force after half a minute; returns whether one was running."""
        was_running = _stop_process(self._pid_file)
        _stop_process(self._zookeeper_pid_file)
        for process in self._processes:
            process.wait()
        return was_running

    def _spawn(self, command: list[str], log_file: Path, pid_file: Path) -> "subprocess.Popen[bytes]":
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=ends_with_parent() if self._is_tied else None,
            )
        pid_file.write_text(str(process.pid))
        self._processes.append(process)
        return process

    def _write_settings(self, other_port: int, overrides: dict[str, str]) -> Path:
        text = _template(
            "reference-zookeeper.properties" if self.uses_zookeeper else "reference.properties"
        ).substitute(
            port=self.port,
            controller_port=other_port,
            zookeeper_port=other_port,
            data_dir=self.folder / "data",
            extra="\n".join(f"{key}={value}" for key, value in overrides.items()),
        )
        properties = self.folder / "server.properties"
        properties.write_text(text)
        return properties

    def _start_zookeeper(self, command: list[str], port: int) -> None:
        """Starts it; the broker waits until it answers."""
        text = _template("zookeeper.properties").substitute(port=port, data_dir=self.folder / "zookeeper")
        properties = self.folder / "zookeeper.properties"
        properties.write_text(text)
        log_file = self.folder / "zookeeper.log"
        self._spawn([*command, ZOOKEEPER_MAIN, str(properties)], log_file, self._zookeeper_pid_file)

    def _log_settings(self) -> list[str]:
        return [f"-D{key}={(self.folder / name).as_uri()}" for key, name in LOG_SETTINGS.items()]

    def _format(self, command: list[str], properties: Path) -> None:
        finished = subprocess.run(
            [*command, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(properties)],
            capture_output=True,
            text=True,
            check=False,
        )
        if finished.returncode != 0:
            output = (finished.stdout + finished.stderr).strip()
            raise ReferenceUnavailable(f"Kafka {self.kafka_version} could not format its data: {output}")

    def _wait_until_serving(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not any(line in self.log_file.read_text(errors="replace") for line in READY_LINES):
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                self.stop()
                raise ReferenceUnavailable(
                    f"Kafka {self.kafka_version} did not come up; the end of {self.log_file} says why."
                )
            time.sleep(0.05)


def _template(name: str) -> Template:
    return Template((resources.files("kafkaconform.reference") / name).read_text())


def _live_pid(pid_file: Path) -> int | None:
    """The process id in a file, or None where that process is not running."""
    try:
        pid = int(pid_file.read_text())
    except (FileNotFoundError, ValueError):
        return None
    return pid if _is_ours(pid) else None


def _stop_process(pid_file: Path) -> bool:
    """Ends the process of a file in order, by force after `STOP_TIMEOUT_S`; returns whether it was running."""
    pid = _live_pid(pid_file)
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while _is_ours(pid):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                deadline = float("inf")
            time.sleep(0.05)
    pid_file.unlink(missing_ok=True)
    return pid is not None


def _is_ours(pid: int) -> bool:
    """Whether ``pid`` is a live Kafka broker or ZooKeeper: after a reboot the number may belong to anything else."""
    listing = subprocess.run(
        ["ps", "-ww", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, command = listing.stdout.strip().partition(" ")
    return any(main in command for main in ("kafka.Kafka", ZOOKEEPER_MAIN)) and not state.startswith("Z")


def _refuse_taken_port(port: int) -> None:
    try:
        with socket.create_server(("127.0.0.1", port)):
            pass
    except OSError as error:
        raise ReferenceUnavailable(
            f"Port {port} on 127.0.0.1 cannot be had ({error.strerror}): choose another with --port."
        ) from None
