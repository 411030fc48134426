"""Stock clients as checks: each thing that a client's program reports is a check of its own.

A program is run once for all of them, and once more for the one that needs the broker restarted.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from functools import partial
from itertools import groupby

import attrs

from kafkaconform.checks import Check, Target
from kafkaconform.registry import is_selected
from kafkaconform.releases import is_before
from kafkaconform.results import Kind, Outcome, Result
from kafkaconform.scenarios.catalogue import CLIENTS, CURRENT
from kafkaconform.scenarios.driver import RESTART, CheckResult, ScenarioClient
from kafkaconform.scenarios.together import run_together

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
#: How many programs run side by side, so that the deadlines of each hold on a small machine.
CLIENTS_AT_ONCE = 4


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


def scenario_checks(clients: Sequence[ScenarioClient], *only: str) -> list[Check]:
    """The checks of each client whose path one of the globs selects; those that need the broker restarted come last.

    The programs run side by side, some clients at a time, from the first check of theirs on that is asked for.
    """
    ordinary = [(client, name) for client in clients for name in (*client.ordinary_checks, OUTPUT)]
    restarts = [(client, RESTART) for client in clients if RESTART in client.checks]
    return [*_checks(ordinary, only), *_checks(restarts, only)]


def versions_of(clients: Iterable[ScenarioClient]) -> dict[str, str]:
    """Library -> the releases of it that are installed."""
    found: dict[str, list[str]] = {}
    for client in clients:
        if client.missing() is None:
            found.setdefault(client.library, []).append(client.version)
    return {library: ", ".join(versions) for library, versions in found.items()}


def _family(release: str) -> str:
    """What the catalogue calls a release: 3.9 for 3.9.1, and today's for all since 4.0."""
    return ".".join(release.split(".")[:2]) if is_before(release, "4.0") else CURRENT


def _checks(asked: Sequence[tuple[ScenarioClient, str]], only: Sequence[str]) -> list[Check]:
    selected = [(client, name) for client, name in asked if is_selected(_path(client, name), *only)]
    by_client = [list(group) for _, group in groupby(selected, key=lambda pair: pair[0].name)]
    found = []
    for start in range(0, len(by_client), CLIENTS_AT_ONCE):
        together = by_client[start : start + CLIENTS_AT_ONCE]
        programs = _Programs([group[0][0] for group in together])
        found += [
            Check(Kind.SCENARIO, _path(client, name), _holds(name), partial(programs.result, client, name))
            for group in together
            for client, name in group
        ]
    return found


def _path(client: ScenarioClient, check: str) -> str:
    return f"{client.name}/{check}"


def _holds(check: str) -> str:
    if check == OUTPUT:
        return "The program reports each of its checks once, and nothing else."
    return HOLDS.get(check.partition(":")[0], check)


@attrs.define
class _Programs:
    """One run of the programs of some clients against the last target asked for: either for `RESTART`, or for all else."""

    clients: Sequence[ScenarioClient]
    _target: Target | None = None
    _reports: dict[str, Future[list[CheckResult]]] = attrs.field(factory=dict)

    def result(self, client: ScenarioClient, name: str, target: Target) -> Result:
        """What a client's program says of one of its checks."""
        missing = client.missing()
        if missing is None and name == RESTART and target.restart is None:
            missing = "the broker is restarted in the midst of it: give 'kafkaconform run --start' a command that is the broker"
        if missing is not None:
            return _result(client, name, Outcome.NOT_RUN, missing)
        if self._target != target:
            present = [each for each in self.clients if each.missing() is None]
            self._reports = run_together(present, target.bootstrap, target.restart if name == RESTART else None)
            self._target = target
        reports = self._reports[client.name].result()
        count = 1 if name == RESTART else len(client.ordinary_checks)
        expected = {report.check: report for report in reports[:count]}
        strange = "; ".join(f"{report.check}: {report.detail}" for report in reports[count:])
        if name == OUTPUT or (name == RESTART and strange):
            return _result(client, name, Outcome.FAILED if strange else Outcome.PASSED, strange)
        return _judged(client, expected[name], target)


def _judged(client: ScenarioClient, report: CheckResult, target: Target) -> Result:
    """By what Kafka itself does where the target is to be like today's."""
    outcome, reason = Outcome.PASSED if report.ok else Outcome.FAILED, report.detail
    fails_today = client.fails_today.get(report.check) if _family(target.release) == CURRENT else None
    if fails_today is not None and report.ok:
        outcome, reason = Outcome.FAILED, f"it works, but does not with Kafka itself: {fails_today}"
    elif fails_today is not None:
        outcome, reason = Outcome.PASSED, f"it fails as it does with Kafka itself: {fails_today}"
    return _result(client, report.check, outcome, reason, report.duration_s)


def _result(client: ScenarioClient, name: str, outcome: Outcome, reason: str, duration_s: float = 0.0) -> Result:
    return Result(Kind.SCENARIO, _path(client, name), _holds(name), outcome, duration_s, reason)
