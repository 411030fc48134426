"""Takes back what a probe has set on brokers: what Kafka refuses, another one may take, and be another broker from then on."""

import contextlib
from collections.abc import Callable
from typing import Any

import attrs

from kafkaconform.outcome import BROKER_RESOURCE
from kafkaconform.peers import NotOffered
from kafkaconform.wire import ConnectionClosed, NoAnswer, NotReproduced
from kafkawire.declare import TopLevel
from kafkawire.messages.alter_configs import AlterConfigsRequest
from kafkawire.messages.incremental_alter_configs import (
    ConfigChange,
    IncrementalAlterConfigsRequest,
    ResourceChange,
)
from kafkawire.primitives import MalformedMessage

_DELETE = 1
_VERSION = 1


@attrs.define
class BrokerConfigs:
    """The keys that were set on brokers, by the name of the broker: of one, or of all where that is empty."""

    _set: dict[tuple[str, str], None] = attrs.field(factory=dict, init=False)

    def note(self, request: TopLevel, answer: Any) -> None:
        """Notes what a request has set, according to its answer."""
        if not isinstance(request, AlterConfigsRequest | IncrementalAlterConfigsRequest) or request.validate_only:
            return
        taken = {result.resource_name for result in answer.responses if not result.error_code}
        for resource in request.resources:
            if resource.resource_type == BROKER_RESOURCE and resource.resource_name in taken:
                self._set.update({(resource.resource_name, config.name): None for config in resource.configs})

    def take_back(self, ask: Callable[[TopLevel, int], Any]) -> None:
        """Deletes them all, one after another, as far as that can be had."""
        for broker, key in tuple(self._set):
            change = ConfigChange(name=key, config_operation=_DELETE, value=None)
            resource = ResourceChange(resource_type=BROKER_RESOURCE, resource_name=broker, configs=[change])
            with contextlib.suppress(ConnectionClosed, MalformedMessage, NoAnswer, NotOffered, NotReproduced, OSError):
                ask(IncrementalAlterConfigsRequest(resources=[resource]), _VERSION)
