"""Quotas of users, client ids and addresses: what may be set, and what a filter finds (ClientQuotaControlManager, ClientQuotasImage).

Theory: KIP-546. An entity is a user, a client id, both, or an address; a part without a name is the default of its kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_address
from typing import TypeAlias

import attrs

from kafkaemu.config.profiles import CURRENT, Profile
from kafkaemu.metadata.image import MetadataImage, QuotaKey
from kafkawire.declare import TopLevel
from kafkawire.errors import ErrorCode
from kafkawire.internal.cluster_metadata import ClientQuotaRecord, QuotaEntity

USER, CLIENT_ID, IP = "user", "client-id", "ip"
_KINDS = frozenset({USER, CLIENT_ID, IP})
#: How a condition matches: exactly a name, the default, or anything that has such a part.
EXACT, DEFAULT, ANY = 0, 1, 2
#: Quota -> type. Bytes a second of produced and fetched data, share of a thread's time in percent, partition changes a second.
_OF_CLIENTS = {
    "consumer_byte_rate": "LONG",
    "controller_mutation_rate": "DOUBLE",
    "producer_byte_rate": "LONG",
    "request_percentage": "DOUBLE",
}
#: Connections a second.
_OF_ADDRESSES = {"connection_creation_rate": "INT"}
_LARGEST = {"INT": 2**31 - 1, "LONG": 2**63 - 1}
#: What a number may be off an integer.
_EPSILON = 1e-6

Condition: TypeAlias = "tuple[str, int, str | None]"


class InvalidQuota(Exception):
    """A quota or filter that cannot be: error code and the reference's sentence."""

    def __init__(self, message: str, code: ErrorCode = ErrorCode.INVALID_REQUEST) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@attrs.frozen
class QuotaChanges:
    """Changes of one entity's quotas: (quota, new value or None to remove it)."""

    entity: QuotaKey
    changes: Sequence[tuple[str, float | None]]


@attrs.frozen
class QuotasChanged:
    """What became of a `QuotaChanges`."""

    entity: QuotaKey
    code: ErrorCode = ErrorCode.NONE
    message: str | None = None


def quota_key(parts: Iterable[tuple[str, str | None]]) -> QuotaKey:
    """The entity with these parts, in an order that does not depend on the request's; of a kind named twice the last counts."""
    return tuple(sorted(dict(parts).items()))


def plan_quotas(
    image: MetadataImage, asked: Iterable[QuotaChanges], profile: Profile = CURRENT
) -> tuple[list[TopLevel], dict[QuotaKey, QuotasChanged]]:
    """The records for ``asked``, and what becomes of each entity. Of one named twice only the first counts, and it is told so;
    in profiles with ZooKeeper the last, and nothing is said."""
    if profile.uses_zookeeper:
        asked = [QuotaChanges(key, list(changes.items())) for key, changes in _last_of_each(asked).items()]
    records: list[TopLevel] = []
    results: dict[QuotaKey, QuotasChanged] = {}
    for one in asked:
        entity = one.entity
        changes = dict(one.changes)
        if entity in results or len(changes) < len(one.changes):
            results[entity] = QuotasChanged(
                entity, ErrorCode.INVALID_REQUEST, f"Ignoring duplicate entity {_text(entity)}"
            )
            continue
        try:
            records += _plan(image.client_quotas.get(entity, {}), entity, changes, profile)
        except InvalidQuota as error:
            results[entity] = QuotasChanged(entity, error.code, error.message)
        else:
            results[entity] = QuotasChanged(entity)
    return records, results


def _last_of_each(asked: Iterable[QuotaChanges]) -> dict[QuotaKey, dict[str, float | None]]:
    return {one.entity: dict(one.changes) for one in asked}


def _text(entity: QuotaKey) -> str:
    return f"ClientQuotaEntity(entries={{{', '.join(f'{kind}={_java(name)}' for kind, name in entity)}}})"


def _java(name: str | None) -> str:
    return "null" if name is None else name


def _plan(
    current: Mapping[str, float], entity: QuotaKey, changes: Mapping[str, float | None], profile: Profile
) -> list[TopLevel]:
    keys = _quotas_of(entity)
    records: list[TopLevel] = []
    parts = [QuotaEntity(entity_type=kind, entity_name=name) for kind, name in entity]
    for key, value in changes.items():
        if value is None:
            if key in current:
                records.append(ClientQuotaRecord(entity=parts, key=key, value=0.0, remove=True))
            continue
        _check_value(keys, key, value, profile)
        if current.get(key) != value:
            records.append(ClientQuotaRecord(entity=parts, key=key, value=value, remove=False))
    return records


def _quotas_of(entity: QuotaKey) -> Mapping[str, str]:
    """The quotas that an entity may have; raises `InvalidQuota` for an entity that cannot be."""
    if not entity:
        raise InvalidQuota("Invalid empty client quota entity")
    for kind, name in entity:
        if kind not in _KINDS:
            raise InvalidQuota(f"Unhandled client quota entity type: {kind}")
        if name == "":
            raise InvalidQuota(f"Empty {kind} not supported")
    names = dict(entity)
    if IP not in names:
        return _OF_CLIENTS
    if len(names) > 1:
        raise InvalidQuota("Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId")
    address = names[IP]
    if address is not None and not _is_address(address):
        raise InvalidQuota(f"{address} is not a valid IP or resolvable host.")
    return _OF_ADDRESSES


def _is_address(text: str) -> bool:
    """Whether it is an address; of names only this machine's own is known here."""
    if text == "localhost":
        return True
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _check_value(keys: Mapping[str, str], key: str, value: float, profile: Profile) -> None:
    kind = keys.get(key)
    if kind is None:
        raise InvalidQuota(f"Invalid configuration key {key}")
    if value <= 0.0 and not (profile.quotas_may_be_nothing and (value == 0.0 or kind == "DOUBLE")):
        raise InvalidQuota(f"Quota {key} must be greater than 0")
    if kind == "DOUBLE":
        return
    if value > float(_LARGEST["LONG" if profile.quotas_have_64_bits else kind]):
        raise InvalidQuota(f"Proposed value for {key} is too large for {'an INT' if kind == 'INT' else 'a LONG'}.")
    if value != value or abs(value - int(value + _EPSILON)) > _EPSILON:
        raise InvalidQuota(f"{key} cannot be a fractional value.")


def find_quotas(
    image: MetadataImage, conditions: Sequence[Condition], strict: bool
) -> list[tuple[QuotaKey, Mapping[str, float]]]:
    """The entities that fulfil all ``conditions`` (kind, how to match, name), and their quotas. With ``strict`` an entity has no
    further parts. Raises `InvalidQuota`."""
    for condition in conditions:
        _check_match(*condition)
    seen: set[str] = set()
    for kind, _, _ in conditions:
        if not kind:
            raise InvalidQuota("Invalid empty entity type.")
        if kind in seen:
            raise InvalidQuota(f"Entity type {kind} cannot appear more than once in the filter.")
        if kind not in _KINDS:
            raise InvalidQuota(f"Unsupported entity type {kind}", ErrorCode.UNSUPPORTED_VERSION)
        seen.add(kind)
    if IP in seen and len(seen) > 1:
        raise InvalidQuota(
            "Invalid entity filter component combination. IP filter component should not be used with user or clientId "
            "filter component."
        )
    return [
        (entity, quotas)
        for entity, quotas in image.client_quotas.items()
        if (not strict or len(entity) == len(conditions)) and _matches(dict(entity), conditions)
    ]


def _check_match(kind: str, how: int, name: str | None) -> None:
    if how == EXACT:
        if name is None:
            raise InvalidQuota("Request specified MATCH_TYPE_EXACT, but set match string to null.")
    elif how in (DEFAULT, ANY):
        if name is not None:
            which = "DEFAULT" if how == DEFAULT else "SPECIFIED"
            raise InvalidQuota(f"Request specified MATCH_TYPE_{which}, but also specified a match string.")
    else:
        raise InvalidQuota(f"Unknown match type {how}")


def _matches(parts: Mapping[str, str | None], conditions: Iterable[Condition]) -> bool:
    return all(kind in parts and (how == ANY or parts[kind] == name) for kind, how, name in conditions)
