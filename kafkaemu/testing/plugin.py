"""Fixtures and markers for pytest, there when kafkaemu is installed (entry point ``pytest11``).

Imported at the start of every test run, wanted or not: it imports nothing but pytest before a fixture is used.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator, Sequence
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from kafkaemu.testing.embedded import Broker
    from kafkaemu.testing.external import ExternalBroker
    from kafkaemu.testing.surface import Surface

EMBEDDED, EXTERNAL, BOTH = "embedded", "external", "both"
MARKERS = {
    "kafka_topics": 'kafka_topics("orders", "bills:3", audit=2): topics that are there when the test begins',
    "kafka_config": 'kafka_config({"num.partitions": 3}): broker configs of Kafka for a fresh broker',
    "kafka_as_version": 'kafka_as_version("3.9"): the release of Kafka that a fresh broker passes for',
}
#: What the brokers of a test are found under when it has failed.
_brokers = pytest.StashKey["list[Surface]"]()


class _PlainImports:
    """Imports the broker as it is. pytest rewrites the asserts of every package that comes with a plugin, which makes the first import
    several times as long and the broker slower; and since it would do so in the broker's thread too, CPython 3.11 may fail in the
    test's (SystemError in ast.parse, which two threads may not be in at once).
    """

    PACKAGES = ("kafkaemu", "kafkawire")

    @classmethod
    def find_spec(
        cls, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module as it would be found without pytest; None for those of others."""
        if name.partition(".")[0] not in cls.PACKAGES:
            return None
        return PathFinder.find_spec(name, path, target)


# When this is imported, pytest's own finder has been put in front of all others; tests and conftest files come later.
if _PlainImports not in sys.meta_path:
    sys.meta_path.insert(0, _PlainImports)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--kafka-bootstrap`` and ``--kafka-broker``, and the same as ini options."""
    group = parser.getgroup("kafkaemu", "Kafka brokers for tests")
    where = "a running broker, for kafka_external: host:port, several with commas"
    which = "what kafka_broker is: embedded (a fresh one), external (that of --kafka-bootstrap), or both, one after the other"
    group.addoption("--kafka-bootstrap", metavar="HOST:PORT", help=where)
    group.addoption("--kafka-broker", choices=(EMBEDDED, EXTERNAL, BOTH), help=which)
    parser.addini("kafka_bootstrap", where)
    parser.addini("kafka_broker", which, default=EMBEDDED)


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers."""
    for line in MARKERS.values():
        config.addinivalue_line("markers", line)
    if _which(config) not in (EMBEDDED, EXTERNAL, BOTH):
        raise pytest.UsageError(f"kafka_broker is embedded, external or both, not {_which(config)!r}")
    if _which(config) != EMBEDDED and not _bootstrap(config):
        # Tests that are all skipped would look as if they had passed.
        raise pytest.UsageError(f"kafka_broker is {_which(config)}: name the broker with --kafka-bootstrap host:port")


def _which(config: pytest.Config) -> str:
    return str(config.getoption("--kafka-broker") or config.getini("kafka_broker"))


def _bootstrap(config: pytest.Config) -> str:
    return str(config.getoption("--kafka-bootstrap") or config.getini("kafka_bootstrap"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """With ``--kafka-broker both`` a test that takes ``kafka_broker`` runs twice."""
    if "kafka_broker" in metafunc.fixturenames and _which(metafunc.config) == BOTH:
        metafunc.parametrize("kafka_broker", [EMBEDDED, EXTERNAL], indirect=True)


@pytest.fixture
def kafka_broker(request: pytest.FixtureRequest) -> Iterator[Surface]:
    """A fresh Kafka broker for this test (`kafkaemu.testing.Broker`); with ``--kafka-broker external`` the one that runs already."""
    which = getattr(request, "param", None) or _which(request.config)
    with _external(request) if which == EXTERNAL else _fresh(request) as broker:
        yield _noted(request, broker)


@pytest.fixture(scope="session")
def _kafka_shared() -> Iterator[Broker]:
    from kafkaemu.testing import Broker

    with Broker() as broker:
        yield broker


@pytest.fixture
def kafka_broker_session(request: pytest.FixtureRequest, _kafka_shared: Broker) -> Iterator[Broker]:
    """One Kafka broker for all tests of this process (of each xdist worker): the fastest, if tests name topics of their own.

    Topics of the ``kafka_topics`` marker are made anew for each test.
    """
    marks = _marks(request)
    if unfit := [name for name in ("kafka_config", "kafka_as_version") if name in marks]:
        raise pytest.UsageError(f"{request.node.nodeid}: {unfit[0]} is for a broker of one test: use kafka_broker")
    there = _kafka_shared.topics()
    wanted = _topics(marks)
    for name, partitions in wanted.items():
        if name in there:
            _kafka_shared.delete_topic(name)
        _kafka_shared.create_topic(name, partitions)
    yield _noted(request, _kafka_shared)


@pytest.fixture
def kafka_external(request: pytest.FixtureRequest) -> Iterator[ExternalBroker]:
    """The Kafka broker of ``--kafka-bootstrap``, with the same calls as `kafka_broker`; without the option the test is skipped."""
    with _external(request) as broker:
        yield _noted(request, broker)


def _fresh(request: pytest.FixtureRequest) -> Broker:
    from kafkaemu.testing import Broker

    marks = _marks(request)
    config: dict[str, object] = {}
    for mark in reversed(marks.get("kafka_config", [])):
        # The nearest counts: that of a function before that of its class and its module.
        config |= {
            **(mark.args[0] if mark.args else {}),
            **{name.replace("_", "."): v for name, v in mark.kwargs.items()},
        }
    releases = marks.get("kafka_as_version")
    return Broker(topics=_topics(marks), config=config, as_version=releases[0].args[0] if releases else None)


def _external(request: pytest.FixtureRequest) -> ExternalBroker:
    marks = _marks(request)
    bootstrap = _bootstrap(request.config)
    if not bootstrap:
        pytest.skip("no broker to test against: name one with --kafka-bootstrap host:port")
    if unfit := [name for name in ("kafka_config", "kafka_as_version") if name in marks]:
        pytest.skip(f"{unfit[0]}: the broker at {bootstrap} is not configured by tests")
    from kafkaemu.testing.external import ExternalBroker

    class External(ExternalBroker):
        @property
        def clock(self) -> Any:
            pytest.skip(f"moves the clock, which the broker at {bootstrap} does not let anybody do")

    broker = External(bootstrap)
    try:
        for name, partitions in _topics(marks).items():
            broker.create_topic(name, partitions)
    except BaseException:
        broker.close()
        raise
    return broker


def _marks(request: pytest.FixtureRequest) -> dict[str, list[pytest.Mark]]:
    """Our markers of a test, the nearest first. A name that looks like one and is none is an error."""
    marks: dict[str, list[pytest.Mark]] = {}
    for mark in request.node.iter_markers():
        if mark.name in MARKERS:
            marks.setdefault(mark.name, []).append(mark)
        elif mark.name.startswith("kafka"):
            from difflib import get_close_matches

            if close := get_close_matches(mark.name, MARKERS, 1):
                raise pytest.UsageError(
                    f"{request.node.nodeid}: there is no marker {mark.name}: did you mean {close[0]}?"
                )
    return marks


def _topics(marks: dict[str, list[pytest.Mark]]) -> dict[str, int]:
    """Number of partitions by topic (-1: as configured)."""
    from kafkaemu.testing.setup import topics_of

    topics: dict[str, int] = {}
    for mark in reversed(marks.get("kafka_topics", [])):
        for one in (*mark.args, mark.kwargs):
            named = topics_of([one] if isinstance(one, str) else one)
            topics |= {name: -1 if count is None else count for name, count in named}
    return topics


def _noted(request: pytest.FixtureRequest, broker: Any) -> Any:
    request.node.stash.setdefault(_brokers, []).append(broker)
    return broker


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test tells what its brokers hold."""
    report = yield
    if report.failed and call.when == "call":
        for broker in item.stash.get(_brokers, []):
            from kafkaemu.testing.report import sections

            report.sections += sections(broker)
    return report
