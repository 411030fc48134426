"""The headers in front of every request and every answer."""

from __future__ import annotations

from kafkawire.declare import Int16, Int32, String, TopLevel, header, inflexible, nullable, since


@header(versions=(0, 2), flexible=2)
class RequestHeader(TopLevel):
    """Stands in front of every request.

    Version 0 was used by one long-gone API; version 1 adds the client id, version 2 tagged fields. The client id
    keeps the old string layout in version 2, so that a broker can read it before it knows whether it knows the API
    version.
    """

    request_api_key: int = Int16("Which API is asked.")
    request_api_version: int = Int16("In which of its versions.")
    correlation_id: int = Int32("Number that the answer repeats.")
    client_id: str | None = String(
        "Name the client gave itself, for logs, quotas and group members; null counts as empty.",
        since(1),
        nullable(1),
        inflexible(),
    )


@header(versions=(0, 1), flexible=1)
class ResponseHeader(TopLevel):
    """Stands in front of every answer. Version 1 adds tagged fields."""

    correlation_id: int = Int32("Number of the request that is answered.")
