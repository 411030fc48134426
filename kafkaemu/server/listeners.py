"""Which addresses to listen on, and listening on them."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import attrs

from kafkaemu.config.listeners import Endpoint, Listeners
from kafkaemu.config.unbuilt import unspoken
from kafkaemu.handlers.context import EndpointType
from kafkaemu.world.interface import DEFAULT_SOCKETS, SocketSettings

if TYPE_CHECKING:
    from kafkaemu.config.broker import BrokerConfig
    from kafkaemu.world.interface import Listener, Network

#: What a host means, and whether the machine may lack the second address.
_BOTH_FAMILIES = {"localhost": ("127.0.0.1", "::1"), None: ("0.0.0.0", "::")}
_NO_SUCH_ADDRESS = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
#: How often another free port is tried when the one found for IPv4 is taken for IPv6.
_FREE_PORT_ATTEMPTS = 20


class CannotListen(Exception):
    """An address that cannot be listened on; the text is one sentence for the user."""


def socket_settings(config: BrokerConfig) -> SocketSettings:
    """What all listening sockets have, as a broker is configured."""
    return SocketSettings(
        config["socket.listen.backlog.size"],
        config["socket.receive.buffer.bytes"],
        config["socket.send.buffer.bytes"],
    )


@attrs.frozen
class Bound:
    """A listener of the configuration, with the sockets that serve it: one or two on the same port."""

    name: str
    sockets: tuple[Listener, ...]
    #: What its clients are told to connect to.
    advertised: tuple[str, int]
    endpoint_type: EndpointType = EndpointType.BROKER

    @property
    def port(self) -> int:
        """The port of all its sockets."""
        return self.sockets[0].address[1]


def bind(network: Network, listeners: Listeners, settings: SocketSettings = DEFAULT_SOCKETS) -> list[Bound]:
    """Listen on every listener, the broker's first. Raises `CannotListen`; then nothing stays open.

    The host "localhost" means both loopbacks and no host every address, in both cases without IPv6 if the machine has none. Port 0
    finds a port that is free for both.
    """
    bound: list[Bound] = []
    try:
        for endpoint in (*listeners.broker, *listeners.controller):
            if (sentence := unspoken(endpoint)) is not None:
                raise CannotListen(sentence)
            sockets = _bind_endpoint(network, endpoint, settings)
            port = sockets[0].address[1]
            told = listeners.advertised.get(endpoint.name, endpoint)
            host = told.host if told.host not in (None, "0.0.0.0", "::") else "localhost"
            assert host is not None
            kind = EndpointType.CONTROLLER if endpoint in listeners.controller else EndpointType.BROKER
            bound.append(Bound(endpoint.name, sockets, (host, told.port or port), kind))
    except BaseException:
        for listener in bound:
            for socket in listener.sockets:
                socket.close()
        raise
    return bound


def _bind_endpoint(network: Network, endpoint: Endpoint, settings: SocketSettings) -> tuple[Listener, ...]:
    hosts = _BOTH_FAMILIES.get(endpoint.host, (endpoint.host,))
    attempts = _FREE_PORT_ATTEMPTS if endpoint.port == 0 else 1
    while True:
        attempts -= 1
        try:
            return _bind_hosts(network, hosts, endpoint.port, settings)
        except OSError as error:
            if attempts and error.errno == errno.EADDRINUSE:
                continue
            raise CannotListen(_sentence(endpoint, error)) from error


def _bind_hosts(
    network: Network, hosts: tuple[str | None, ...], port: int, settings: SocketSettings
) -> tuple[Listener, ...]:
    first_host, *others = hosts
    assert first_host is not None
    sockets = [network.listen(first_host, port, settings)]
    try:
        for host in others:
            assert host is not None
            try:
                sockets.append(network.listen(host, sockets[0].address[1], settings))
            except OSError as error:
                if error.errno not in _NO_SUCH_ADDRESS:
                    raise
    except BaseException:
        for socket in sockets:
            socket.close()
        raise
    return tuple(sockets)


def _sentence(endpoint: Endpoint, error: OSError) -> str:
    where = f"{endpoint.host or ''}:{endpoint.port}"
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {endpoint.port} is taken by another program: stop it, or choose another with --port or --listeners"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"not allowed to listen on {where}: choose a port above 1023 with --port or --listeners"
    if error.errno in _NO_SUCH_ADDRESS or type(error).__name__ == "gaierror":
        return f"this machine has no address {endpoint.host}: choose another with --host or --listeners"
    return (
        f"cannot listen on {where} ({error.strerror or error}): choose another with --host and --port, or --listeners"
    )
