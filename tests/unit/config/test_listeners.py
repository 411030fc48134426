"""Listeners: what is accepted, and the reference's sentences for what is not."""

import pytest

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.listeners import Endpoint, Listeners, parse_listeners
from kafkaemu.config.values import ConfigError

MAP = "PLAINTEXT:PLAINTEXT,SSL:SSL,X:PLAINTEXT,CONTROLLER:PLAINTEXT"


def parsed(**overrides: str) -> Listeners:
    return parse_listeners(BrokerConfig({name.replace("_", "."): text for name, text in overrides.items()}))


def test_a_stock_file_of_a_combined_node() -> None:
    listeners = parsed(
        listeners="PLAINTEXT://:9092,CONTROLLER://:9093",
        advertised_listeners="PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093",
        inter_broker_listener_name="PLAINTEXT",
        listener_security_protocol_map=MAP,
    )
    assert listeners.broker == (Endpoint("PLAINTEXT", None, 9092, "PLAINTEXT"),)
    assert listeners.controller == (Endpoint("CONTROLLER", None, 9093, "PLAINTEXT"),)
    assert listeners.advertised == {
        "PLAINTEXT": Endpoint("PLAINTEXT", "localhost", 9092, "PLAINTEXT"),
        "CONTROLLER": Endpoint("CONTROLLER", "localhost", 9093, "PLAINTEXT"),
    }
    assert listeners.inter_broker == "PLAINTEXT"


def test_two_listeners_with_an_address_each() -> None:
    listeners = parsed(
        listeners="in_a://broker:29092,OUT://[::1]:9092",
        advertised_listeners="in_a://broker:29092,OUT://localhost:9092",
        listener_security_protocol_map="in_a:PLAINTEXT,out:plaintext",
        inter_broker_listener_name="in_a",
    )
    assert [(e.name, e.host, e.port) for e in listeners.broker] == [("IN_A", "broker", 29092), ("OUT", "::1", 9092)]
    assert listeners.advertised["OUT"] == Endpoint("OUT", "localhost", 9092, "PLAINTEXT")


def test_without_advertised_listeners_the_listeners_are_advertised() -> None:
    assert parsed(listeners="PLAINTEXT://:0").advertised == {"PLAINTEXT": Endpoint("PLAINTEXT", None, 0, "PLAINTEXT")}


def test_one_port_for_ipv4_and_ipv6() -> None:
    listeners = parsed(listeners="PLAINTEXT://127.0.0.1:1,X://[::1]:1", listener_security_protocol_map=MAP)
    assert [e.host for e in listeners.broker] == ["127.0.0.1", "::1"]


REFUSED = [
    (
        {"listeners": "PLAINTEXT://localhost"},
        "Error creating broker listeners from '[PLAINTEXT://localhost]': Unable to parse PLAINTEXT://localhost to a broker "
        "endpoint",
    ),
    (
        {"listeners": "PLAINTEXT://h:x"},
        "Error creating broker listeners from '[PLAINTEXT://h:x]': Unable to parse PLAINTEXT://h:x to a broker endpoint",
    ),
    ({"listeners": "foo"}, "Unable to parse a listener name from foo"),
    (
        {"listeners": "FOO://h:1"},
        "Error creating broker listeners from '[FOO://h:1]': No security protocol defined for listener FOO",
    ),
    (
        {"listeners": "PLAINTEXT://h:1,PLAINTEXT://h:2"},
        "Error creating broker listeners from '[PLAINTEXT://h:1, PLAINTEXT://h:2]': Each listener must have a different name, "
        "listeners: [PLAINTEXT://h:1, PLAINTEXT://h:2]",
    ),
    (
        {"listeners": "PLAINTEXT://h:1,SSL://h:1", "listener_security_protocol_map": MAP},
        "Error creating broker listeners from '[PLAINTEXT://h:1, SSL://h:1]': Each listener must have a different port, "
        "listeners: [PLAINTEXT://h:1, SSL://h:1]",
    ),
    (
        {"listeners": "PLAINTEXT://127.0.0.1:1,SSL://127.0.0.2:1", "listener_security_protocol_map": MAP},
        "Error creating broker listeners from '[PLAINTEXT://127.0.0.1:1, SSL://127.0.0.2:1]': If you have two listeners on the "
        "same port then one needs to be IPv4 and the other IPv6, listeners: [PLAINTEXT://127.0.0.1:1, SSL://127.0.0.2:1], "
        "port: 1",
    ),
    (
        {"listeners": "PLAINTEXT://h:1,SSL://127.0.0.1:1", "listener_security_protocol_map": MAP},
        "Error creating broker listeners from '[PLAINTEXT://h:1, SSL://127.0.0.1:1]': Each listener must have a different port "
        "unless exactly one listener has an IPv4 address and the other IPv6 address, listeners: [PLAINTEXT://h:1, "
        "SSL://127.0.0.1:1], port: 1",
    ),
    (
        {"listeners": "PLAINTEXT://0.0.0.0:9092"},
        "advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP address.",
    ),
    (
        {"advertised_listeners": "SSL://h:1"},
        "inter.broker.listener.name must be a listener name defined in advertised.listeners. The valid options based on "
        "currently configured listeners are SSL",
    ),
    (
        {"advertised_listeners": "CONTROLLER://h:1"},
        "There must be at least one broker advertised listener. Perhaps all listeners appear in controller.listener.names?",
    ),
    (
        {
            "listeners": "PLAINTEXT://h:1,SSL://h:2",
            "listener_security_protocol_map": MAP,
            "advertised_listeners": "PLAINTEXT://h:5,X://h:7",
        },
        "advertised.listeners listener names must be equal to or a subset of the ones defined in listeners. Found PLAINTEXT,X. "
        "The valid options based on the current configuration are PLAINTEXT,SSL",
    ),
    (
        {"listener_security_protocol_map": "PLAINTEXT:FOO"},
        "Invalid security protocol `FOO` defined in listener.security.protocol.map",
    ),
    (
        {"inter_broker_listener_name": "NOPE"},
        "Listener with name NOPE defined in inter.broker.listener.name not found in listener.security.protocol.map.",
    ),
    (
        {"listeners": "PLAINTEXT://h:1,SSL://h:2,CONTROLLER://:9093"},
        "Error creating broker listeners from '[PLAINTEXT://h:1, SSL://h:2, CONTROLLER://:9093]': No security protocol defined "
        "for listener CONTROLLER",
    ),
]


@pytest.mark.parametrize(("overrides", "sentence"), REFUSED)
def test_refused_listeners_get_the_reference_sentence(overrides: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parsed(**overrides)
    assert str(refused.value) == sentence
