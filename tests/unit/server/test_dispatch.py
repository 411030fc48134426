"""Finding handlers, refusing versions, and the answers that a handler could not give."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from kafkaemu.handlers.context import Peer, Request
from kafkaemu.server.dispatch import Dispatcher
from kafkawire.compiler import raw_encoder
from kafkawire.errors import ErrorCode
from kafkawire.framing import UnsupportedVersion
from kafkawire.messages.api_versions import ApiVersionsResponse
from tests.support.serving import Serving

FAILED = ErrorCode.UNKNOWN_SERVER_ERROR


@pytest.fixture
def dispatcher(monkeypatch: pytest.MonkeyPatch) -> Dispatcher:
    module = ModuleType("made_up.heartbeat")
    module.handle = lambda context, request, body: None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "made_up", ModuleType("made_up"))
    monkeypatch.setitem(sys.modules, "made_up.heartbeat", module)
    handlers = {12: "heartbeat", 18: "api_versions"}
    return Dispatcher(Serving({}).context, handlers, {12: (1, 3), 18: (0, 3)}, "made_up")


def test_a_route_is_made_at_the_first_request_and_remembered(dispatcher: Dispatcher) -> None:
    assert dispatcher.routes == {}
    route = dispatcher.route(12, 2)
    assert route.name == "Heartbeat v2"
    assert dispatcher.routes[12 << 16 | 2] is route


@pytest.mark.parametrize(("api_key", "version"), [(12, 0), (12, 4), (12, -1), (3, 1), (0, 9)])
def test_what_is_not_served_is_refused(dispatcher: Dispatcher, api_key: int, version: int) -> None:
    with pytest.raises(UnsupportedVersion, match=f"version {version}"):
        dispatcher.route(api_key, version)
    assert dispatcher.routes == {}


@pytest.mark.parametrize("version", [4, -1, 32767])
def test_api_versions_is_answered_in_any_version_with_those_that_are_served(
    dispatcher: Dispatcher, version: int
) -> None:
    route = dispatcher.route(18, version)
    body, _ = route.decode(b"anything", 0)
    request = Request(18, version, 1, "test", Peer("/127.0.0.1", 1, "PLAINTEXT"))
    answer = route.handle(dispatcher.context, request, body)
    assert isinstance(answer, ApiVersionsResponse)
    assert route.encoder(answer) is raw_encoder(ApiVersionsResponse, 0)
    assert len(route.header(0, 1)) == 8, "without tagged fields"
    assert answer.error_code == ErrorCode.UNSUPPORTED_VERSION
    assert [(key.api_key, key.min_version, key.max_version) for key in answer.api_keys] == [(18, 0, 3)]
    assert dispatcher.routes == {}, "a client may not fill the memory with versions"
