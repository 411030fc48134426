"""The recorded answers of Apache Kafka: one JSON file per probe, below ``<release>/<api>/``."""

import json
import secrets
from pathlib import Path
from typing import Any

from kafkaconform.outcome import Tree, differences
from kafkaconform.registry import Probe
from kafkaconform.session import ProbeFailed, Session

LINE_CHARACTERS_MAX = 120

Golden = dict[str, Any]
Difference = tuple[str, Tree, Tree]


def golden_path(folder: Path, release: str, probe: Probe) -> Path:
    """Where the golden of ``probe`` lies."""
    return folder / release / probe.api / f"{probe.name}.json"


def run_probe(probe: Probe, host: str, port: int, *, release: str, check_answers: bool = False) -> Golden:
    """Runs ``probe`` once; what it saw, in golden form.

    Raises:
        ProbeFailed, ConnectionClosed, NoAnswer: what the probe prepares could not be had.
        NotReproduced, MalformedMessage: an answer could not be decoded, or not encoded again.
        OSError: nobody listens there.
    """
    session = Session(host, port, suffix=f"-{secrets.token_hex(4)}", release=release, check_answers=check_answers)
    try:
        try:
            probe.run(session)
        except AttributeError as failure:
            # `ask` gives None where no answer came, and the probe needed one.
            raise ProbeFailed(f"{failure}; the last steps: {session.steps[-2:]}") from failure
        return {"probe": probe.path, "holds": probe.holds, "steps": session.record()}
    finally:
        session.close()


def record_probe(probe: Probe, host: str, port: int, *, release: str) -> tuple[Golden, list[Difference]]:
    """Runs ``probe`` twice; the first recording, and where the second differs from it (it must not)."""
    first = run_probe(probe, host, port, release=release, check_answers=True)
    second = run_probe(probe, host, port, release=release, check_answers=True)
    return first, differences(first, second)


def write_golden(path: Path, golden: Golden) -> None:
    """Stores a golden."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(laid_out(golden) + "\n", encoding="utf-8")


def laid_out(value: Tree, indent: str = "") -> str:
    """JSON in which what fits on a line stands on one, so that a golden reads well and a change shows."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(flat) <= LINE_CHARACTERS_MAX or not isinstance(value, dict | list):
        return flat
    deeper = indent + " "
    if isinstance(value, dict):
        items = [f"{json.dumps(key)}: {laid_out(item, deeper)}" for key, item in value.items()]
    else:
        items = [laid_out(item, deeper) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{deeper}" + f",\n{deeper}".join(items) + f"\n{indent}{closing}"


def read_golden(path: Path) -> Golden:
    """Reads what `write_golden` stored."""
    golden: Golden = json.loads(path.read_text(encoding="utf-8"))
    return golden


def replay(probe: Probe, host: str, port: int, *, folder: Path, release: str) -> list[Difference]:
    """Runs ``probe`` against any broker and compares with its golden: (path, Kafka's, this broker's)."""
    golden = read_golden(golden_path(folder, release, probe))
    actual = run_probe(probe, host, port, release=release)
    return differences(golden["steps"], actual["steps"], "steps")
