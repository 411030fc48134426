"""Lists of controllers: ``controller.quorum.voters`` and ``controller.quorum.bootstrap.servers``, with the reference's sentences
(QuorumConfig).
"""

from __future__ import annotations

import re

from kafkaemu.config.values import ConfigError, Validator, Value

_VOTERS, _SERVERS = "controller.quorum.voters", "controller.quorum.bootstrap.servers"
#: With or without a scheme and brackets, as a client's bootstrap servers.
_HOST_AND_PORT = r"(?:[\w%.-]*://)?\[?[\w%.:-]*\]?:([0-9]+)"
_PORT_MAX = 65535


def _port(address: str) -> int | None:
    match = re.fullmatch(_HOST_AND_PORT, address, re.ASCII)
    if match is None:
        return None
    port = int(match[1])
    if port > _PORT_MAX:
        raise ConfigError(f"port out of range:{port}")
    return port


def _check_voters(name: str, value: Value) -> None:
    assert isinstance(value, tuple)
    form = "Each entry should be in the form `{id}@{host}:{port}`."
    for entry in value:
        voter_id, at, address = entry.partition("@")
        if not at or "@" in address:
            raise ConfigError(f"Invalid configuration value for {name}. {form}")
        if not re.fullmatch(r"[+-]?[0-9]+", voter_id, re.ASCII):
            raise ConfigError(f"Failed to parse voter ID as an integer from {voter_id}")
        if _port(address) is None:
            raise ConfigError(f"Failed to parse host name from entry {entry} for the configuration {name}. {form}")


def _check_servers(name: str, value: Value) -> None:
    assert isinstance(value, tuple)
    for entry in value:
        if _port(entry) is None:
            raise ConfigError(
                f"Failed to parse host name from {entry} for the configuration {name}. Each entry should be in the form "
                '"{host}:{port}"'
            )


CHECKS: dict[str, Validator] = {_VOTERS: _check_voters, _SERVERS: _check_servers}
