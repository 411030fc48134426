"""The examples do what they show, run as their users run them, and the pages about them show pieces of what is run."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.broker import ROOT, environment
from tests.support.reference import running_reference

EXAMPLES = ROOT / "examples"
PYTEST = ("-m", "pytest", "-p", "no:cacheprovider", "-p", "no:asyncio", "-p", "no:xdist", "-W", "error")
# kafka-python reads its schemas with what importlib has deprecated.
PYTEST_COMMAND = (*PYTEST, "-W", "ignore::DeprecationWarning")
PAGES = ("README.md", "docs/recipes.md", "docs/time.md", "docs/from-testcontainers.md", "docs/from-mocks.md")
BLOCK = re.compile(r"^```python\n(?P<code>.+?)^```$", re.MULTILINE | re.DOTALL)
ALL_FILES = sorted(EXAMPLES.rglob("*.py"))


def run(folder: Path, *arguments: str) -> str:
    """The output of Python in ``folder``."""
    variables = {name: text for name, text in environment().items() if not name.startswith("PYTEST")}
    finished = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def test_examples_with_clients_alone_pass_and_none_is_skipped() -> None:
    files = sorted(path.name for path in EXAMPLES.glob("test_*.py"))
    output = run(EXAMPLES, *PYTEST_COMMAND, *files)
    assert re.search(r"^=+ \d+ passed in", output, re.MULTILINE), output


@pytest.mark.foreign
def test_examples_with_clients_alone_pass_against_apache_kafka() -> None:
    with running_reference() as node:
        files = sorted(path.name for path in EXAMPLES.glob("test_*.py"))
        where = ("--kafka-broker", "external", "--kafka-bootstrap", node.bootstrap)
        output = run(EXAMPLES, *PYTEST_COMMAND, *where, *files)
    assert re.search(r"^=+ [1-9]\d* passed, \d+ skipped in", output, re.MULTILINE), output
    reasons = re.findall(r"^SKIPPED .+", output, re.MULTILINE)
    assert [reason for reason in reasons if "moves the clock" not in reason and "kafka_config: " not in reason] == []


@pytest.mark.parametrize(
    ("module", "folder", "arguments", "passed"),
    [
        ("fastapi", "fastapi_app", PYTEST_COMMAND, "1 passed"),
        ("faststream", "faststream_app", PYTEST_COMMAND, "1 passed"),
        ("django", "django_app", ("manage.py", "test"), "2 test(s)"),
    ],
)
def test_example_of_a_framework_passes(module: str, folder: str, arguments: tuple[str, ...], passed: str) -> None:
    if find_spec(module) is None:
        pytest.skip(f"{module} is not installed here: `make examples` installs it and runs this")
    assert passed in run(EXAMPLES / folder, *arguments)


def test_the_list_of_examples_is_complete() -> None:
    shown = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    tests = [path.relative_to(EXAMPLES).as_posix() for path in ALL_FILES if re.fullmatch(r"tests?(_.*)?", path.stem)]
    assert tests
    assert [name for name in tests if f"({name})" not in shown] == []


def test_an_example_says_what_to_install() -> None:
    for path in ALL_FILES:
        if path.stem.startswith("test"):
            assert re.search(r"^pip install kafkaemu ", path.read_text(encoding="utf-8"), re.MULTILINE), path


def compact(text: str) -> str:
    """Code without spaces and breaks, so that a piece of a function may be shown outside it."""
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("page", PAGES)
def test_code_that_a_page_shows_is_run(page: str) -> None:
    sources = [compact(path.read_text(encoding="utf-8")) for path in ALL_FILES]
    text = (ROOT / page).read_text(encoding="utf-8")
    if page == "README.md":
        # Its other examples are run by test_readme.py.
        text = text.partition("## Test with it\n")[2].partition("\n## ")[0]
    blocks = [found["code"] for found in BLOCK.finditer(text)]
    assert blocks
    for block in blocks:
        for piece in block.split("\n# …\n"):
            assert any(compact(piece) in source for source in sources), f"no example has this piece of {page}:\n{piece}"
