"""What a request to change configs comes to: the records it takes, or why it is refused.

ConfigAdminManager checks what a broker is asked, ConfigurationControlManager what a controller is; both are one here, in their
order. Of what only a broker checks in the reference, a broker's own configs are checked here in any case: there a value that is none
gets into the metadata log by way of a controller, and brokers fail over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum

import attrs

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.dynamic import (
    BadRequest,
    UnforeseenValue,
    default_of,
    kind_of,
    validate_broker,
    validate_untyped_client_metrics,
    validator_of,
)
from kafkaemu.config.profiles import CURRENT, Profile
from kafkaemu.config.values import ConfigError, java_int
from kafkaemu.metadata.image import MetadataImage, ResourceType
from kafkaemu.metadata.topic_names import name_error
from kafkawire.declare import TopLevel
from kafkawire.errors import ErrorCode
from kafkawire.internal.cluster_metadata import ConfigRecord

#: Longest value that a record holds (Short.MAX_VALUE of the reference).
VALUE_CHARACTERS_MAX = 32767
_MINIMUM = "min.insync.replicas"
_CORDONED = "cordoned.log.dirs"
_ELR = "eligible.leader.replicas.version"
_CHANGEABLE = frozenset({ResourceType.TOPIC, ResourceType.BROKER, ResourceType.CLIENT_METRICS, ResourceType.GROUP})


class Operation(IntEnum):
    """What to do to a config (AlterConfigOp.OpType)."""

    SET = 0
    DELETE = 1
    APPEND = 2
    SUBTRACT = 3


_ON_LISTS = (Operation.APPEND, Operation.SUBTRACT)


@attrs.frozen
class ConfigChanges:
    """Changes of one resource: (key, operation, value) each. With ``replace`` whatever is not named is taken back."""

    resource_type: int
    name: str
    changes: Sequence[tuple[str, int, str | None]]
    replace: bool = False


@attrs.frozen
class ConfigsChanged:
    """What became of a `ConfigChanges`."""

    resource_type: int
    name: str
    code: ErrorCode = ErrorCode.NONE
    message: str | None = None


class RefusedChange(Exception):
    """Changes that cannot be: error code and the reference's sentence."""

    def __init__(self, code: ErrorCode, message: str | None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def plan_changes(
    image: MetadataImage,
    config: BrokerConfig,
    asked: ConfigChanges,
    profile: Profile = CURRENT,
    *,
    by_broker: bool = True,
) -> list[TopLevel]:
    """The records that carry out ``asked`` of a broker, or (not ``by_broker``) of the controller; raises `RefusedChange`."""
    if by_broker:
        _check_entries(asked)
    if (asked.resource_type == ResourceType.GROUP and profile.has_no_group_configs) or (
        asked.resource_type == ResourceType.CLIENT_METRICS and profile.has_no_client_metrics
    ):
        raise _invalid(f"Unknown resource type {asked.resource_type}")
    _check_kind(config["node.id"], asked, by_broker)
    kind, name = asked.resource_type, asked.name
    before = image.configs(kind, name)
    after = {} if asked.replace else dict(before)
    for key, operation, value in asked.changes:
        if profile.trips_over_unknown_lists and by_broker and kind == ResourceType.BROKER and operation in _ON_LISTS:
            _check_is_known(kind, key)
        _change(kind, key, operation, value, after, by_broker)
    if kind == ResourceType.BROKER and not by_broker:
        _check_cordoned(before, after)
    _check_name(kind, name)
    try:
        if kind == ResourceType.BROKER:
            validate_broker(config, after, is_default=not name)
        elif kind == ResourceType.CLIENT_METRICS and profile.client_metrics_are_texts:
            validate_untyped_client_metrics(after)
        else:
            validator_of(kind)(config, after)
    except UnforeseenValue:
        raise RefusedChange(ErrorCode.UNKNOWN_SERVER_ERROR, None) from None
    except ConfigError as error:
        is_bad_request = kind == ResourceType.BROKER or isinstance(error, BadRequest)
        code = ErrorCode.INVALID_REQUEST if is_bad_request else ErrorCode.INVALID_CONFIG
        raise RefusedChange(code, str(error)) from None
    _check_is_there(image, kind, name)
    _check_minimum(image, asked, before, after)
    return list(_records(kind, name, before, after))


def _invalid(message: str) -> RefusedChange:
    return RefusedChange(ErrorCode.INVALID_REQUEST, message)


def _check_entries(asked: ConfigChanges) -> None:
    keys = [key for key, _, _ in asked.changes]
    if len(set(keys)) < len(keys):
        raise _invalid("Error due to duplicate config keys")
    nulls = [key for key, operation, value in asked.changes if value is None and operation != Operation.DELETE]
    if nulls:
        raise _invalid(f"Null value not supported for : {', '.join(nulls)}")


def _check_kind(node_id: int, asked: ConfigChanges, by_broker: bool) -> None:
    """What is refused before the changes are looked at."""
    kind, name = asked.resource_type, asked.name
    if kind == ResourceType.BROKER and name and by_broker:
        _check_this_broker(node_id, name)
    elif kind == ResourceType.BROKER_LOGGER and not asked.replace:
        _refuse_loggers(node_id, asked)
    elif kind not in _CHANGEABLE:
        if by_broker:
            raise _invalid(f"Unknown resource type {kind}")
        if kind == ResourceType.BROKER_LOGGER:
            raise _invalid("Unexpected resource type BROKER_LOGGER.")
        raise RefusedChange(ErrorCode.UNSUPPORTED_VERSION, f"Unknown resource type {kind}.")


def _check_name(kind: int, name: str) -> None:
    if kind == ResourceType.TOPIC:
        if not name:
            raise _invalid("Default topic resources are not allowed.")
        if (reason := name_error(name)) is not None:
            raise RefusedChange(ErrorCode.INVALID_TOPIC_EXCEPTION, reason)
    elif kind == ResourceType.BROKER and name:
        node_id = java_int(name)
        if node_id is None:
            raise _invalid("Unable to parse broker name as a base 10 number.")
        if node_id < 0:
            raise _invalid("Invalid negative broker ID.")
    elif kind == ResourceType.CLIENT_METRICS and not name:
        raise _invalid("Subscription name can't be empty")
    elif kind == ResourceType.GROUP and not name:
        raise _invalid("Default group resources are not allowed.")


def _check_is_there(image: MetadataImage, kind: int, name: str) -> None:
    if kind == ResourceType.TOPIC and name not in image.topics:
        raise RefusedChange(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, f"The topic '{name}' does not exist.")
    if kind == ResourceType.BROKER and name and int(name) not in image.brokers:
        raise RefusedChange(ErrorCode.BROKER_ID_NOT_REGISTERED, f"No node with id {int(name)} found.")


def _check_this_broker(node_id: int, name: str) -> None:
    if _node_id(name) != node_id:
        raise _invalid(f"Unexpected broker id, expected {node_id}, but received {name}")


def _node_id(name: str) -> int:
    node_id = java_int(name)
    if node_id is None:
        raise _invalid(f"Node id must be an integer, but it is: {name}")
    return node_id


def _refuse_loggers(node_id: int, asked: ConfigChanges) -> None:
    """There are no loggers to adjust: whatever is named does not exist."""
    if _node_id(asked.name) != node_id:
        raise _invalid(f"Unexpected node id. Expected {node_id}, but received {asked.name}")
    for key, _, _ in asked.changes:
        raise RefusedChange(ErrorCode.INVALID_CONFIG, f"Logger {key} does not exist!")


def _change(kind: int, key: str, operation: int, value: str | None, configs: dict[str, str], by_broker: bool) -> None:
    if operation == Operation.SET and value is not None:
        configs[key] = value
    elif operation in (Operation.SET, Operation.DELETE):
        configs.pop(key, None)
    elif operation in _ON_LISTS:
        _check_is_list(kind, key, Operation(operation), by_broker)
        if value is None:
            # Over this the reference's controller gives up its leadership.
            raise RefusedChange(ErrorCode.UNKNOWN_SERVER_ERROR, None)
        text = configs[key] if key in configs else default_of(kind, key)
        items = _items(text or "")
        if operation == Operation.APPEND:
            items += [item for item in _items(value) if item not in items]
        else:
            dropped = _items(value)
            items = [item for item in items if item not in dropped]
        configs[key] = ",".join(items)
    else:
        # The reference trips over a null here.
        raise RefusedChange(ErrorCode.UNKNOWN_SERVER_ERROR, None)


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",")] if text.strip() else []


def _check_is_list(kind: int, key: str, operation: Operation, by_broker: bool) -> None:
    found = kind_of(kind, key)
    if found == "LIST":
        return
    if kind != ResourceType.BROKER or not by_broker:
        message = f"Can't {operation.name} to key {key} because its type is not LIST."
    elif found is None:
        message = f"Unknown config name: {key}"
    else:
        message = f"Config value {operation.name.lower()} is not allowed for config key: {key}"
    raise RefusedChange(ErrorCode.INVALID_CONFIG, message)


def _check_is_known(kind: int, key: str) -> None:
    if kind_of(kind, key) is None:
        raise RefusedChange(ErrorCode.UNKNOWN_SERVER_ERROR, None)


def _check_cordoned(before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Only the broker knows whether it has the directories that are to be cordoned; its controller only lets them go (KIP-1066)."""
    if not set(_items(after.get(_CORDONED, ""))) <= set(_items(before.get(_CORDONED, ""))):
        raise RefusedChange(
            ErrorCode.INVALID_CONFIG,
            f"When updating {_CORDONED} via controllers,  the new value must be a subset of the current configuration value.",
        )


def _check_minimum(
    image: MetadataImage, asked: ConfigChanges, before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    """With eligible leader replicas the smallest ISR is the cluster's, and always set (KIP-966)."""
    if asked.resource_type != ResourceType.BROKER or not image.features.get(_ELR):
        return
    if asked.name and _MINIMUM in {key for key, _, _ in asked.changes}:
        raise RefusedChange(
            ErrorCode.INVALID_CONFIG, "Broker-level min.insync.replicas cannot be altered while ELR is enabled."
        )
    if not asked.name and _MINIMUM in before and _MINIMUM not in after:
        raise RefusedChange(
            ErrorCode.INVALID_CONFIG, "Cluster-level min.insync.replicas cannot be removed while ELR is enabled."
        )


def _records(kind: int, name: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[TopLevel]:
    for key in [*after, *(key for key in before if key not in after)]:
        value = after.get(key)
        if value == before.get(key):
            continue
        if value is not None and len(value) > VALUE_CHARACTERS_MAX:
            raise RefusedChange(
                ErrorCode.INVALID_CONFIG,
                "The configuration value cannot be added because it exceeds the maximum value size of "
                f"{VALUE_CHARACTERS_MAX} bytes.",
            )
        yield ConfigRecord(resource_type=kind, resource_name=name, name=key, value=value)
