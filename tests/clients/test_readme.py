"""The examples of the README do what they show, just as they stand there."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.broker import ROOT, Broker, running_broker

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"^### (?P<name>[^\n]+)\n\n```python\n(?P<code>.+?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = {found["name"]: found["code"] for found in EXAMPLE.finditer(README)}


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with running_broker() as process:
        yield process


def test_the_three_python_clients_have_an_example() -> None:
    assert set(EXAMPLES) == {"kafka-python", "confluent-kafka", "aiokafka"}


@pytest.mark.parametrize("client", EXAMPLES)
def test_example_produces_and_reads_one_record(broker: Broker, client: str, tmp_path: Path) -> None:
    script = tmp_path / "example.py"
    script.write_text(EXAMPLES[client].replace("localhost:9092", broker.bootstrap), encoding="utf-8")
    finished = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == "0 b'table 4' b'two, please'\n"


@pytest.mark.parametrize("client", EXAMPLES)
def test_example_is_short(client: str) -> None:
    lines = [line for line in EXAMPLES[client].splitlines() if line]
    assert len(lines) <= 12


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for document in ("README.md", "CONTRIBUTING.md"):
        named = set(re.findall(r"`?make ([a-z-]+)", (ROOT / document).read_text(encoding="utf-8")))
        assert named - targets == set(), document


def test_every_local_link_leads_somewhere() -> None:
    documents = ["README.md", "CONTRIBUTING.md", "conformance/README.md", "tests/README.md", "examples/README.md"]
    for path in [*(ROOT / document for document in documents), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path}: {target}"


def test_every_option_of_serve_that_is_named_exists() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "kafkaemu", "serve", "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    serve_lines = [line.partition("#")[0] for line in README.splitlines() if line.startswith("kafkaemu serve")]
    named = set(re.findall(r"--[a-z-]+", " ".join(serve_lines))) - {"--help"}
    assert named
    assert {option for option in named if option not in shown} == set()


def test_the_list_of_other_defaults_is_the_brokers() -> None:
    from kafkaemu.config.emulator_defaults import EMULATOR_DEFAULTS

    rows = re.findall(
        r"^\| `([^`]+)` \| [^|]+ \| ([^|]+) \|", (ROOT / "docs/defaults.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert dict(rows) == EMULATOR_DEFAULTS
