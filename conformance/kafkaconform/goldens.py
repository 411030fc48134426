"""The recorded answers of Apache Kafka: one JSON file per probe, below ``<release>/<api>/``.

Of an older release only what differs from `BASE_RELEASE` has a file; its ``index.json`` lists the probes that were answered alike,
and those that cannot be asked there, each with the reason.
"""

import json
import secrets
from pathlib import Path
from typing import Any

import attrs

from kafkaconform.outcome import Tree, differences
from kafkaconform.peers import NotOffered, Peer, Peers
from kafkaconform.registry import Probe
from kafkaconform.releases import NotAskable, is_before
from kafkaconform.session import ProbeFailed, Session
from kafkaconform.wire import ConnectionClosed, NoAnswer, NotReproduced, address_of
from kafkawire.primitives import MalformedMessage

LINE_CHARACTERS_MAX = 120

#: The release whose answers are all kept.
BASE_RELEASE = "4.3.1"

Golden = dict[str, Any]
Difference = tuple[str, Tree, Tree]


def recorded_releases(folder: Path) -> list[str]:
    """The releases whose answers lie in ``folder``; none where that is no folder."""
    return sorted(each.name for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []


def with_patch(folder: Path, release: str) -> str:
    """``3.9.1`` for ``3.9``, where that is what lies in ``folder``; otherwise ``release`` as it is."""
    return next((each for each in reversed(recorded_releases(folder)) if each.startswith(f"{release}.")), release)


def golden_path(folder: Path, release: str, probe: Probe) -> Path:
    """Where the golden of ``probe`` lies. What a controller answers is stored only where a broker answers otherwise."""
    own = folder / release / f"{probe.path}.json"
    return own if own.exists() or not probe.at_controller else golden_path(folder, release, probe.of_broker)


@attrs.define
class Index:
    """What is known of a release besides its goldens: paths of probes answered as by `BASE_RELEASE`, and reasons by path of
    probes that cannot be asked.
    """

    alike: set[str] = attrs.Factory(set)
    left_out: dict[str, str] = attrs.Factory(dict)

    @classmethod
    def read(cls, folder: Path, release: str) -> "Index":
        """The index of a release; an empty one where none is stored."""
        path = _index_path(folder, release)
        if not path.exists():
            return cls()
        stored = json.loads(path.read_text(encoding="utf-8"))
        return cls(set(stored["alike"]), stored["left_out"])

    def write(self, folder: Path, release: str) -> None:
        """Stores it."""
        stored = {"alike": sorted(self.alike), "left_out": dict(sorted(self.left_out.items()))}
        path = _index_path(folder, release)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(laid_out(stored) + "\n", encoding="utf-8")


def _index_path(folder: Path, release: str) -> Path:
    return folder / release / "index.json"


def recorded_path(folder: Path, release: str, probe: Probe) -> Path:
    """Where what a release answered is to be read: its own golden, or that of `BASE_RELEASE` if it answered alike. There may be
    none."""
    own = golden_path(folder, release, probe)
    if own.exists() or probe.path not in Index.read(folder, release).alike:
        return own
    return golden_path(folder, BASE_RELEASE, probe)


def store(folder: Path, release: str, probe: Probe, golden: Golden) -> None:
    """Keeps a recording: as a file, or in the index if `BASE_RELEASE` answered the same."""
    if release == BASE_RELEASE:
        store_golden(folder, release, probe, golden)
        return
    path = golden_path(folder, release, probe)
    index = Index.read(folder, release)
    index.left_out.pop(probe.path, None)
    base = golden_path(folder, BASE_RELEASE, probe)
    if base.exists() and read_golden(base)["steps"] == golden["steps"]:
        index.alike.add(probe.path)
        path.unlink(missing_ok=True)
    else:
        index.alike.discard(probe.path)
        write_golden(path, golden)
    index.write(folder, release)


def leave_out(folder: Path, release: str, probe: Probe, reason: str) -> None:
    """Notes that a release cannot be asked a probe."""
    index = Index.read(folder, release)
    index.alike.discard(probe.path)
    index.left_out[probe.path] = reason
    golden_path(folder, release, probe).unlink(missing_ok=True)
    index.write(folder, release)


class Unfinished(Exception):
    """A probe did not come to its end; the text says why.

    Args:
        steps: what it had seen until then.
    """

    def __init__(self, reason: str, steps: list[Tree]) -> None:
        super().__init__(reason)
        self.steps = steps


def run_probe(
    probe: Probe,
    host: str,
    port: int,
    *,
    release: str,
    check_answers: bool = False,
    peers: Peers | None = None,
    beside: Peer | None = None,
) -> Golden:
    """Runs ``probe`` once; what it saw, in golden form. ``peers`` and ``beside`` are those of the `Session`.

    Raises:
        Unfinished: what the probe needs could not be had or is not offered, an answer could not be decoded (or not encoded again),
            nobody listens.
        NotAskable: the release cannot be asked that.
    """
    if probe.since is not None and is_before(release, probe.since[0]):
        raise NotAskable(probe.since[1])
    suffix = f"-{secrets.token_hex(4)}"
    session = Session(
        host,
        port,
        suffix=suffix,
        release=release,
        check_answers=check_answers,
        at_controller=probe.at_controller,
        peers=peers,
        beside=beside,
    )
    try:
        probe.run(session)
        return {"probe": f"{probe.api}/{probe.name}", "holds": probe.holds, "steps": session.record()}
    except NotAskable:
        raise
    except Exception as failure:
        # A probe relies on answers as Kafka gives them; whatever another broker breaks in it by its own is that broker's failure.
        reason = _why(failure, address_of(host, port)).replace(suffix, "")
        raise Unfinished(reason, session.finished_steps()) from failure
    finally:
        session.close()


def _why(failure: Exception, address: str) -> str:
    match failure:
        case ConnectionClosed():
            return "the connection was closed while the probe prepared what it needs"
        case NoAnswer():
            return "no answer came while the probe prepared what it needs"
        case ProbeFailed() | NotReproduced() | NotOffered():
            return str(failure)
        case MalformedMessage():
            return f"an answer cannot be decoded: {failure}"
        case OSError():
            return f"{address}: {failure.strerror or failure}"
        case _:
            return f"the probe cannot go on after what it was answered: {type(failure).__name__}: {failure}"


def record_probe(probe: Probe, host: str, port: int, *, release: str) -> tuple[Golden, list[Difference]]:
    """Runs ``probe`` twice; the first recording, and where the second differs from it (it must not)."""
    first = run_probe(probe, host, port, release=release, check_answers=True)
    second = run_probe(probe, host, port, release=release, check_answers=True)
    return first, differences(first, second)


def store_golden(folder: Path, release: str, probe: Probe, golden: Golden) -> None:
    """Stores what ``probe`` recorded; a controller's answers only if they are not a broker's."""
    own = folder / release / f"{probe.path}.json"
    if probe.at_controller:
        own.unlink(missing_ok=True)
        of_broker = golden_path(folder, release, probe.of_broker)
        if of_broker.exists() and not differences(read_golden(of_broker)["steps"], golden["steps"]):
            return
    write_golden(own, golden)


def write_golden(path: Path, golden: Golden) -> None:
    """Writes a golden."""
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
    """Runs ``probe`` against any broker and compares with its golden: (path, Kafka's, this broker's). Raises `Unfinished`."""
    golden = read_golden(recorded_path(folder, release, probe))
    actual = run_probe(probe, host, port, release=release)
    return differences(golden["steps"], actual["steps"], "steps")
