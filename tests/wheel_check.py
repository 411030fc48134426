"""`make wheel`: the wheel alone, in a clean environment, starts a broker that takes a record and gives it back, and serves tests.

The clean environment holds the wheel, what it depends on, and pytest and kafka-python for the README's test file; nothing else.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import threading
import venv
import zipfile
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer
from kafka.structs import TopicPartition

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 30
README_TEST = re.compile(r"a file `(?P<name>test_\w+\.py)`:\n\n```python\n(?P<code>.+?)^```$", re.MULTILINE | re.DOTALL)
#: For the quickest of several runs of the README's test file: the first one writes bytecode.
TESTS_S_MAX = 1.0


def check_contents(wheel: Path) -> None:
    """The three packages are there, with their data; nothing of the tests is."""
    names = zipfile.ZipFile(wheel).namelist()
    wanted = (
        *("kafkaemu/__init__.py", "kafkaemu/py.typed", "kafkawire/__init__.py"),
        *("kafkaconform/reference/pom.xml", "kafkaconform/known-kafkaemu.toml"),
    )
    missing = [name for name in wanted if name not in names]
    stray = [name for name in names if name.startswith(("tests/", "codecs/", "conformance/", "benchmarks/"))]
    if missing or stray:
        raise SystemExit(f"{wheel.name}: missing {missing}, should not be there {stray[:5]}")


def install(wheel: Path, folder: Path) -> Path:
    """A clean environment with the wheel; its folder of commands."""
    venv.create(folder, with_pip=True)
    commands = folder / ("Scripts" if sys.platform == "win32" else "bin")
    pip_install(commands, str(wheel), "pytest", "kafka-python")
    return commands


def pip_install(commands: Path, *requirements: str) -> None:
    """Install into the environment of these commands, in the versions of development."""
    pip = [str(commands / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--constraint", str(ROOT / "requirements-dev.lock"), *requirements], check=True)


def start(commands: Path, folder: Path) -> tuple[subprocess.Popen[str], int]:
    """The broker on a free port: its process and port."""
    broker = subprocess.Popen(
        [str(commands / "kafkaemu"), "serve", "--port", "0"],
        cwd=folder,  # not the checkout: its packages must not be found instead of the wheel's
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    watchdog = threading.Timer(START_TIMEOUT_S, broker.kill)
    watchdog.start()
    port, lines = 0, []
    assert broker.stdout is not None
    for line in broker.stdout:
        lines.append(line)
        if found := re.search(r"Listening on \S+:(\d+)", line):
            port = port or int(found.group(1))
        if "Kafka Server started" in line:
            break
    watchdog.cancel()
    if not port or broker.poll() is not None:
        raise SystemExit("The broker of the wheel did not come up:\n" + "".join(lines))
    threading.Thread(target=broker.stdout.read, daemon=True).start()
    return broker, port


def round_trip(port: int) -> None:
    """One record there and back, byte for byte."""
    bootstrap = f"localhost:{port}"
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    producer.send("wheel", key=b"k", value=b"from the wheel").get(timeout=20)
    producer.close()
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=20_000)
    consumer.assign([TopicPartition("wheel", 0)])
    record = next(consumer)
    consumer.close()
    if (record.offset, record.key, record.value) != (0, b"k", b"from the wheel"):
        raise SystemExit(f"What came back is not what was sent: {record}")


def readme_tests(commands: Path, folder: Path) -> float:
    """The test file of the README passes; seconds that it takes, as pytest tells them, imports of broker and client included."""
    found = README_TEST.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert found is not None, "the README has no test file"
    (folder / found["name"]).write_text(found["code"], encoding="utf-8")
    command = [str(commands / "python"), "-m", "pytest", "-q", found["name"]]
    took_s = []
    for _ in range(5):
        finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        told = re.search(r"\d passed.* in ([\d.]+)s", finished.stdout)
        if finished.returncode != 0 or told is None:
            raise SystemExit(f"The README's {found['name']} does not pass:\n{finished.stdout}{finished.stderr}")
        took_s.append(float(told[1]))
    if min(took_s) > TESTS_S_MAX:
        raise SystemExit(f"The README's {found['name']} took {min(took_s):g} s, at most {TESTS_S_MAX:g}")
    return min(took_s)


def judge(wheel: Path, commands: Path, folder: Path, port: int) -> None:
    """The conformance runner finds what it needs in the wheel: the recorded answers, and our list of known differences."""
    pip_install(commands, f"{wheel}[conformance]")
    command = [str(commands / "kafkaconform"), "run", "--bootstrap", f"localhost:{port}", "--known", "kafkaemu"]
    finished = subprocess.run(
        [*command, "--kinds", "probe", "--only", "api_versions/*"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise SystemExit(f"The conformance runner of the wheel fails:\n{finished.stdout}{finished.stderr}")


def main(wheel: Path) -> None:
    """Everything above, one line for each step."""
    check_contents(wheel)
    print(f"{wheel.name}: {wheel.stat().st_size // 1024} KiB")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commands = install(wheel, folder / "venv")
        print("installed into a clean environment")
        print(f"the README's test file passes in {readme_tests(commands, folder):g} s")
        broker, port = start(commands, folder)
        try:
            round_trip(port)
            print(f"a record went through the broker on port {port}")
            judge(wheel, commands, folder, port)
            print("which answers as recorded, but for what is known")
        finally:
            broker.terminate()
            exit_code = broker.wait(10)
    if exit_code != 0:
        raise SystemExit(f"The broker stopped with exit code {exit_code}.")
    print("and it stopped in order")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
