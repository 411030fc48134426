"""Runs a stock client's scenarios against a broker and reads what it says of each.

A scenario program is started with two arguments, the bootstrap address and a prefix for every name that it makes up. It
prints one line of JSON per check on standard output, as soon as it knows:

    {"check": "round_trip:gzip", "ok": true, "detail": "60 records in 3 partitions"}

With a third argument, ``restart``, it runs just the check of that name, which needs the broker restarted in its midst: it prints

    {"please": "restart"}

and goes on when it can read a line of standard input. The broker may have forgotten everything by then.

``ok`` is its own judgement; ``detail`` says what it saw, or the client's error. A check that it does not report has failed:
a program that dies half way cannot pass. Its standard error and exit code are only read to say why.
"""

import abc
import contextlib
import json
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

import attrs

from kafkaconform.orphans import tied
from kafkaconform.reference.jars import cache_root

#: Longer than the slowest client takes on a busy machine; each check of a program has a deadline of its own, below this.
RUN_TIMEOUT_S = 240.0
#: The check that is run alone, as the third argument.
RESTART = "restart"
#: How much of what a program says on standard error is quoted.
_ERROR_CHARS_MAX = 2000
_MARK = "installed"

__all__ = [
    "RESTART",
    "RUN_TIMEOUT_S",
    "CheckResult",
    "ScenarioClient",
    "ScenarioUnavailable",
    "read_results",
    "run_scenarios",
]


class ScenarioUnavailable(Exception):
    """Why a client cannot be installed, in one sentence that says what the user can do about it."""


@attrs.frozen
class CheckResult:
    """What a client said of one check, and how long after the one before."""

    check: str
    ok: bool
    detail: str
    duration_s: float = attrs.field(default=0.0, eq=False)


@attrs.frozen(kw_only=True)
class ScenarioClient(abc.ABC):
    """One release of one client library, and the program that drives it.

    Args:
        library: its name in its own registry.
        version: its release.
        checks: what its program reports, in this order; `RESTART` only when it is run for that alone.
        kafka_releases: releases of Kafka of its time, such as ``3.3``; ``4.3`` where it is to work with today's.
        fails_today: check -> why it fails with today's Kafka itself, and so has to fail with whatever follows that.
    """

    library: str
    version: str
    checks: tuple[str, ...]
    kafka_releases: tuple[str, ...]
    fails_today: Mapping[str, str] = {}

    @property
    def name(self) -> str:
        """What it is called on a command line, such as ``kafkajs-2.2.4``."""
        return f"{self.library}-{self.version}"

    @property
    def ordinary_checks(self) -> tuple[str, ...]:
        """All but `RESTART`."""
        return tuple(check for check in self.checks if check != RESTART)

    @property
    def folder(self) -> Path:
        """Where it is installed: in the cache, and nowhere else."""
        return cache_root() / "clients" / self.name

    @property
    def install_command(self) -> str:
        """What the user types to have it."""
        return f"kafkaconform clients install {self.name}"

    def missing(self) -> str | None:
        """Why it cannot run now and what to do about it; None where it can."""
        try:
            if (self.folder / _MARK).read_text(encoding="utf-8") == self.fingerprint():
                return None
            reason = "is out of date"
        except FileNotFoundError:
            reason = "is not installed"
        return f"{self.name} {reason}: {self.install_command}"

    def install(self) -> None:
        """Puts it into the cache; does nothing where it is there.

        Raises:
            ScenarioUnavailable: something that this needs is absent, or its registry does not give it.
        """
        if self.missing() is not None:
            (self.folder / _MARK).unlink(missing_ok=True)
            self.folder.mkdir(parents=True, exist_ok=True)
            self.fetch()
            (self.folder / _MARK).write_text(self.fingerprint(), encoding="utf-8")

    @abc.abstractmethod
    def fingerprint(self) -> str:
        """Changes whenever what ``fetch`` makes would change."""

    @abc.abstractmethod
    def fetch(self) -> None:
        """Fill ``folder``. Raises ScenarioUnavailable."""

    @abc.abstractmethod
    def command(self) -> list[str]:
        """How the program is started, without its two arguments."""


def run_scenarios(
    client: ScenarioClient,
    bootstrap: str,
    prefix: str,
    *,
    restart: Callable[[], str | None] | None = None,
    timeout_s: float = RUN_TIMEOUT_S,
) -> list[CheckResult]:
    """One result per check of an installed client, in order.

    Args:
        bootstrap: ``host:port`` of the broker.
        prefix: starts the names of everything that it makes; nobody else's may start so.
        restart: restarts the broker; None when it is there again, or why it is not. With it `RESTART` is run and nothing else, without
            it all but that.
        timeout_s: after this the program is ended, and what it has not reported has failed.
    """
    arguments, checks = [bootstrap, prefix], client.ordinary_checks
    if restart is not None:
        arguments, checks = [*arguments, RESTART], (RESTART,)
    client.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        process = subprocess.Popen(
            tied([*client.command(), *arguments]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
            errors="replace",
            cwd=client.folder,
        )
        return list(read_results(checks, *_Conversation(process, errors, restart, timeout_s).parts()))


@attrs.define
class _Conversation:
    """What a program is told and says until it ends."""

    process: "subprocess.Popen[str]"
    errors: IO[str]
    restart: Callable[[], str | None] | None
    timeout_s: float
    _failure: str | None = None

    def parts(self) -> tuple[Iterator[str], Callable[[], str]]:
        """What `read_results` takes."""
        return self._lines(), self._end

    def _lines(self) -> Iterator[str]:
        """What it prints, while it does; not its request for a restart, which is done."""
        assert self.process.stdout is not None and self.process.stdin is not None
        late = threading.Timer(self.timeout_s, self._is_late)
        late.daemon = True  # A run that is broken off does not wait for it.
        late.start()
        # Whatever happens here, the program does not outlive it.
        with self.process:
            try:
                for line in self.process.stdout:
                    if self.restart is None or not _is_request(line):
                        yield line
                        continue
                    self._failure, self.restart = self.restart(), None
                    if self._failure is not None:
                        return
                    # Nothing more is to be said, and what could not be must not be tried again at the end.
                    with contextlib.suppress(BrokenPipeError), self.process.stdin as answer:
                        answer.write("\n")
                self.process.wait()
            finally:
                late.cancel()
                self.process.kill()

    def _is_late(self) -> None:
        self._failure = f"not done after {self.timeout_s:g} s"
        self.process.kill()

    def _end(self) -> str:
        """How it ended, and what it said on standard error."""
        self.errors.seek(0)
        said = self.errors.read().strip()[-_ERROR_CHARS_MAX:]
        return f"{self._failure or f'exit code {self.process.returncode}'}; {said}".removesuffix("; ")


def _is_request(line: str) -> bool:
    try:
        return bool(json.loads(line) == {"please": RESTART})
    except ValueError:
        return False


def read_results(checks: Iterable[str], lines: Iterable[str], end: Callable[[], str]) -> Iterator[CheckResult]:
    """One result per expected check, then one per line that is not such a report.

    Args:
        checks: what was expected, in order.
        lines: the program's standard output, as it comes.
        end: says how the program ended, for checks that it said nothing of.
    """
    reported: dict[str, CheckResult] = {}
    strange: list[CheckResult] = []
    expected = list(checks)
    before = time.monotonic()
    for line in lines:
        before, duration_s = time.monotonic(), time.monotonic() - before
        try:
            report = json.loads(line)
            result = CheckResult(str(report["check"]), report["ok"] is True, str(report["detail"]), duration_s)
        except (ValueError, KeyError, TypeError):
            strange.append(CheckResult("output", False, f"not a report: {line.strip()}"))
            continue
        if result.check in reported or result.check not in expected:
            strange.append(CheckResult(result.check, False, f"not expected here: {line.strip()}"))
        else:
            reported[result.check] = result
    for check in expected:
        yield reported.get(check) or CheckResult(check, False, f"not reported: {end()}")
    yield from strange
