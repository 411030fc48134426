"""DescribeConfigs: every config of a resource, with source and, where asked for, synonyms (ConfigHelper.describeConfigs).

Behavior:
    - Each resource is answered on its own, as often as it comes. [describe_configs/several_resources,
      describe_configs/same_resource_twice]
    - A name that cannot be a topic's: INVALID_TOPIC_EXCEPTION; a topic that is not there: UNKNOWN_TOPIC_OR_PARTITION.
      [describe_configs/unknown_resources]
    - A broker, or its loggers, under what is no number of 32 bits, or not this broker's: INVALID_REQUEST. Signs, zeros in front
      and digits of any script are fine. [describe_configs/names_of_brokers, describe_configs/unknown_resources]
    - No name for a group, a subscription, or a broker's loggers: INVALID_REQUEST. [describe_configs/groups_and_metrics,
      describe_configs/names_of_brokers]
    - A kind of resource that has no configs: INVALID_REQUEST. [describe_configs/unknown_resources]
    - No error has the message "". [describe_configs/topic_everything]
    - The broker without a name tells only what is set for all brokers. [describe_configs/cluster_wide_defaults]
    - A group has configs whether it is there or not; a subscription what was set. [describe_configs/groups_and_metrics]
    - In profiles up to 3.9 a subscription has nothing but what was set, without types. [test:
      tests/wire/test_profiles.py::test_answers_are_those_of_the_release]
    - Keys that do not exist are left out, each is told once; no list of keys, and an empty one, mean all.
      [describe_configs/keys, describe_configs/topic_everything]
    - Brokers have the keys of their release, set or not. [describe_configs/every_key_of_a_broker]
    - Values of sensitive keys are null. [describe_configs/broker, describe_configs/sensitive_keys]
    - Texts are told where they are asked for; they are what the table of keys knows: Kafka's are its own.
      [describe_configs/documentation]

Versions:
    - 1 is the first, with source and synonyms. [describe_configs/topic_every_version]
    - 3 adds type and documentation. [describe_configs/topic_every_version, describe_configs/documentation]
    - 4 is flexible. [describe_configs/topic_every_version]

Differences: no logger can be adjusted, so a broker's loggers are an empty list.
"""

from __future__ import annotations

from collections.abc import Sequence

from kafkaemu.config.described import (
    TYPE_NUMBERS,
    Described,
    Source,
    describe_broker,
    describe_broker_defaults,
    describe_client_metrics,
    describe_group,
    describe_topic,
    documentation,
)
from kafkaemu.config.values import java_int
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
    if resource.resource_type == ResourceType.CLIENT_METRICS and context.profile.client_metrics_are_untyped:
        for config in result.configs:
            config.documentation = ""
    elif body.include_documentation:
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
            return describe_broker_defaults(defaults, config.broker_keys)
        _check_broker(name, config["node.id"], " or empty string,")
        return describe_broker(config, defaults)
    if resource_type == ResourceType.BROKER_LOGGER:
        _check_broker(name, config["node.id"], "")
        return ()
    if resource_type == ResourceType.CLIENT_METRICS and not context.profile.has_no_client_metrics:
        if not name:
            raise _Refused(ErrorCode.INVALID_REQUEST, "Client metrics subscription name must not be empty")
        if context.profile.client_metrics_are_untyped:
            return [Described(key, text, Source.CLIENT_METRICS, "UNKNOWN") for key, text in own.items()]
        return describe_client_metrics(own)
    if resource_type == ResourceType.GROUP and not context.profile.has_no_group_configs:
        if not name:
            raise _Refused(ErrorCode.INVALID_REQUEST, "Group name must not be empty")
        return describe_group(config, defaults, own)
    raise _Refused(ErrorCode.INVALID_REQUEST, ErrorCode.INVALID_REQUEST.message)


def _check_broker(name: str, node_id: int, alternative: str) -> None:
    if not name:
        raise _Refused(ErrorCode.INVALID_REQUEST, "Broker id must not be empty")
    number = java_int(name)
    if number is None:
        raise _Refused(ErrorCode.INVALID_REQUEST, f"Broker id must be an integer, but it is: {name}")
    if number != node_id:
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
