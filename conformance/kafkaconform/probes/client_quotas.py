"""DescribeClientQuotas and AlterClientQuotas: quotas of users, client ids and addresses."""

from collections.abc import Mapping, Sequence

from kafkaconform.outcome import Tree
from kafkaconform.registry import probe
from kafkaconform.session import Session, retried
from kafkawire.messages.alter_client_quotas import AlterClientQuotasRequest, EntityData, EntryData, OpData
from kafkawire.messages.describe_client_quotas import ComponentData, DescribeClientQuotasRequest

USER, CLIENT, IP = "user", "client-id", "ip"
EXACT, DEFAULT, ANY = 0, 1, 2
Entity = Sequence[tuple[str, str | None]]


def entry(entity: Entity, quotas: Mapping[str, float | None]) -> EntryData:
    """Changes for one entity; None removes a quota."""
    ops = [OpData(key=key, value=value or 0.0, remove=value is None) for key, value in quotas.items()]
    return EntryData(entity=[EntityData(entity_type=kind, entity_name=name) for kind, name in entity], ops=ops)


def alter(entity: Entity, quotas: Mapping[str, float | None], validate_only: bool = False) -> AlterClientQuotasRequest:
    """A request for one entity."""
    return AlterClientQuotasRequest(entries=[entry(entity, quotas)], validate_only=validate_only)


def describe(*components: tuple[str, int, str | None], strict: bool = False) -> DescribeClientQuotasRequest:
    """A request with conditions: kind, how to match, name."""
    conditions = [ComponentData(entity_type=kind, match_type=how, match=name) for kind, how, name in components]
    return DescribeClientQuotasRequest(components=conditions, strict=strict)


def in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Entries, entities and values in an order of their own: Kafka leaves it open."""
    for one in answer["entries"] or ():
        one["entity"].sort(key=lambda e: e["entity_type"])
        if "values" in one:
            one["values"].sort(key=lambda v: v["key"])
    if answer["entries"]:
        answer["entries"].sort(key=lambda one: [(e["entity_type"], str(e["entity_name"])) for e in one["entity"]])
    return answer


def settle(session: Session, entity: Entity, count: int) -> None:
    """Waits until an entity has ``count`` quotas, as Kafka's broker hears of a change a moment after it is answered."""
    conditions = [(kind, DEFAULT if name is None else EXACT, name) for kind, name in entity]

    def attempt() -> int:
        # Kafka has an empty list where there is none.
        entries = session.service.quietly(describe(*conditions, strict=True), 1).entries or []
        return 0 if sum(len(one.values) for one in entries) == count else -1

    retried(session, "quotas as they were set", attempt)


@probe
def every_version(session: Session) -> None:
    """A quota is set, told and removed, in every version."""
    connection = session.connect()
    for version in session.versions(AlterClientQuotasRequest):
        entity = [(USER, session.name(f"alice-{version}"))]
        condition = (USER, EXACT, session.name(f"alice-{version}"))
        connection.ask(alter(entity, {"producer_byte_rate": 1024.0}), version)
        settle(session, entity, 1)
        connection.ask(describe(condition), version, view=in_order)
        connection.ask(alter(entity, {"producer_byte_rate": None}), version)
        settle(session, entity, 0)
        connection.ask(describe(condition), version, view=in_order)


@probe
def conditions(session: Session) -> None:
    """Conditions hold together; strict leaves entities with further parts out."""
    connection = session.connect()
    alice, app = session.name("alice"), session.name("app")
    entities: list[tuple[Entity, int]] = [
        ([(USER, alice)], 2),
        ([(USER, alice), (CLIENT, app)], 1),
        ([(USER, alice), (CLIENT, None)], 1),
        ([(CLIENT, app)], 1),
    ]
    quotas = {"producer_byte_rate": 1000.0, "consumer_byte_rate": 2000.0}
    for entity, count in entities:
        connection.ask(alter(entity, dict(list(quotas.items())[:count])), 1)
        settle(session, entity, count)
    for asked in (
        [(USER, EXACT, alice)],
        [(CLIENT, EXACT, app)],
        [(USER, EXACT, alice), (CLIENT, EXACT, app)],
        [(USER, EXACT, alice), (CLIENT, DEFAULT, None)],
        [(USER, EXACT, alice), (CLIENT, ANY, None)],
        [(USER, EXACT, session.name("nobody"))],
    ):
        for strict in (False, True):
            connection.ask(describe(*asked, strict=strict), 1, view=in_order)
    for entity, _ in entities:
        connection.ask(alter(entity, {"producer_byte_rate": None, "consumer_byte_rate": None}), 1)
        settle(session, entity, 0)


@probe
def defaults(session: Session) -> None:
    """An entity without a name is the default of its kind."""
    connection = session.connect()
    for entity in ([(USER, None)], [(CLIENT, None)], [(IP, None)]):
        key = "connection_creation_rate" if entity[0][0] == IP else "request_percentage"
        connection.ask(alter(entity, {key: 50.0}), 1)
        settle(session, entity, 1)
        connection.ask(describe((entity[0][0], DEFAULT, None)), 1, view=in_order)
        connection.ask(describe((entity[0][0], ANY, None), strict=True), 1, view=in_order)
        connection.ask(alter(entity, {key: None}), 1)
        settle(session, entity, 0)


@probe
def bad_filters(session: Session) -> None:
    """Kinds named twice or not known, matches without or with a name too many: 42 or 35."""
    connection = session.connect()
    for version in session.versions(DescribeClientQuotasRequest):
        for asked in (
            [("", EXACT, "a")],
            [("nothing", EXACT, "a")],
            [("nothing", ANY, None)],
            [(USER, EXACT, "a"), (USER, EXACT, "b")],
            [(USER, EXACT, None)],
            [(USER, DEFAULT, "a")],
            [(USER, ANY, "a")],
            [(USER, 3, None)],
            [(USER, -1, None)],
            [(IP, EXACT, "1.2.3.4"), (USER, EXACT, "a")],
            [(IP, ANY, None), (CLIENT, ANY, None)],
            [(IP, EXACT, "not an address")],
        ):
            connection.ask(describe(*asked), version, view=in_order)


@probe
def bad_entities(session: Session) -> None:
    """Entities that cannot have quotas: 42."""
    connection = session.connect()
    quotas = {"producer_byte_rate": 1.0}
    user = session.name("alice")
    entities: list[Entity] = [
        [],
        [("", "a")],
        [("nothing", "a")],
        [(USER, "")],
        [(CLIENT, "")],
        [(USER, user), (USER, user)],
        [(USER, user), (IP, "1.2.3.4")],
        [(CLIENT, user), (IP, "1.2.3.4")],
        [(IP, "not.an.address.")],
        [(IP, "")],
        [(IP, "1.2.3.4")],
    ]
    for entity in entities:
        connection.ask(alter(entity, quotas), 1, view=in_order)
    connection.ask(alter([(USER, user)], {"producer_byte_rate": None}), 1)
    settle(session, [(USER, user)], 0)


@probe
def bad_quotas(session: Session) -> None:
    """Quotas that there are not for an entity, or not with this value: 42."""
    connection = session.connect()
    entity = [(USER, session.name("alice"))]
    for quotas in (
        {"no_such_rate": 1.0},
        {"": 1.0},
        {"producer_byte_rate": -1.0},
        {"producer_byte_rate": 0.0},
        {"producer_byte_rate": 0.5},
        {"producer_byte_rate": 1e30},
        {"producer_byte_rate": float("inf")},
        {"request_percentage": -1.0},
        {"controller_mutation_rate": -2.0},
        {"connection_creation_rate": 5.0},
        {"no_such_rate": None},
        {"producer_byte_rate": None},
        {},
    ):
        connection.ask(alter(entity, quotas, validate_only=True), 1)
    address = [(IP, "127.0.0.9")]
    for quotas in (
        {"producer_byte_rate": 1.0},
        {"connection_creation_rate": 5.5},
        {"connection_creation_rate": 3e9},
        {"connection_creation_rate": 5.0},
    ):
        connection.ask(alter(address, quotas, validate_only=True), 1)
    twice = entry(entity, {"producer_byte_rate": 1.0})
    twice.ops += entry(entity, {"producer_byte_rate": 2.0}).ops
    connection.ask(AlterClientQuotasRequest(entries=[twice], validate_only=True), 1)


@probe
def several_entities(session: Session) -> None:
    """Each entity succeeds or fails for itself; only validated, nothing changes."""
    connection = session.connect()
    good, bad = [(USER, session.name("alice"))], [(USER, session.name("bob"))]
    entries = [entry(good, {"producer_byte_rate": 1000.0}), entry(bad, {"no_such_rate": 1.0})]
    connection.ask(AlterClientQuotasRequest(entries=entries, validate_only=True), 1, view=in_order)
    connection.ask(describe((USER, EXACT, good[0][1])), 1, view=in_order)
    same = [entry(good, {"producer_byte_rate": 1000.0}), entry(good, {"producer_byte_rate": 2000.0})]
    connection.ask(AlterClientQuotasRequest(entries=same, validate_only=True), 1, view=in_order)
    connection.ask(AlterClientQuotasRequest(), 1)


@probe
def odd_numbers(session: Session) -> None:
    """Numbers without an end, with almost nothing left of them, or just too large."""
    connection = session.connect()
    entity = [(USER, session.name("alice"))]
    for key in ("producer_byte_rate", "request_percentage", "controller_mutation_rate"):
        for value in (float("-inf"), float("inf"), -0.0, 5e-324, 1e-7, 100.0000001, 2.0**63, 2.0**62):
            connection.ask(alter(entity, {key: value}, validate_only=True), 1)


@probe
def two_faults_of_an_entity(session: Session) -> None:
    """Of several faults the first in this order counts: the entity twice, no parts, kind, name, address beside others, what
    is no address, then the quotas.
    """
    connection = session.connect()
    bad = {"no_such_rate": -1.0, "producer_byte_rate": -1.0}
    user = session.name("alice")
    entities: list[Entity] = [
        [],
        [("nothing", "")],
        [(IP, ""), (USER, user)],
        [(IP, "not.an.address."), (USER, user)],
        [(IP, "not.an.address.")],
        [(USER, user)],
    ]
    for entity in entities:
        connection.ask(alter(entity, bad), 1, view=in_order)
    none = entry([], bad)
    connection.ask(AlterClientQuotasRequest(entries=[none, none]), 1, view=in_order)
