"""A broker inside a test: started in milliseconds, asked by plain calls, with a clock that the test moves.

::

    with kafkaemu.testing.Broker(topics=["orders"]) as broker:
        run_my_application(bootstrap_servers=broker.bootstrap_servers)
        broker.assert_produced("orders", value=b"espresso")

For pytest there are fixtures (`kafkaemu.testing.plugin`), for unittest `BrokerTestCase`. Nothing here is imported before it is used,
and nothing here reads the environment.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kafkaemu.testing.case import BrokerTestCase as BrokerTestCase
    from kafkaemu.testing.embedded import Broker as Broker
    from kafkaemu.testing.errors import BrokerError as BrokerError
    from kafkaemu.testing.errors import BrokerNotShared as BrokerNotShared
    from kafkaemu.testing.errors import BrokerStopped as BrokerStopped
    from kafkaemu.testing.errors import BrokerTimeout as BrokerTimeout
    from kafkaemu.testing.errors import RequestRefused as RequestRefused
    from kafkaemu.testing.errors import WaitedInVain as WaitedInVain
    from kafkaemu.testing.external import ExternalBroker as ExternalBroker
    from kafkaemu.testing.groups import Group as Group
    from kafkaemu.testing.groups import Member as Member
    from kafkaemu.testing.surface import Surface as Surface
    from kafkaemu.testing.values import Record as Record
    from kafkaemu.testing.values import SeenRequest as SeenRequest
    from kafkaemu.testing.values import TopicPartition as TopicPartition

_MODULES = {
    "Broker": "embedded",
    "BrokerError": "errors",
    "BrokerNotShared": "errors",
    "BrokerStopped": "errors",
    "BrokerTestCase": "case",
    "BrokerTimeout": "errors",
    "ExternalBroker": "external",
    "Group": "groups",
    "Member": "groups",
    "Record": "values",
    "RequestRefused": "errors",
    "SeenRequest": "values",
    "Surface": "surface",
    "TopicPartition": "values",
    "WaitedInVain": "errors",
}
__all__ = list(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    return value
