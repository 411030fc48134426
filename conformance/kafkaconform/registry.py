"""The list of probes: functions marked with `probe` in the modules of ``kafkaconform.probes``.

Those of APIs that a controller answers too are in it twice: the second asks the controller.
"""

import fnmatch
import importlib
import pkgutil
import re
from collections.abc import Callable

import attrs

from kafkaconform.session import Session

_PROBES: "dict[str, Probe]" = {}

#: Modules of probes that are asked of the controller as well.
ALSO_AT_CONTROLLER = frozenset(
    {
        "acls",
        "alter_configs",
        "alter_partition_reassignments",
        "api_versions",
        "client_quotas",
        "create_partitions",
        "create_topics",
        "delegation_tokens",
        "delete_topics",
        "describe_cluster",
        "describe_configs",
        "describe_quorum",
        "elect_leaders",
        "incremental_alter_configs",
        "list_partition_reassignments",
        "sasl_handshake",
        "scram_credentials",
        "unregister_broker",
        "update_features",
    }
)
#: Probes among them that are not, and why.
NOT_AT_CONTROLLER = {
    "alter_configs/brokers": "the controller does not check a broker's configs, and the broker is broken by them",
    "incremental_alter_configs/bad_changes_of_a_topic": "an appended null makes the controller resign its leadership",
    "incremental_alter_configs/bad_changes_of_brokers": "as alter_configs/brokers",
    "incremental_alter_configs/cordoned_log_dirs": "a controller cordons nothing more than is: 40",
    "incremental_alter_configs/only_validated": "as alter_configs/brokers",
    "incremental_alter_configs/what_a_broker_cannot_become": "as alter_configs/brokers",
    "scram_credentials/round_trip": "the controller never answers who has credentials, if nobody is named",
}


@attrs.frozen
class Probe:
    """A named function that talks to a broker.

    Args:
        api: the module it stands in, which is the API it is about.
        holds: its docstring: the rule that it shows.
        at_controller: whether it is the controller that is asked.
        since: the first release that can be asked it, and why no older one can; None where all can.
    """

    api: str
    name: str
    holds: str
    run: Callable[[Session], None]
    at_controller: bool = False
    since: tuple[str, str] | None = None

    @property
    def path(self) -> str:
        """``api/name``, as goldens are filed and ``--only`` selects; ``at_controller/api/name`` where a controller is asked."""
        return f"at_controller/{self.api}/{self.name}" if self.at_controller else f"{self.api}/{self.name}"

    @property
    def of_broker(self) -> "Probe":
        """The same asked of a broker."""
        return attrs.evolve(self, at_controller=False)

    @property
    def may_ask_controller(self) -> bool:
        """Whether the same can be asked of a controller."""
        return self.api in ALSO_AT_CONTROLLER and self.path not in NOT_AT_CONTROLLER


def probe(function: Callable[[Session], None]) -> Callable[[Session], None]:
    """Makes a probe of a function; its name and docstring are the probe's."""
    api = function.__module__.rpartition(".")[2]
    holds = " ".join((function.__doc__ or "").split())
    entry = Probe(api, function.__name__, holds, function, since=getattr(function, "since", None))
    assert entry.holds, f"{entry.path} has no docstring"
    assert entry.path not in _PROBES, f"{entry.path} is there twice"
    _PROBES[entry.path] = entry
    return function


def asked_since(release: str, reason: str) -> Callable[[Callable[[Session], None]], Callable[[Session], None]]:
    """Below `probe`: releases before ``release`` cannot be asked this, for a ``reason`` that the versions of APIs do not tell."""

    def mark(function: Callable[[Session], None]) -> Callable[[Session], None]:
        function.since = (release, reason)  # type: ignore[attr-defined]
        return function

    return mark


def all_probes(*only: str) -> list[Probe]:
    """Every probe whose path matches a glob of ``only``, which may be just an API, sorted by path; without globs all."""
    package = importlib.import_module("kafkaconform.probes")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"kafkaconform.probes.{module.name}")
    probes = [_PROBES[path] for path in sorted(_PROBES)]
    probes += [attrs.evolve(probe, at_controller=True) for probe in probes if probe.may_ask_controller]
    return [probe for probe in probes if is_selected(probe.path, *only)]


def is_selected(path: str, *only: str) -> bool:
    """Whether a glob of ``only``, or a group such as an API, selects the check of this path; without globs every one is."""
    return any(fnmatch.fnmatchcase(path, _pattern(glob)) for glob in only or ["*"])


def _pattern(glob: str) -> str:
    """The glob; of a group, which may be an API as Kafka spells it, all that is in it."""
    return glob if "/" in glob or "*" in glob else f"{re.sub('(?<=[a-z])(?=[A-Z])', '_', glob).lower()}/*"
