"""Envelope (key 58): a broker forwards a client's request to the controller (KIP-590)."""

from __future__ import annotations

from kafkawire.declare import Bytes, Int16, TopLevel, nullable, request, response


@request(58, versions=(0, 0), flexible=0)
class EnvelopeRequest(TopLevel):
    """A request of a client, wrapped. Between brokers and controllers only."""

    request_data: bytes = Bytes("The request with its header, without a length before it.")
    request_principal: bytes | None = Bytes(
        "Who the client is, as the principal builder wrote it down; null: unknown.", nullable()
    )
    client_host_address: bytes = Bytes("Address of the client: 4 or 16 bytes.")


@response(58, versions=(0, 0), flexible=0)
class EnvelopeResponse(TopLevel):
    """The answer to it, wrapped."""

    response_data: bytes | None = Bytes(
        "The answer with its header; null on an error of the envelope itself.", nullable(), default=None
    )
    error_code: int = Int16("NONE; NOT_CONTROLLER: ask another; UNSUPPORTED_VERSION, CLUSTER_AUTHORIZATION_FAILED.")
