"""DescribeUserScramCredentials and AlterUserScramCredentials."""

from kafkaconform.outcome import Tree, View
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.alter_user_scram_credentials import (
    AlterUserScramCredentialsRequest,
    ScramCredentialDeletion,
    ScramCredentialUpsertion,
)
from kafkawire.messages.describe_user_scram_credentials import DescribeUserScramCredentialsRequest, UserName

SHA_256, SHA_512 = 1, 2


def describe(*users: str) -> DescribeUserScramCredentialsRequest:
    """A request for some users."""
    return DescribeUserScramCredentialsRequest(users=[UserName(name=user) for user in users])


def upsert(
    user: str, mechanism: int = SHA_256, iterations: int = 4096, salt: bytes = b"salt", password: bytes = b"p" * 32
) -> ScramCredentialUpsertion:
    """A credential to make."""
    return ScramCredentialUpsertion(
        name=user, mechanism=mechanism, iterations=iterations, salt=salt, salted_password=password
    )


def delete(user: str, mechanism: int = SHA_256) -> ScramCredentialDeletion:
    """A credential to delete."""
    return ScramCredentialDeletion(name=user, mechanism=mechanism)


def alter(*changes: ScramCredentialUpsertion | ScramCredentialDeletion) -> AlterUserScramCredentialsRequest:
    """A request with these changes."""
    return AlterUserScramCredentialsRequest(
        deletions=[change for change in changes if isinstance(change, ScramCredentialDeletion)],
        upsertions=[change for change in changes if isinstance(change, ScramCredentialUpsertion)],
    )


def by_user(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Results by user, as Kafka leaves their order open."""
    answer["results"].sort(key=lambda result: result["user"])
    for result in answer["results"]:
        if "credential_infos" in result:
            result["credential_infos"].sort(key=lambda info: info["mechanism"])
    return answer


@probe
def round_trip(session: Session) -> None:
    """Credentials are made, told without their secrets, and deleted."""
    connection = session.connect()
    alice, bob = session.name("alice"), session.name("bob")

    def ours(session: Session) -> View:
        def view(answer: dict[str, Tree]) -> dict[str, Tree]:
            answer["results"] = [result for result in answer["results"] if session.is_ours(result["user"])]
            return by_user(answer)

        return view

    connection.ask(alter(upsert(alice), upsert(bob, iterations=16384)), 0, view=by_user)
    connection.ask(alter(upsert(alice, SHA_512, 8192, password=b"p" * 64)), 0, view=by_user)
    connection.settle()
    connection.ask(describe(alice, bob, session.name("carol")), 0, view=by_user)
    connection.ask(describe(), 0, view=ours(session))
    connection.ask(DescribeUserScramCredentialsRequest(users=None), 0, view=ours(session))
    connection.ask(alter(upsert(alice, iterations=5000), delete(bob)), 0, view=by_user)
    connection.settle()
    connection.ask(describe(alice, bob), 0, view=by_user)
    connection.ask(alter(delete(alice), delete(alice, SHA_512)), 0, view=by_user)
    connection.ask(alter(delete(alice), upsert(alice, SHA_512)), 0, view=by_user)
    connection.ask(alter(delete(alice)), 0, view=by_user)
    connection.ask(alter(delete(alice, SHA_512)), 0, view=by_user)
    connection.settle()
    connection.ask(describe(alice), 0, view=by_user)


@probe
def unknown_users(session: Session) -> None:
    """A user without credentials: 91; one named twice: 92."""
    connection = session.connect()
    connection.ask(describe(session.name("nobody")), 0)
    connection.ask(describe(""), 0)
    connection.ask(describe(session.name("nobody"), session.name("nobody"), session.name("other")), 0, view=by_user)


@probe
def bad_changes(session: Session) -> None:
    """Unknown mechanisms, too few or many rounds, empty names and salts, what is not there to delete."""
    connection = session.connect()
    user = session.name("alice")
    for change in (
        upsert(user, 0),
        upsert(user, 3),
        upsert(user, -1),
        upsert(user, iterations=4095),
        upsert(user, iterations=16385),
        upsert(user, salt=b""),
        upsert(user, password=b""),
        upsert(""),
        delete(user),
        delete(user, 0),
        delete(""),
    ):
        connection.ask(alter(change), 0)
    connection.ask(alter(upsert(user), delete(user)), 0)
    connection.ask(alter(upsert(user), upsert(user)), 0)
    connection.ask(alter(delete(user), delete(user)), 0)
    connection.ask(alter(upsert(user, 3), delete(user)), 0)
    connection.ask(alter(), 0)


@probe
def two_faults_of_a_change(session: Session) -> None:
    """Of several faults of a user the first in this order counts: no name, unknown mechanism, rounds, then a second change;
    good changes of others are made.
    """
    connection = session.connect()
    user, other = session.name("alice"), session.name("bob")
    for changes in (
        [upsert("", 9, iterations=1, password=b"")],
        [upsert(user, 9, iterations=1, password=b"")],
        [upsert(user, iterations=1, password=b"")],
        [upsert(user, iterations=1), upsert(user)],
        [upsert(user), upsert(user, iterations=1)],
        [delete(user, 9), upsert(user)],
        [delete(""), upsert("")],
        [delete(user), delete(user, SHA_512), upsert(other, 9)],
    ):
        connection.ask(alter(*changes), 0, view=by_user)
