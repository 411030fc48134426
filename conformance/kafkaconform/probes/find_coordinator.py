"""FindCoordinator: which broker looks after a group."""

from kafkaconform.outcome import Tree
from kafkaconform.prepare import group_name
from kafkaconform.registry import asked_since, probe
from kafkaconform.session import Session, retried
from kafkawire.messages.find_coordinator import FindCoordinatorRequest

GROUP, TRANSACTION, SHARE = 0, 1, 2


def find(*keys: str, key_type: int = GROUP) -> FindCoordinatorRequest:
    """One key up to version 3, a list from 4 on."""
    return FindCoordinatorRequest(key=keys[0] if keys else "", key_type=key_type, coordinator_keys=list(keys))


@probe
def every_version(session: Session) -> None:
    """The coordinator of a group, in every version; the message is NONE up to 3, empty from 4 on."""
    group = group_name(session)
    session.connect().ask_all_versions(find(group))


@probe
def several_keys(session: Session) -> None:
    """From version 4 on several groups at once, or none."""
    first, second = group_name(session, "first"), group_name(session, "second")
    connection = session.connect()

    def in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
        answer["coordinators"].sort(key=lambda coordinator: str(coordinator["key"]))
        return answer

    for version in (4, 5, 6):
        connection.ask(find(first, second), version, view=in_order)
        connection.ask(find(), version)
    connection.ask(find(first, first), 4, view=in_order)


@probe
def empty_group_id(session: Session) -> None:
    """A group without a name has a coordinator too, or as the broker has it."""
    group_name(session)
    connection = session.connect()
    for version in (0, 1, 3, 4, 6):
        connection.ask(find(""), version)


@probe
def unknown_key_types(session: Session) -> None:
    """A type of key that does not exist, or not yet in that version: 42, or -1, as the broker has it."""
    group = group_name(session)
    connection = session.connect()
    for key_type in (3, 127, -1):
        for version in (1, 3, 4, 6):
            connection.ask(find(group, key_type=key_type), version)
    for version in (4, 5):
        connection.ask(find("not a share key", key_type=SHARE), version)


@probe
@asked_since("3.0", "FindCoordinator asks for one key up to version 3")
def transactional_id(session: Session) -> None:
    """The coordinator of a transactional id."""

    def once_it_is_there() -> int:
        answer = session.service.quietly(find(session.name("tx"), key_type=TRANSACTION), 4)
        # 15 until the topic of the transaction coordinator is there; any other answer is the one to record
        return 15 if answer.coordinators[0].error_code == 15 else 0

    retried(session, "the coordinator of a transactional id", once_it_is_there)
    connection = session.connect()
    for version in (1, 3, 4, 6):
        connection.ask(find(session.name("tx"), key_type=TRANSACTION), version)


@probe
def odd_group_ids(session: Session) -> None:
    """Any text has a coordinator: blank, long, not ASCII, and what cannot be a topic's name."""
    group_name(session)
    connection = session.connect()
    for key in (" ", "g" * 10_000, "ä/:*", "\N{GRINNING FACE}", "a:b:0"):
        for version in (0, 3, 4, 6):
            connection.ask(find(key), version)


@probe
@asked_since("4.0", "share groups have no coordinator")
def bad_share_keys(session: Session) -> None:
    """A share coordinator is asked for with group, topic id and partition; anything else is 42, in versions before 6 everything."""
    connection = session.connect()
    good = "group:AAECAwQFBgcICQoLDA0ODw:0"
    for version in (1, 3, 4, 5):
        connection.ask(find(good, key_type=SHARE), version)
    for key in (
        "",
        ":",
        "::",
        "group",
        "group:0",
        ":AAECAwQFBgcICQoLDA0ODw:0",
        "group::0",
        "group:AAECAwQFBgcICQoLDA0ODw:",
        "group:AAECAwQFBgcICQoLDA0ODw:x",
        "group:AAECAwQFBgcICQoLDA0ODw:-",
        "group:AAECAwQFBgcICQoLDA0ODw:2147483648",
        "group:AAECAwQFBgcICQoLDA0ODw:1 ",
        "group:AAECAwQFBgcICQoLDA0ODw0:0",
        "group:AAECAwQ:0",
        "group:not an id at all 12345:0",
    ):
        connection.ask(find(key, key_type=SHARE), 6)


@probe
def bad_keys_among_others(session: Session) -> None:
    """The type of key is one for all: each key has its own error."""
    group = group_name(session)
    connection = session.connect()
    for version in (4, 6):
        connection.ask(find(group, "", group, key_type=3), version)
        connection.ask(find(group, "b", key_type=SHARE), version)
