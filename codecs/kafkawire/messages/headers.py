"""MODULE DOC"""

from __future__ import annotations

from kafkawire.declare import Int16, Int32, String, TopLevel, header, inflexible, nullable, since


@header(versions=(0, 2), flexible=2)
class RequestHeader(TopLevel):
    """DOC"""

    request_api_key: int = Int16("MEANING")
    request_api_version: int = Int16("MEANING")
    correlation_id: int = Int32("MEANING")
    client_id: str | None = String("MEANING", since(1), nullable(1), inflexible())


@header(versions=(0, 1), flexible=1)
class ResponseHeader(TopLevel):
    """DOC"""

    correlation_id: int = Int32("MEANING")
