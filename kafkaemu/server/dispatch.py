"""From a request to its handler: which module, which decoder, and what an answer becomes that a handler could not give."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from kafkaemu.handlers.context import CloseConnection
from kafkawire.compiler import RawDecoder, RawEncoder, raw_decoder, raw_encoder
from kafkawire.errors import ErrorCode
from kafkawire.framing import UnsupportedVersion, response_header
from kafkawire.index import APIS, Api

if TYPE_CHECKING:
    from kafkaemu.handlers.context import Answer, Context, Request
    from kafkawire.declare import TopLevel

logger = logging.getLogger("kafkaemu.server")

API_VERSIONS_KEY = 18
Handle = Callable[["Context", "Request", Any], "Answer"]


class Route:
    """How one version of one API is served."""

    __slots__ = ("_encoders", "answer_version", "api", "decode", "handle", "header", "version")

    def __init__(self, api: Api, version: int, decode: RawDecoder[Any], handle: Handle, answer_version: int) -> None:
        self.api = api
        self.version = version
        self.decode = decode
        self.handle = handle
        #: Version in which answers are encoded: the request's, but for ApiVersions in a version unknown here.
        self.answer_version = answer_version
        #: Makes the headers of answers, of 0 and a correlation id.
        self.header = response_header(api.response_header_version(version))
        self._encoders: dict[type[TopLevel], RawEncoder[Any]] = {}

    def encoder(self, message: TopLevel) -> RawEncoder[Any]:
        """The encoder of an answer: there is one class of answers, but for what an interceptor may think of."""
        kind = message.__class__
        try:
            return self._encoders[kind]
        except KeyError:
            encoder = self._encoders[kind] = raw_encoder(kind, self.answer_version)
            return encoder

    def warm(self) -> None:
        """Compile the encoder ahead of the first answer."""
        self._encoders[self.api.response] = raw_encoder(self.api.response, self.answer_version)

    @property
    def name(self) -> str:
        """``Produce v9``."""
        return f"{self.api.name} v{self.version}"


class Interceptor(Protocol):
    """Stands between requests and their handlers (DESIGN 12)."""

    def handle(self, route: Route, context: Context, request: Request, body: Any) -> Answer:
        """Answer ``request``, with ``route.handle`` or otherwise; raises what a handler may raise."""


def _ignore_body(frame: object, position: int) -> tuple[None, int]:
    return None, position


class Dispatcher:
    """Finds handlers. One per broker, shared by all its connections.

    ``handlers`` names the module of each API in ``package``; ``served`` the versions answered, by API key. Modules are imported and
    decoders compiled at the first request of their API and version.
    """

    def __init__(
        self,
        context: Context,
        handlers: Mapping[int, str],
        served: Mapping[int, tuple[int, int]],
        package: str = "kafkaemu.handlers",
    ) -> None:
        self.context = context
        self.interceptor: Interceptor | None = None
        #: Routes known so far, by API key << 16 | version.
        self.routes: dict[int, Route] = {}
        self._handlers = handlers
        self._served = served
        self._package = package

    def route(self, key: int, version: int) -> Route:
        """The route of a request, remembered in `routes`. Raises `UnsupportedVersion` for what is not served."""
        first, last = self._served.get(key, (0, -1))
        if first <= version <= last:
            api = APIS[key]
            module = import_module(f"{self._package}.{self._handlers[key]}")
            decode = raw_decoder(api.request, version, lenient=True)
            route = Route(api, version, decode, cast("Handle", module.handle), version)
            self.routes[key << 16 | version] = route
            return route
        if key == API_VERSIONS_KEY and last >= 0:
            return Route(APIS[key], version, _ignore_body, self._unsupported_api_versions, 0)
        raise UnsupportedVersion(key, version)

    def _unsupported_api_versions(self, context: Context, request: Request, body: None) -> Answer:
        """What a client gets that asks for ApiVersions in a version unknown here (KIP-511): only the versions of ApiVersions that are
        served, in the layout of version 0, so that it can ask again. Java's clients ask for the last of them, without end if it is
        refused, too."""
        from kafkawire.messages.api_versions import ApiVersion, ApiVersionsResponse

        first, last = self._served[API_VERSIONS_KEY]
        return ApiVersionsResponse(
            error_code=ErrorCode.UNSUPPORTED_VERSION,
            api_keys=[ApiVersion(api_key=API_VERSIONS_KEY, min_version=first, max_version=last)],
        )

    def warm(self, key: int, version: int) -> None:
        """Do ahead what the first request of an API has to wait for: of the client that asks in ``version``, or as near to it as is
        served, and of one that asks in the newest."""
        first, last = self._served.get(key, (0, -1))
        for asked in {min(version, last), last}:
            if asked >= first:
                self.route(key, asked).warm()


def internal_error(route: Route, request: Request, body: Any, error: Exception) -> TopLevel:
    """Log the traceback of a defect in a handler, once, and make the answer its client gets: UNKNOWN_SERVER_ERROR.

    Raises `CloseConnection` where no answer is expected (Produce with acks=0): the next request's would be taken for it.
    """
    logger.error(
        'Internal error answering %s of %s:%d (client id "%s")',
        route.name,
        request.peer.host,
        request.peer.port,
        request.client_id,
        exc_info=error,
    )
    from kafkaemu.server.error_answers import error_answer
    from kafkawire.messages.produce import ProduceRequest

    if isinstance(body, ProduceRequest) and body.acks == 0:
        raise CloseConnection("an internal error, and no answer is expected that could tell it") from error
    return error_answer(route.api, route.version, body, ErrorCode.UNKNOWN_SERVER_ERROR)
