"""kafkawire is a library of its own: attrs, a CRC and a compression library are all it takes."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

CODECS = Path(__file__).resolve().parents[3] / "codecs"
PACKAGE = CODECS / "kafkawire"
NEEDED = {"attrs", "google_crc32c", "cramjam"}
#: The same, with the names under which attrs brings itself.
INSTALLED = NEEDED | {"attr"}


def imported(path: Path) -> set[str]:
    """The first parts of all module names that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            assert node.module
            found.add(node.module.partition(".")[0])
    return found


def test_nothing_but_what_is_needed_is_imported_anywhere() -> None:
    sources = sorted(PACKAGE.rglob("*.py"))
    assert len(sources) > 50
    found = set().union(*map(imported, sources))
    assert found - set(sys.stdlib_module_names) - {"kafkawire"} == NEEDED


WITH_NOTHING_ELSE = """
import sys
installed = set(sys.argv[1].split(","))

class Refusing:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in installed and top not in sys.stdlib_module_names:
            raise ModuleNotFoundError(f"{name} is not installed here", name=name)

sys.meta_path.insert(0, Refusing())
for absent in ("trio", "kafkaemu"):
    try:
        __import__(absent)
    except ModuleNotFoundError:
        continue
    raise SystemExit(f"{absent} can be imported")

import importlib, pkgutil
import kafkawire
modules = [info.name for info in pkgutil.walk_packages(kafkawire.__path__, "kafkawire.") if "__main__" not in info.name]
for name in modules:
    importlib.import_module(name)

from kafkawire.compiler import decode, encode
from kafkawire.messages.heartbeat import HeartbeatRequest
from kafkawire.records.batch import Compression, has_valid_crc
from kafkawire.records.builder import build_batch
from kafkawire.records.iterate import records_of
from kafkawire.records.record import Record

message = HeartbeatRequest(group_id="orders", generation_id=3, member_id="m")
assert decode(HeartbeatRequest, 4, encode(message, 4)) == message
for codec in Compression:
    batch = build_batch([Record(b"k", b"v")], compression=codec)
    assert has_valid_crc(batch)
    assert next(records_of(batch)).value == b"v"
print(len(modules), "modules")
"""


def test_every_module_works_where_nothing_else_is_installed() -> None:
    """As in an environment with these packages alone: any other is refused when it is asked for."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITH_NOTHING_ELSE, ",".join({"kafkawire", *INSTALLED})],
        env={**os.environ, "PYTHONPATH": str(CODECS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout.split()[0]) > 50


def test_examples_in_the_readme_run() -> None:
    blocks = re.findall(r"```python\n(.*?)```", (CODECS / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    examples = [block for block in blocks if "import" in block]
    assert len(examples) >= 2
    for example in examples:
        exec(compile(example, "codecs/README.md", "exec"), {})
