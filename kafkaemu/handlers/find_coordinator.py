"""FindCoordinator: which broker coordinates a group or a transactional id.

Behavior:
    - A group (key type 0), also the group "", is coordinated by the leader of the partition of `__consumer_offsets` that
      holds it. [find_coordinator/every_version, find_coordinator/empty_group_id, find_coordinator/odd_group_ids]
    - The topic is made when the first group is asked for; Kafka answers 15 until it is there, here it is there at once.
      [test: tests/unit/groups/test_looking.py::test_the_topic_is_made_when_the_first_group_is_asked_for]
    - COORDINATOR_NOT_AVAILABLE (15) where the partition has no leader, or a leader without an endpoint on the client's
      listener. [test: tests/unit/groups/test_looking.py::test_a_client_on_another_listener_has_no_coordinator]
    - Transactions are not built: a transactional id (1) gets 31, which every client takes for final, and the text says what
      is missing. [test: tests/unit/groups/test_looking.py::test_a_transactional_id_is_refused_for_good_and_says_why]
    - A share group (2) is INVALID_REQUEST (42) before version 6, and where the key is not `group:topic id:partition`.
      [find_coordinator/bad_share_keys, find_coordinator/unknown_key_types]
    - Share groups are not built: 42 with that text for every other key. [test:
      tests/unit/groups/test_looking.py::test_share_groups_are_refused]
    - In profiles up to 3.9 every share group is told to try again: 15. [test:
      tests/wire/test_profiles.py::test_answers_are_those_of_the_release]
    - Any other key type is 42, for each key. [find_coordinator/unknown_key_types, find_coordinator/bad_keys_among_others]
    - An answer without a coordinator has node -1, host "" and port -1. [find_coordinator/unknown_key_types]

Versions:
    - 1 adds the key type and an error text: that of the code, "NONE" without an error. [find_coordinator/every_version,
      find_coordinator/unknown_key_types]
    - 4 takes several keys, each with its error (KIP-699); a key that comes twice is answered twice. The text is "" with and
      without an error, but for unknown key types. [find_coordinator/several_keys, find_coordinator/unknown_key_types,
      find_coordinator/bad_share_keys]
    - 6 adds share groups (KIP-932). [find_coordinator/bad_share_keys]
"""

from __future__ import annotations

import attrs

from kafkaemu.config.values import java_int
from kafkaemu.groups.records import TOPIC
from kafkaemu.handlers.context import Answer, Context, Request, log_refusal
from kafkawire.errors import ErrorCode
from kafkawire.messages.find_coordinator import Coordinator, FindCoordinatorRequest, FindCoordinatorResponse
from kafkawire.primitives import uuid_from_text

_GROUP, _TRANSACTION, _SHARE = 0, 1, 2


@attrs.frozen
class _Found:
    """``message`` None: the text that goes with the code in the version asked."""

    code: ErrorCode
    message: str | None = None
    node_id: int = -1
    host: str = ""
    port: int = -1


def handle(context: Context, request: Request, body: FindCoordinatorRequest) -> Answer:
    """See the module."""
    version = request.version
    if version < 4:
        found = _find(context, request, body.key_type, body.key)
        return FindCoordinatorResponse(
            error_code=found.code,
            error_message=found.code.message if found.message is None else found.message,
            node_id=found.node_id,
            host=found.host,
            port=found.port,
        )
    coordinators = []
    for key in body.coordinator_keys:
        found = _find(context, request, body.key_type, key)
        coordinators.append(
            Coordinator(
                key=key,
                node_id=found.node_id,
                host=found.host,
                port=found.port,
                error_code=found.code,
                error_message=found.message or "",
            )
        )
    return FindCoordinatorResponse(coordinators=coordinators)


def _find(context: Context, request: Request, key_type: int, key: str) -> _Found:
    if key_type == _GROUP:
        return _find_group(context, request, key)
    if key_type == _TRANSACTION:
        code = ErrorCode.CLUSTER_AUTHORIZATION_FAILED
        text = (
            "This broker does not support transactions yet: there is no transaction coordinator for transactional id "
            f'"{key}". Produce without transactional.id.'
        )
        # Some clients show the name of the code alone, which would mislead.
        log_refusal(request, "FindCoordinator", code, text)
        return _Found(code, text)
    if key_type != _SHARE:
        return _Found(ErrorCode.INVALID_REQUEST, ErrorCode.INVALID_REQUEST.message)
    awaits = context.profile.awaits_share_coordinators
    if request.version < 6 or not (awaits or _is_share_key(key)):
        return _Found(ErrorCode.INVALID_REQUEST)
    if awaits:
        return _Found(ErrorCode.COORDINATOR_NOT_AVAILABLE)
    text = f'This broker does not support share groups yet: there is no share coordinator for "{key}".'
    log_refusal(request, "FindCoordinator", ErrorCode.INVALID_REQUEST, text)
    return _Found(ErrorCode.INVALID_REQUEST, text)


def _find_group(context: Context, request: Request, group_id: str) -> _Found:
    context.controller.ensure_topic(TOPIC, context.clock.now_ms())
    image = context.image
    topic = image.topics.get(TOPIC)
    if topic is None:
        return _Found(ErrorCode.COORDINATOR_NOT_AVAILABLE)
    leader = topic.partitions[context.groups.partition_for(group_id)].leader
    broker = image.brokers.get(leader)
    endpoint = None if broker is None else broker.endpoints.get(request.peer.listener)
    if endpoint is None:
        return _Found(ErrorCode.COORDINATOR_NOT_AVAILABLE)
    return _Found(ErrorCode.NONE, node_id=leader, host=endpoint[0], port=endpoint[1])


def _is_share_key(key: str) -> bool:
    """Whether it reads ``group:topic id:partition``; the group may contain colons."""
    group, _, rest = key.rpartition(":")
    group, _, topic_id = group.rpartition(":")
    partition = java_int(rest)
    if not group or partition is None or partition < 0:
        return False
    try:
        uuid_from_text(topic_id)
    except ValueError:
        return False
    return True
