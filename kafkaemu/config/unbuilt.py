"""What a configuration asks for that is not built: what stops the start, because going on would be a lie, and what is worth a
warning. The one list of it; what every key does stands in `effects`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.listeners import Endpoint, Listeners
from kafkaemu.config.values import ConfigError


def _is_given(value: Any) -> bool:
    return bool(str(value or "").strip())


def _are_several(values: tuple[str, ...]) -> bool:
    return len(values) > 1


_ONE_VOTER = "a quorum of several controllers is not built yet: name one, or none"

#: Key -> which values cannot be had, and what to tell the user.
STOPS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "authorizer.class.name": (
        _is_given,
        "no authorizer is built yet, and without one everybody may do everything: leave the key out if that will do",
    ),
    "controller.quorum.bootstrap.servers": (_are_several, _ONE_VOTER),
    "controller.quorum.voters": (_are_several, _ONE_VOTER),
    "process.roles": (
        lambda roles: set(roles) != {"broker", "controller"},
        "this node is the only one, broker and controller at once: say broker,controller",
    ),
    "remote.log.storage.system.enable": (bool, "tiered storage is not built, and nothing would be kept in it"),
}
#: Key -> what happens without the Java class that it names.
WARNS: dict[str, str] = {
    "alter.config.policy.class.name": "every config change is allowed",
    "client.quota.callback.class": "no quota is enforced",
    "create.topic.policy.class.name": "every topic is allowed",
    "replica.selector.class": "consumers read from leaders",
}


def check_built(config: BrokerConfig) -> None:
    """Raise `ConfigError` for what is asked for and not built, if going on without it would be a lie."""
    for name, (is_asked, reason) in STOPS.items():
        if name in config.static and is_asked(config[name]):
            raise ConfigError(f"{name}={config.static[name]}: {reason}")


def check_spoken(listeners: Listeners) -> None:
    """Raise `ConfigError` for a listener that cannot be opened."""
    for endpoint in (*listeners.broker, *listeners.controller):
        if (sentence := unspoken(endpoint)) is not None:
            raise ConfigError(sentence)


def unspoken(endpoint: Endpoint) -> str | None:
    """Why a listener cannot be opened, in a sentence; None if it can."""
    if endpoint.security_protocol == "PLAINTEXT":
        return None
    return (
        f"listener {endpoint.name} asks for {endpoint.security_protocol}, which kafkaemu does not speak yet: map it to PLAINTEXT with "
        "listener.security.protocol.map"
    )


def warnings_of(config: BrokerConfig) -> Iterator[str]:
    """A sentence for each class that is named and cannot be loaded."""
    for name, effect in WARNS.items():
        if _is_given(config.static.get(name)):
            yield f"{name} is set, but classes cannot be loaded: {effect}"
