"""Which addresses are listened on, and the sentence when one cannot be."""

from __future__ import annotations

import errno

import pytest

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.listeners import parse_listeners
from kafkaemu.handlers.context import EndpointType
from kafkaemu.server.listeners import Bound, CannotListen, bind
from kafkaemu.world.interface import DEFAULT_SOCKETS, Listener, SocketSettings
from kafkaemu.world.memory import MemoryNetwork
from tests.support.serving import NoEvent


class Machine(MemoryNetwork):
    """A memory network on which some addresses fail."""

    def __init__(self, failures: dict[tuple[str, int] | str, int] | None = None) -> None:
        super().__init__(NoEvent)
        self.failures = failures or {}

    def listen(self, host: str, port: int, settings: SocketSettings = DEFAULT_SOCKETS) -> Listener:  # type: ignore[override]
        code = self.failures.get((host, port)) or self.failures.get(host)
        if code:
            raise OSError(code, "no")
        return super().listen(host, port, settings)

    def taken(self) -> list[tuple[str, int]]:
        """The addresses listened on."""
        return sorted(self._listeners)


def bound(network: Machine, listeners: str, **more: str) -> list[Bound]:
    config = BrokerConfig({"listeners": listeners, **{key.replace("_", "."): value for key, value in more.items()}})
    return bind(network, parse_listeners(config))


def test_localhost_is_both_loopbacks() -> None:
    network = Machine()
    (listener,) = bound(network, "PLAINTEXT://localhost:9092")
    assert network.taken() == [("127.0.0.1", 9092), ("::1", 9092)]
    assert listener.advertised == ("localhost", 9092)


@pytest.mark.parametrize("code", [errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT])
def test_it_goes_on_without_ipv6(code: int) -> None:
    network = Machine({"::1": code})
    (listener,) = bound(network, "PLAINTEXT://localhost:9092")
    assert network.taken() == [("127.0.0.1", 9092)]
    assert listener.port == 9092


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_it_refuses_if_either_port_is_taken_and_names_the_option(host: str) -> None:
    network = Machine({host: errno.EADDRINUSE})
    with pytest.raises(CannotListen, match=r"port 9092 is taken .* --port"):
        bound(network, "PLAINTEXT://localhost:9092")
    assert network.taken() == []


def test_port_0_finds_a_port_that_is_free_for_both_families() -> None:
    network = Machine({("::1", 49152): errno.EADDRINUSE, ("::1", 49153): errno.EADDRINUSE})
    (listener,) = bound(network, "PLAINTEXT://localhost:0")
    assert network.taken() == [("127.0.0.1", 49154), ("::1", 49154)]
    assert listener.advertised == ("localhost", 49154)


def test_a_machine_without_a_free_port_is_given_up() -> None:
    with pytest.raises(CannotListen, match="--port"):
        bound(Machine({"::1": errno.EADDRINUSE}), "PLAINTEXT://localhost:0")


def test_no_host_is_every_address() -> None:
    network = Machine()
    (listener,) = bound(network, "PLAINTEXT://:9092")
    assert network.taken() == [("0.0.0.0", 9092), ("::", 9092)]
    assert listener.advertised == ("localhost", 9092)


def test_several_listeners_each_with_its_own_address() -> None:
    network = Machine()
    inside, outside = bound(
        network,
        "PLAINTEXT://0.0.0.0:29092,HOST://0.0.0.0:9092",
        advertised_listeners="PLAINTEXT://broker:29092,HOST://localhost:9092",
        listener_security_protocol_map="PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT",
    )
    assert (inside.name, inside.advertised) == ("PLAINTEXT", ("broker", 29092))
    assert (outside.name, outside.advertised) == ("HOST", ("localhost", 9092))
    assert network.taken() == [("0.0.0.0", 9092), ("0.0.0.0", 29092)]


def test_if_one_listener_fails_none_stays_open() -> None:
    network = Machine({("127.0.0.1", 9093): errno.EADDRINUSE})
    with pytest.raises(CannotListen, match="port 9093"):
        bound(
            network,
            "PLAINTEXT://127.0.0.1:9092,B://127.0.0.1:9093",
            listener_security_protocol_map="PLAINTEXT:PLAINTEXT,B:PLAINTEXT",
        )
    assert network.taken() == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.EADDRINUSE, "--port or --listeners"),
        (errno.EACCES, "--port or --listeners"),
        (errno.EADDRNOTAVAIL, "--host or --listeners"),
        (errno.EIO, "--host and --port"),
    ],
)
def test_every_failure_says_what_to_do(code: int, words: str) -> None:
    with pytest.raises(CannotListen, match=words):
        bound(Machine({"10.1.2.3": code}), "PLAINTEXT://10.1.2.3:80")


def test_a_controller_listener_leads_to_the_controller() -> None:
    listeners = bound(Machine(), "CONTROLLER://127.0.0.1:9093,PLAINTEXT://127.0.0.1:9092")
    assert [(one.name, one.endpoint_type, one.advertised) for one in listeners] == [
        ("PLAINTEXT", EndpointType.BROKER, ("127.0.0.1", 9092)),
        ("CONTROLLER", EndpointType.CONTROLLER, ("127.0.0.1", 9093)),
    ]


def test_a_secured_listener_is_refused_with_a_sentence() -> None:
    with pytest.raises(CannotListen, match="SASL_PLAINTEXT"):
        bound(Machine(), "SASL_PLAINTEXT://localhost:9092", security_inter_broker_protocol="SASL_PLAINTEXT")
