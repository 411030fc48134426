"""What the project's code looks like, held by a test: sizes, seams, docstrings.

Every rule has a table of exceptions with a reason each. An exception that is no longer needed fails, so the
tables can only shrink.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCE_ROOTS = {"kafkaemu": ROOT, "kafkawire": ROOT / "codecs", "kafkaconform": ROOT / "conformance"}
FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 60

#: path -> why it is one thing although it is long.
LONG_FILES: dict[str, str] = {}

#: "path::qualified name" -> why it is one thing although it is long.
LONG_FUNCTIONS: dict[str, str] = {
    "codecs/kafkawire/records/walk.py::fast_walk": "every call in it is paid once per record produced",
}

#: Modules through which time, chance, files and the network would come in past kafkaemu/world.
WORLD_MODULES = {
    "asyncio",
    "datetime",
    "mmap",
    "multiprocessing",
    "random",
    "secrets",
    "select",
    "selectors",
    "shutil",
    "socket",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "uuid",
}
#: The same as attributes of modules that are otherwise harmless; "open" is the builtin.
WORLD_NAMES = {"open", "os.urandom", "os.getrandom", "os.open", "io.open", "os.fdopen"}

#: (path, module or name) -> why it may look at the world without the seams.
WORLD_EXCEPTIONS: dict[tuple[str, str], str] = {
    ("kafkaemu/testing/embedded.py", "threading"): "the broker's thread beside the test's",
    ("kafkaemu/testing/external.py", "socket"): "the test's thread asks somebody else's broker",
    ("kafkaemu/testing/waiting.py", "time"): "how long a test waits is real time",
    ("kafkaemu/testing/clock.py", "datetime"): "a duration that a test names",
}

#: "path::qualified name" -> why it says nothing.
UNDOCUMENTED: dict[str, str] = {}


def python_files(*folders: str) -> list[Path]:
    """The project's own Python files below ``folders``, in a fixed order."""
    return sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts
    )


def name_of(path: Path) -> str:
    """``path`` as it is written in the tables."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def definitions(
    tree: ast.Module | ast.ClassDef, prefix: str = ""
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, ast.ClassDef | None]]:
    """Every class, function and method outside function bodies: (qualified name, node, class around it)."""
    owner = tree if isinstance(tree, ast.ClassDef) else None
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield prefix + node.name, node, owner
            yield from definitions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name, node, owner


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function from ``def`` to its end, without its docstring."""
    assert function.end_lineno is not None
    total = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        assert docstring.end_lineno is not None
        total -= docstring.end_lineno - docstring.lineno + 1
    return total


def held_against(found: Mapping[Any, str], allowed: Mapping[Any, str]) -> list[str]:
    """Findings that no exception covers, then exceptions that no finding needs."""
    unexcused = [text for key, text in found.items() if key not in allowed]
    unneeded = [f"{key}: the exception is no longer needed" for key in allowed if key not in found]
    return unexcused + unneeded


def test_files_are_at_most_600_lines() -> None:
    found = {}
    for path in python_files("kafkaemu", "codecs", "conformance", "tests", "benchmarks"):
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > FILE_LINES_MAX:
            found[name_of(path)] = f"{name_of(path)}: {lines} lines, at most {FILE_LINES_MAX}"
    assert held_against(found, LONG_FILES) == []


def test_functions_are_at_most_60_lines() -> None:
    found = {}
    for path in python_files("kafkaemu", "codecs", "conformance", "tests", "benchmarks"):
        for name, node, _ in definitions(parsed(path)):
            if not isinstance(node, ast.ClassDef) and (lines := code_lines(node)) > FUNCTION_LINES_MAX:
                key = f"{name_of(path)}::{name}"
                found[key] = f"{key}: {lines} lines, at most {FUNCTION_LINES_MAX}"
    assert held_against(found, LONG_FUNCTIONS) == []


def dotted(node: ast.expr) -> str:
    """``a.b.c`` for a chain of names, "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (base := dotted(node.value)):
        return f"{base}.{node.attr}"
    return ""


def world_uses(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What a file takes from the world without the seams: (module or name, line)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if (module := alias.name.partition(".")[0]) in WORLD_MODULES:
                    yield module, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            if (module := node.module.partition(".")[0]) in WORLD_MODULES:
                yield module, node.lineno
            for alias in node.names:
                if (name := f"{node.module}.{alias.name}") in WORLD_NAMES:
                    yield name, node.lineno
        elif isinstance(node, ast.Name | ast.Attribute) and (name := dotted(node)) in WORLD_NAMES:
            yield name, node.lineno


def test_time_chance_files_and_sockets_come_in_through_the_seams_only() -> None:
    found = {}
    for path in python_files("kafkaemu", "codecs"):
        if path.is_relative_to(ROOT / "kafkaemu" / "world"):
            continue
        for what, line in world_uses(parsed(path)):
            text = f"{name_of(path)}:{line}: {what}; take it from kafkaemu/world instead"
            found[name_of(path), what] = text
    assert held_against(found, WORLD_EXCEPTIONS) == []


def test_the_seam_rule_sees_every_way_in() -> None:
    source = "import time, os\nfrom random import choice\nos.urandom(1)\nfrom os import urandom\nopen('x')\n"
    assert sorted(what for what, _ in world_uses(ast.parse(source))) == [
        "open",
        "os.urandom",
        "os.urandom",
        "random",
        "time",
    ]


def is_public(name: str) -> bool:
    """Whether no part of a dotted name begins with an underscore."""
    return not any(part.startswith("_") for part in name.split("."))


def decorators(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> set[str]:
    """The last names of a definition's decorators: ``setter`` for ``@size.setter``."""
    targets = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
    return {dotted(target).rpartition(".")[2] for target in targets}


def documented_methods() -> set[str]:
    """Names of methods that some class documents: an override need not repeat what its interface says."""
    return {
        node.name
        for package, root in SOURCE_ROOTS.items()
        for path in python_files(name_of(root / package))
        for _, node, owner in definitions(parsed(path))
        if owner is not None and not isinstance(node, ast.ClassDef) and ast.get_docstring(node)
    }


def needs_docstring(
    name: str,
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
    owner: ast.ClassDef | None,
    inherited: Callable[[str], bool],
) -> bool:
    """Whether a definition is public, says nothing, and has nobody who says it for it."""
    if not is_public(name) or ast.get_docstring(node) or decorators(node) & {"overload", "setter", "override"}:
        return False
    return not (owner is not None and owner.bases and inherited(node.name))


def test_public_things_say_what_they_are() -> None:
    found = {}
    inherited = documented_methods().__contains__
    for package, root in SOURCE_ROOTS.items():
        for path in python_files(name_of(root / package)):
            tree = parsed(path)
            if tree.body and not ast.get_docstring(tree):
                found[name_of(path)] = f"{name_of(path)}: the module has no docstring"
            for name, node, owner in definitions(tree):
                if needs_docstring(name, node, owner, inherited):
                    key = f"{name_of(path)}::{name}"
                    found[key] = f"{key}: no docstring"
    assert held_against(found, UNDOCUMENTED) == []


#: Modules beside the handlers: what they are given, and the tables of which there are.
NO_HANDLERS = {"__init__", "by_topic", "context", "index", "served"}


def test_handlers_open_with_their_specification() -> None:
    missing = [
        f"{name_of(path)}: no '{part}' block"
        for path in python_files("kafkaemu/handlers")
        if path.stem not in NO_HANDLERS
        for part in ("Behavior:", "Versions:")
        if part not in (ast.get_docstring(parsed(path)) or "")
    ]
    assert missing == []


def test_files_of_a_release_fit_their_readers() -> None:
    """No path of a machine and no package host may stand in what a newcomer reads or installs."""
    texts = [
        "README.md",
        "CONTRIBUTING.md",
        "Makefile",
        "Dockerfile",
        "pyproject.toml",
        "requirements-dev.lock",
    ]
    offending = [
        f"{name}: {word}"
        for name in texts
        if (ROOT / name).exists()
        for word in ("/work/", "/root/", "index-url", "find-links")
        if word in (ROOT / name).read_text(encoding="utf-8")
    ]
    assert offending == []
