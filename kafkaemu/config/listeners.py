"""``listeners``, ``advertised.listeners`` and ``listener.security.protocol.map``: what to listen on and what to tell clients.

Follows SocketServerConfigs and KafkaConfig of the reference, with its sentences. The listeners named in
``controller.listener.names`` are the controller's, which answers other APIs.
"""

from __future__ import annotations

import attrs

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.values import ConfigError

_HOST_CHARACTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-%._:")
PORT_MAX = 65535
_FORM = "write NAME://HOST:PORT, such as PLAINTEXT://localhost:9092"
PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")


@attrs.frozen
class Endpoint:
    """One listener, or one advertised address of it. ``host`` is None where none is given: every address of the machine."""

    name: str
    host: str | None
    port: int
    security_protocol: str


@attrs.frozen
class Listeners:
    """What a node listens on as a broker and as a controller, and what it tells the clients of each listener (``advertised``, by
    listener name; a controller's may be missing; host None and port 0 stand for what the listener itself turns out to have)."""

    broker: tuple[Endpoint, ...]
    controller: tuple[Endpoint, ...]
    advertised: dict[str, Endpoint]
    inter_broker: str


def parse_listeners(config: BrokerConfig) -> Listeners:
    """The listeners of a configuration. Raises `ConfigError` for what the reference refuses."""
    controller_names = {name.upper() for name in config["controller.listener.names"]}
    texts: tuple[str, ...] = config["listeners"]
    protocols = _protocol_map(config, texts, controller_names)
    every = _endpoints(texts, protocols, distinct_ports=True)
    broker = tuple(endpoint for endpoint in every if endpoint.name not in controller_names)
    advertised_texts: tuple[str, ...] | None = config["advertised.listeners"]
    told = every if advertised_texts is None else _endpoints(advertised_texts, protocols, distinct_ports=False)
    inter_broker = _inter_broker_name(config, protocols)
    _check_advertised(every, told, controller_names, inter_broker)
    return Listeners(
        broker,
        tuple(endpoint for endpoint in every if endpoint.name in controller_names),
        {endpoint.name: endpoint for endpoint in told},
        inter_broker,
    )


def _check_advertised(
    every: tuple[Endpoint, ...], told: tuple[Endpoint, ...], controller_names: set[str], inter_broker: str
) -> None:
    names = [endpoint.name for endpoint in every]
    told_names = [endpoint.name for endpoint in told]
    told_to_brokers = [name for name in told_names if name not in controller_names]
    if not told_to_brokers:
        raise ConfigError(
            "There must be at least one broker advertised listener. Perhaps all listeners appear in controller.listener.names?"
        )
    if inter_broker not in told_to_brokers:
        raise ConfigError(
            "inter.broker.listener.name must be a listener name defined in advertised.listeners. The valid options based on "
            f"currently configured listeners are {','.join(told_to_brokers)}"
        )
    if not set(told_names) <= set(names):
        raise ConfigError(
            "advertised.listeners listener names must be equal to or a subset of the ones defined in listeners. Found "
            f"{','.join(told_names)}. The valid options based on the current configuration are {','.join(names)}"
        )
    if any(endpoint.host == "0.0.0.0" for endpoint in told):
        raise ConfigError(
            "advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP address."
        )


def _protocol_map(config: BrokerConfig, texts: tuple[str, ...], controller_names: set[str]) -> dict[str, str]:
    protocols: dict[str, str] = {}
    for entry in filter(None, map(str.strip, config["listener.security.protocol.map"].split(","))):
        name, colon, protocol = entry.rpartition(":")
        if not colon:
            raise ConfigError(
                f"Error parsing configuration property 'listener.security.protocol.map': {entry} is not listener:protocol"
            )
        if not name.strip():
            raise ConfigError("The provided listener name is null or empty string")
        if protocol.strip().upper() not in PROTOCOLS:
            raise ConfigError(
                f"Invalid security protocol `{protocol.strip()}` defined in listener.security.protocol.map"
            )
        protocols[name.strip().upper()] = protocol.strip().upper()
    if not config.is_set("listener.security.protocol.map") and not any(
        name in PROTOCOLS[1:] for name in (*_names(texts), *controller_names)
    ):
        # Nothing secured is configured: controllers speak plain text, whatever they are called.
        for name in controller_names:
            protocols.setdefault(name, "PLAINTEXT")
    return protocols


def _names(texts: tuple[str, ...]) -> list[str]:
    names = []
    for text in texts:
        name, colon, _ = text.partition(":")
        if not colon:
            raise ConfigError(f"Unable to parse a listener name from {text}", _FORM)
        names.append(name.strip().upper())
    return names


def _inter_broker_name(config: BrokerConfig, protocols: dict[str, str]) -> str:
    name: str | None = config["inter.broker.listener.name"]
    if name is None:
        return str(config["security.inter.broker.protocol"])
    if config.is_set("security.inter.broker.protocol"):
        raise ConfigError("Only one of inter.broker.listener.name and security.inter.broker.protocol should be set.")
    if name.upper() not in protocols:
        raise ConfigError(
            f"Listener with name {name.upper()} defined in inter.broker.listener.name not found in listener.security.protocol.map."
        )
    return name.upper()


def _endpoints(texts: tuple[str, ...], protocols: dict[str, str], *, distinct_ports: bool) -> tuple[Endpoint, ...]:
    everything = f"[{', '.join(texts)}]"
    try:
        endpoints = tuple(_endpoint(text, protocols) for text in texts)
        _check_distinct(endpoints, everything, distinct_ports)
    except ConfigError as error:
        raise ConfigError(f"Error creating broker listeners from '{everything}': {error}", error.hint) from None
    return endpoints


def _endpoint(text: str, protocols: dict[str, str]) -> Endpoint:
    name, slashes, address = text.rpartition("://")
    host, colon, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    number = port.removeprefix("-")
    in_place = slashes and colon and number.isascii() and number.isdecimal()
    if not in_place or not set(host) <= _HOST_CHARACTERS:
        raise ConfigError(f"Unable to parse {text} to a broker endpoint", _FORM)
    if not name:
        raise ConfigError("The provided listener name is null or empty string", _FORM)
    name = name.upper()
    if not -(1 << 31) <= int(port) < 1 << 31:
        raise ConfigError(f'For input string: "{port}"')
    if not 0 <= int(port) <= PORT_MAX:
        # The reference fails later and less clearly, when it listens or registers.
        raise ConfigError(f"port out of range: {port}")
    if name not in protocols:
        raise ConfigError(
            f"No security protocol defined for listener {name}",
            f"name one in listener.security.protocol.map, as {name}:PLAINTEXT",
        )
    return Endpoint(name, host or None, int(port), protocols[name])


def _family(host: str | None) -> int:
    if host is not None and ":" in host:
        return 6
    return 4 if host is not None and [part.isdecimal() for part in host.split(".")] == [True] * 4 else 0


def _check_distinct(endpoints: tuple[Endpoint, ...], everything: str, distinct_ports: bool) -> None:
    if len({endpoint.name for endpoint in endpoints}) != len(endpoints):
        raise ConfigError(f"Each listener must have a different name, listeners: {everything}")
    if not distinct_ports:
        return
    by_port: dict[int, list[int]] = {}
    for endpoint in endpoints:
        if endpoint.port:
            by_port.setdefault(endpoint.port, []).append(_family(endpoint.host))
    for port, families in by_port.items():
        if len(families) == 1:
            continue
        addresses = [family for family in families if family]
        if not addresses:
            raise ConfigError(f"Each listener must have a different port, listeners: {everything}")
        if len(addresses) == 2 and (len(families) > 2 or addresses[0] == addresses[1]):
            raise ConfigError(
                "If you have two listeners on the same port then one needs to be IPv4 and the other IPv6, "
                f"listeners: {everything}, port: {port}"
            )
        if len(addresses) != 2:
            raise ConfigError(
                "Each listener must have a different port unless exactly one listener has an IPv4 address and the other "
                f"IPv6 address, listeners: {everything}, port: {port}"
            )
