"""Imports and compilation ahead of the first request that needs them."""

from __future__ import annotations

import sys

import pytest

from kafkaemu.handlers.index import HANDLERS
from kafkaemu.server.dispatch import Dispatcher
from kafkaemu.server.warming import EXPECTED_PAUSE_MS, IDLE_AFTER_MS, IDLE_PAUSE_MS, MEMBER_REQUESTS, Warming
from kafkawire.index import APIS
from tests.support.serving import Serving

JOIN_GROUP = 11


def dispatching(serving: Serving, served: dict[int, tuple[int, int]]) -> Dispatcher:
    """A dispatcher to the real handlers, in place of the canned ones."""
    serving.connections.dispatcher = Dispatcher(serving.context, HANDLERS, served)
    return serving.connections.dispatcher


def pass_time(serving: Serving, milliseconds: float) -> None:
    serving.clock.advance_real(milliseconds)
    serving.real.run_due(serving.clock.real_ms())


def test_one_api_of_a_member_after_the_other_is_made_ready_in_both_versions() -> None:
    serving = Serving({})
    dispatcher = dispatching(serving, {api.key: (api.oldest, api.last) for api in APIS.values()})
    Warming(serving.connections, serving.real).expect_member()
    ready: list[int] = []
    for key, version in MEMBER_REQUESTS:
        assert list(dispatcher.routes) == ready
        pass_time(serving, EXPECTED_PAUSE_MS)
        ready += sorted({key << 16 | version, key << 16 | APIS[key].last}, key=list(dispatcher.routes).index)
    assert list(dispatcher.routes) == ready
    pass_time(serving, EXPECTED_PAUSE_MS)
    assert not len(serving.real)


def test_only_what_is_served_is_made_ready() -> None:
    serving = Serving({})
    dispatcher = dispatching(serving, {JOIN_GROUP: (0, 4)})
    dispatcher.warm(JOIN_GROUP, 5)
    dispatcher.warm(JOIN_GROUP + 1, 3)
    assert list(dispatcher.routes) == [JOIN_GROUP << 16 | 4]


def test_modules_are_imported_one_by_one_and_only_while_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["wave", "colorsys"]
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    serving = Serving({})
    Warming(serving.connections, serving.real).import_when_idle(names)
    client = serving.connect()
    pass_time(serving, IDLE_AFTER_MS - 1)
    client.core.pump()
    pass_time(serving, 1)
    assert not sys.modules.keys() & set(names), "a client was here a millisecond ago"
    for count in range(1, 3):
        pass_time(serving, IDLE_PAUSE_MS + 1)
        assert [name for name in names if name in sys.modules] == names[:count]
    pass_time(serving, IDLE_PAUSE_MS)
    assert not len(serving.real)
