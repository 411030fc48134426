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
import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import attrs

from kafkaconform.reference.jars import cache_root

#: Longer than the slowest client takes on a busy machine; each check of a program has a deadline of its own, below this.
RUN_TIMEOUT_S = 240.0
#: How much of what a program says on standard error is quoted.
_ERROR_CHARS_MAX = 2000
_MARK = "installed"

__all__ = ["RUN_TIMEOUT_S", "CheckResult", "ScenarioClient", "ScenarioUnavailable", "read_results", "run_scenarios"]


class ScenarioUnavailable(Exception):
    """Why a client cannot be installed, in one sentence that says what the user can do about it."""


@attrs.frozen
class CheckResult:
    """What a client said of one check."""

    check: str
    ok: bool
    detail: str


@attrs.frozen(kw_only=True)
class ScenarioClient(abc.ABC):
    """One release of one client library, and the program that drives it.

    Args:
        library: its name in its own registry.
        version: its release.
        checks: what its program reports, in this order.
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
    client: ScenarioClient, bootstrap: str, prefix: str, timeout_s: float = RUN_TIMEOUT_S
) -> list[CheckResult]:
    """One result per check of an installed client, in order.

    Args:
        bootstrap: ``host:port`` of the broker.
        prefix: starts the names of everything that it makes; nobody else's may start so.
        timeout_s: after this the program is ended, and what it has not reported has failed.
    """
    client.folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [*client.command(), bootstrap, prefix],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        cwd=client.folder,
    )
    try:
        output, errors = process.communicate(timeout=timeout_s)
        end = f"exit code {process.returncode}"
    except subprocess.TimeoutExpired:
        process.kill()
        output, errors = process.communicate()
        end = f"not done after {timeout_s:g} s"
    said = f"{end}; {errors.strip()[-_ERROR_CHARS_MAX:]}".removesuffix("; ")
    return list(read_results(client.checks, output.splitlines(), said))


def read_results(checks: Iterable[str], lines: Iterable[str], end: str) -> Iterator[CheckResult]:
    """One result per expected check, then one per line that is not such a report.

    Args:
        checks: what was expected, in order.
        lines: the program's standard output.
        end: how the program ended, for checks that it said nothing of.
    """
    reported: dict[str, CheckResult] = {}
    strange: list[CheckResult] = []
    expected = list(checks)
    for line in lines:
        try:
            report = json.loads(line)
            result = CheckResult(str(report["check"]), report["ok"] is True, str(report["detail"]))
        except (ValueError, KeyError, TypeError):
            strange.append(CheckResult("output", False, f"not a report: {line}"))
            continue
        if result.check in reported or result.check not in expected:
            strange.append(CheckResult(result.check, False, f"not expected here: {line}"))
        else:
            reported[result.check] = result
    for check in expected:
        yield reported.get(check, CheckResult(check, False, f"not reported: {end}"))
    yield from strange
