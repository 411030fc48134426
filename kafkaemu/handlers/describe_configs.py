"""DescribeConfigs: every config of a resource, with source and, where asked for, synonyms.

Behavior:
    Per resource: an illegal topic name INVALID_TOPIC_EXCEPTION, a topic that is not there UNKNOWN_TOPIC_OR_PARTITION;
    a broker id that is not a number or not this broker's, an empty group or subscription name, or a resource type
    without configs: INVALID_REQUEST. No error has the message "". The broker resource without a name tells only what
    is set for all brokers. Keys that do not exist are left out; no list of keys, and an empty one, mean all.
    Sensitive values are null. The documentation, where it is asked for, is what the table of keys knows: Kafka's
    texts are its own. No logger can be adjusted, so a broker's loggers are an empty list.

Versions:
    1 tells source and synonyms; 3 type and documentation; 4 is flexible.
"""

from __future__ import annotations

from collections.abc import Sequence

from kafkaemu.config.described import (
    TYPE_NUMBERS,
    Described,
    describe_broker,
    describe_broker_defaults,
    describe_client_metrics,
    describe_group,
    describe_topic,
    documentation,
)
from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.image import ResourceType
from kafkaemu.metadata.topic_names import name_error
from kafkawire.errors import ErrorCode
from kafkawire.messages.describe_configs import (
    DescribeConfigsRequest,
    DescribeConfigsResource,
    DescribeConfigsResourceResult,
    DescribeConfigsResponse,
    DescribeConfigsResult,
    DescribeConfigsSynonym,
)


class _Refused(Exception):
    def __init__(self, code: ErrorCode, message: str | None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def handle(context: Context, request: Request, body: DescribeConfigsRequest) -> Answer:
    """Answer one DescribeConfigs request."""
    return DescribeConfigsResponse(results=[_describe(context, resource, body) for resource in body.resources])


def _describe(
    context: Context, resource: DescribeConfigsResource, body: DescribeConfigsRequest
) -> DescribeConfigsResult:
    result = DescribeConfigsResult(
        error_message="", resource_type=resource.resource_type, resource_name=resource.resource_name
    )
    try:
        entries = _entries(context, resource.resource_type, resource.resource_name)
    except _Refused as refused:
        result.error_code = refused.code
        result.error_message = refused.message
        return result
    keys = set(resource.configuration_keys or ())
    result.configs = [_entry(entry, body.include_synonyms) for entry in entries if not keys or entry.name in keys]
    if body.include_documentation:
        for config in result.configs:
            config.documentation = documentation(resource.resource_type, config.name)
    return result


def _entries(context: Context, resource_type: int, name: str) -> Sequence[Described]:
    image, config = context.image, context.config
    own = image.configs(resource_type, name)
    defaults = image.configs(ResourceType.BROKER, "")
    if resource_type == ResourceType.TOPIC:
        if (reason := name_error(name)) is not None:
            raise _Refused(ErrorCode.INVALID_TOPIC_EXCEPTION, reason)
        if name not in image.topics:
            raise _Refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "")
        return describe_topic(config, defaults, own)
    if resource_type == ResourceType.BROKER:
        if name == "":
            return describe_broker_defaults(defaults)
        _check_broker(name, config["node.id"], " or empty string,")
        return describe_broker(config, defaults)
    if resource_type == ResourceType.BROKER_LOGGER:
        _check_broker(name, config["node.id"], "")
        return ()
    if resource_type == ResourceType.CLIENT_METRICS:
        if not name:
            raise _Refused(ErrorCode.INVALID_REQUEST, "Client metrics subscription name must not be empty")
        return describe_client_metrics(own)
    if resource_type == ResourceType.GROUP and not context.profile.has_no_group_configs:
        if not name:
            raise _Refused(ErrorCode.INVALID_REQUEST, "Group name must not be empty")
        return describe_group(config, defaults, own)
    raise _Refused(ErrorCode.INVALID_REQUEST, ErrorCode.INVALID_REQUEST.message)


def _check_broker(name: str, node_id: int, alternative: str) -> None:
    if not name:
        raise _Refused(ErrorCode.INVALID_REQUEST, "Broker id must not be empty")
    digits = name[1:] if name[0] in "+-" else name
    if not (digits.isascii() and digits.isdecimal()):
        raise _Refused(ErrorCode.INVALID_REQUEST, f"Broker id must be an integer, but it is: {name}")
    if int(name) != node_id:
        message = f"Unexpected broker id, expected {node_id}{alternative} but received {name}"
        raise _Refused(ErrorCode.INVALID_REQUEST, message)


def _entry(entry: Described, with_synonyms: bool) -> DescribeConfigsResourceResult:
    return DescribeConfigsResourceResult(
        name=entry.name,
        value=entry.value,
        read_only=entry.read_only,
        config_source=entry.source,
        is_sensitive=entry.sensitive,
        synonyms=[
            DescribeConfigsSynonym(name=synonym.name, value=synonym.value, source=synonym.source)
            for synonym in (entry.synonyms if with_synonyms else ())
        ],
        config_type=TYPE_NUMBERS[entry.kind],
        documentation=None,
    )
