"""The list of probes: functions marked with `probe` in the modules of ``kafkaconform.probes``."""

import fnmatch
import importlib
import pkgutil
from collections.abc import Callable

import attrs

from kafkaconform.session import Session

_PROBES: "dict[str, Probe]" = {}


@attrs.frozen
class Probe:
    """A named function that talks to a broker.

    Args:
        api: the module it stands in, which is the API it is about.
        holds: its docstring: the rule that it shows.
    """

    api: str
    name: str
    holds: str
    run: Callable[[Session], None]

    @property
    def path(self) -> str:
        """``api/name``, as goldens are filed and ``--only`` selects."""
        return f"{self.api}/{self.name}"


def probe(function: Callable[[Session], None]) -> Callable[[Session], None]:
    """Makes a probe of a function; its name and docstring are the probe's."""
    api = function.__module__.rpartition(".")[2]
    entry = Probe(api, function.__name__, " ".join((function.__doc__ or "").split()), function)
    assert entry.holds, f"{entry.path} has no docstring"
    assert entry.path not in _PROBES, f"{entry.path} is there twice"
    _PROBES[entry.path] = entry
    return function


def all_probes(only: str = "*") -> list[Probe]:
    """Every probe whose path matches the glob ``only``, sorted by path; ``only`` may be just an API."""
    package = importlib.import_module("kafkaconform.probes")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"kafkaconform.probes.{module.name}")
    pattern = only if "/" in only or "*" in only else f"{only}/*"
    return [_PROBES[path] for path in sorted(_PROBES) if fnmatch.fnmatch(path, pattern)]
