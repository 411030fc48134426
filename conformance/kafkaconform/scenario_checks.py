"""Stock clients as checks: a client's program is run once, and each thing that it reports is a check of its own."""

import secrets
import time
from collections.abc import Iterable, Sequence
from functools import partial

import attrs

from kafkaconform.checks import Check, Target
from kafkaconform.results import Kind, Outcome, Result
from kafkaconform.scenarios.catalogue import CLIENTS, CURRENT
from kafkaconform.scenarios.driver import CheckResult, ScenarioClient, run_scenarios

#: What a check of a program holds; that of a codec or strategy, such as ``round_trip:gzip``, stands before the colon.
HOLDS = {
    "round_trip": "What is produced with this codec comes back as it was.",
    "resume": "A consumer goes on where its group has committed.",
    "rebalance": "Partitions are shared out anew when members come and go.",
    "strategy": "Members that share by this strategy hold every partition once; what one leaves the other takes over.",
    "static": "A static member that comes back in time has its partitions again, and the other has kept its own.",
    "silent": "A member that is silent for too long loses its partitions to the other.",
    "seek": "A consumer reads on from where it is put: the beginning, an offset, the end.",
    "reset": "Without a commit, or with one out of range, a consumer begins at the earliest or the latest record or fails, as told.",
    "idempotence": "What an idempotent producer sends comes once and in order, with several requests under way.",
    "compaction": "Of a compacted topic a reader learns the last value of every key, and which are deleted.",
    "timeouts": "A poll of nothing ends in its time, and so does sending to a partition that is not there.",
    "restart": "Producers and members of a group that stay open go on by themselves after the broker was restarted.",
    "times": "Offsets are found by time.",
    "topics": "Topics are created, described, enlarged and deleted.",
    "configs": "Configs are altered and described.",
    "groups": "Groups are listed, described and deleted.",
}
#: Besides what was expected a program reports nothing.
OUTPUT = "output"


class UnknownClient(Exception):
    """No such client; the text is one sentence for the user."""


def chosen_clients(names: Sequence[str], release: str) -> list[ScenarioClient]:
    """The clients of these names or libraries; without any all that are of the time of ``release``.

    Raises:
        UnknownClient: a name is neither.
    """
    for name in names:
        if not any(name in {client.name, client.library} for client in CLIENTS.values()):
            raise UnknownClient(f"There is no client {name!r}; there are {', '.join(CLIENTS)}.")
    of_its_time = [client for client in CLIENTS.values() if _family(release) in client.kafka_releases]
    if not names:
        return of_its_time
    named = [client for client in CLIENTS.values() if client.name in names]
    return named + [client for client in of_its_time if client.library in names and client not in named]


def scenario_checks(clients: Iterable[ScenarioClient]) -> list[Check]:
    """The checks of each client, whose program is run with the first of them."""
    return [check for client in clients for check in _checks(client)]


def versions_of(clients: Iterable[ScenarioClient]) -> dict[str, str]:
    """Library -> the releases of it that are installed."""
    found: dict[str, list[str]] = {}
    for client in clients:
        if client.missing() is None:
            found.setdefault(client.library, []).append(client.version)
    return {library: ", ".join(versions) for library, versions in found.items()}


def _family(release: str) -> str:
    """The release among those of the catalogue that another belongs to: 3.9 for 3.9.1, today's for all since 4.0."""
    return CURRENT if release.split(".")[0] >= CURRENT.split(".")[0] else ".".join(release.split(".")[:2])


def _checks(client: ScenarioClient) -> list[Check]:
    once = _Once(client)
    return [
        Check(Kind.SCENARIO, f"{client.name}/{name}", _holds(name), partial(once.result, name))
        for name in (*client.checks, OUTPUT)
    ]


def _holds(check: str) -> str:
    if check == OUTPUT:
        return "The program reports each of its checks once, and nothing else."
    return HOLDS.get(check.partition(":")[0], check)


@attrs.define
class _Once:
    """One run of a client's program against the last target asked for."""

    client: ScenarioClient
    _target: Target | None = None
    _reports: list[CheckResult] = attrs.field(factory=list)

    def result(self, name: str, target: Target) -> Result:
        """What the program says of one of its checks."""
        begin = time.monotonic()

        def ended(outcome: Outcome, reason: str) -> Result:
            path = f"{self.client.name}/{name}"
            return Result(Kind.SCENARIO, path, _holds(name), outcome, time.monotonic() - begin, reason)

        missing = self.client.missing()
        if missing is not None:
            return ended(Outcome.NOT_RUN, missing)
        if self._target != target:
            prefix = f"{self.client.name}-{secrets.token_hex(4)}"
            self._reports = run_scenarios(self.client, target.bootstrap, prefix)
            self._target = target
        expected = {report.check: report for report in self._reports[: len(self.client.checks)]}
        strange = self._reports[len(self.client.checks) :]
        if name == OUTPUT:
            return ended(
                Outcome.FAILED if strange else Outcome.PASSED, "; ".join(f"{r.check}: {r.detail}" for r in strange)
            )
        report = expected[name]
        fails_today = self.client.fails_today.get(name) if _family(target.release) == CURRENT else None
        if fails_today is None:
            return ended(Outcome.PASSED if report.ok else Outcome.FAILED, report.detail)
        if report.ok:
            return ended(Outcome.FAILED, f"it works, but does not with Kafka itself: {fails_today}")
        return ended(Outcome.PASSED, f"it fails as it does with Kafka itself: {fails_today}")
