"""GetTelemetrySubscriptions and PushTelemetry on a broker that has nobody to give metrics to: answered all the same."""

import hashlib

from kafkaconform.outcome import Tree
from kafkaconform.prepare import wait_for_config
from kafkaconform.probes.api_versions import REQUEST as WHO
from kafkaconform.probes.describe_configs import CLIENT_METRICS
from kafkaconform.probes.incremental_alter_configs import DELETE, SET, alter
from kafkaconform.registry import asked_since, probe
from kafkaconform.session import Probing, Session
from kafkawire.messages.get_telemetry_subscriptions import GetTelemetrySubscriptionsRequest
from kafkawire.messages.push_telemetry import PushTelemetryRequest
from kafkawire.records.batch import Compression
from kafkawire.records.compression import compress

TELEMETRY_MAX_BYTES = 1_048_576
_RECORDED_BYTES_MAX = 10_000
#: No end that a codec has; for snappy a chunk, which is no more than is here.
_JUNK = b"\0\0\0\4junk"


def unheard_of(session: Session) -> bytes:
    """An id that no broker gave, and no other run uses: a broker keeps them for a while."""
    return hashlib.sha256(session.suffix.encode()).digest()[:16]


def uuid_hash(uuid: bytes) -> int:
    """``Uuid.hashCode`` of Kafka, unsigned."""
    words = [int.from_bytes(uuid[i : i + 4], "big") for i in range(0, 16, 4)]
    return words[0] ^ words[1] ^ words[2] ^ words[3]


def without_id(answer: dict[str, Tree]) -> dict[str, Tree]:
    """The subscription's number with the client's own part taken out, where there is a client."""
    uuid = answer["client_instance_id"]
    if answer["subscription_id"] and not isinstance(uuid, str):
        answer["subscription_id"] = (answer["subscription_id"] & 0xFFFFFFFF) ^ uuid_hash(uuid.value)
    return answer


def subscribe(session: Session, base: str, **configs: str | None) -> None:
    """Sets a client metrics resource; None takes a key back. Not recorded."""
    session.needs(GetTelemetrySubscriptionsRequest)
    name = session.name(base)
    changes = {key.replace("_", "."): value for key, value in configs.items()}
    operations = [(key, DELETE if value is None else SET, value) for key, value in changes.items()]
    session.service.quietly(alter(CLIENT_METRICS, name, *operations), 1)
    for key, value in changes.items():
        wait_for_config(session, CLIENT_METRICS, name, key, value)
    # What clients are asked for follows the description by a moment.
    session.service.settle(0.05)


def get(connection: Probing, uuid: bytes = bytes(16), **options: str | None) -> tuple[bytes, int]:
    """Asks for the subscription; the id of the client and the subscription's."""
    answer = connection.ask(GetTelemetrySubscriptionsRequest(client_instance_id=uuid), 0, view=without_id, **options)
    return bytes(answer.client_instance_id), answer.subscription_id


def push(
    connection: Probing,
    uuid: bytes,
    subscription: int,
    metrics: bytes = b"",
    *,
    compression: int = 0,
    terminating: bool = False,
) -> None:
    """Pushes metrics; the number of the subscription is not recorded, and of many bytes only how many they are."""
    request = PushTelemetryRequest(
        client_instance_id=uuid,
        subscription_id=subscription,
        terminating=terminating,
        compression_type=compression,
        metrics=metrics,
    )
    step = connection.send(request, 0)
    step.step["fields"] = {**step.step["fields"], "subscription_id": "<subscription>"}
    if len(metrics) > _RECORDED_BYTES_MAX:
        step.step["fields"]["metrics"] = f"<{len(metrics)} bytes>"
    step.answer()


@probe
def nothing_wanted(session: Session) -> None:
    """Nobody wants any metrics: an id for the client, every codec, five minutes, no names; too early again: 89, and nothing else."""
    connection = session.connect()
    uuid, _ = get(connection)
    get(connection, uuid)
    get(connection, unheard_of(session))
    get(connection)


@probe
def pushes(session: Session) -> None:
    """One push after each question, whatever is in it; then 89 until time has passed, but for a client that ends."""
    connection = session.connect()
    uuid, subscription = get(connection)
    push(connection, uuid, subscription, b"these are no metrics")
    push(connection, uuid, subscription, b"")
    push(connection, uuid, subscription, terminating=True)
    push(connection, uuid, subscription, terminating=True)
    get(connection, uuid)


@probe
def refused_pushes(session: Session) -> None:
    """No client: 42; another subscription: 117; a codec that there is not: 76; too much: 118."""
    connection = session.connect()
    push(connection, bytes(16), 0)
    push(connection, bytes(15) + b"\x01", 0)
    uuid, subscription = get(connection)
    push(connection, uuid, subscription ^ 1)
    get(connection, uuid)
    get(connection, uuid)
    uuid, subscription = get(connection)
    push(connection, uuid, subscription, compression=5)
    get(connection, uuid)
    push(connection, uuid, subscription, compression=-1)
    uuid, subscription = get(connection)
    push(connection, uuid, subscription, b"x" * (TELEMETRY_MAX_BYTES + 1))
    uuid, subscription = get(connection)
    push(connection, uuid, subscription, b"x" * TELEMETRY_MAX_BYTES, compression=5, terminating=True)


@probe
def pushes_out_of_the_blue(session: Session) -> None:
    """A client that the broker has not heard of: its subscription is not the one, and then it is too early."""
    connection = session.connect()
    uuid = unheard_of(session)
    push(connection, uuid, 0, b"x")
    push(connection, uuid, 0, b"x")
    get(connection, uuid)
    get(connection, uuid)


@probe
@asked_since("4.0", "subscriptions to client metrics are not described with their defaults, or there are none")
def metrics_for_some_clients(session: Session) -> None:
    """What subscriptions that match a client want, together, and the shortest of their intervals; all of a list has to match."""
    mine = session.name("me")
    subscribe(session, "one", metrics="org.apache.kafka.producer.", interval_ms="60000", match=f"client_id={mine}")
    connection = session.connect()
    get(connection)
    uuid, subscription = get(connection, client_id=mine)
    push(connection, uuid, subscription, b"whatever")
    both = f"client_id=me.*{session.suffix},client_source_address=127.0.0.1"
    subscribe(
        session, "two", metrics="org.apache.kafka.consumer.,org.apache.kafka.producer.", interval_ms="90000", match=both
    )
    get(connection, uuid, client_id=mine)
    get(connection, client_id=mine)
    subscribe(session, "two", match=f"client_id=me.*{session.suffix},client_source_address=10.*")
    get(connection, client_id=mine)
    subscribe(session, "two", match=f"client_id={mine}", metrics="*")
    get(connection, client_id=mine)
    subscribe(session, "two", metrics=None)
    get(connection, client_id=mine)
    subscribe(session, "one", metrics="a.,b.,a.b.,c.d,*x,e.f.g,zzz,y")
    get(connection, client_id=mine)
    for base in ("one", "two"):
        subscribe(session, base, metrics=None, interval_ms=None, match=None)


@probe
@asked_since("4.0", "subscriptions to client metrics are not described with their defaults, or there are none")
def what_is_matched(session: Session) -> None:
    """Whole names have to match: of the client, its software, its id and its address."""
    mine = session.name("me")
    connection, named = session.connect(), session.connect()
    named.quietly(WHO, 3)
    get(connection, client_id=mine)
    for key, pattern in (
        ("client_id", mine[:-1]),
        ("client_software_name", "kafkaconform"),
        ("client_software_version", r"1\.."),
        ("client_software_name", "unknown"),
        ("client_software_version", "unknown"),
        ("client_source_port", "[0-9]+"),
        ("client_source_address", "127.0.0.1"),
        ("client_source_address", "/127.0.0.1"),
        ("client_instance_id", "[A-Za-z0-9_-]{22}"),
        ("client_instance_id", f".*{session.suffix}"),
    ):
        subscribe(
            session,
            "one",
            metrics=key,
            match=f"client_id={mine},{key}={pattern}" if key != "client_id" else f"{key}={pattern}",
        )
        get(connection, client_id=mine)
        get(named, client_id=mine)
    subscribe(session, "one", metrics=None, match=None)


@probe
@asked_since("4.0", "subscriptions to client metrics are not described with their defaults, or there are none")
def only_an_interval(session: Session) -> None:
    """A subscription without metrics has its interval all the same; one for everything is not told anything else."""
    mine = session.name("me")
    subscribe(session, "one", interval_ms="1000", match=f"client_id={mine}")
    connection = session.connect()
    get(connection, client_id=mine)
    subscribe(session, "two", metrics="a.,b.,*", interval_ms="2000", match=f"client_id={mine}")
    get(connection, client_id=mine)
    for base in ("one", "two"):
        subscribe(session, base, metrics=None, interval_ms=None, match=None)


@probe
@asked_since("4.0", "subscriptions to client metrics are not described with their defaults, or there are none")
def without_a_client_id(session: Session) -> None:
    """A client that says no name at all."""
    connection = session.connect()
    for pattern in (".*", ".+"):
        subscribe(session, "one", metrics="a.", match=f"client_id={pattern},client_source_port=.*")
        get(connection, client_id=None)
        get(connection, client_id="")
    subscribe(session, "one", metrics=None, match=None)


@probe
def on_another_connection(session: Session) -> None:
    """A client's id is known on every connection, until the one that it was first used on is closed."""
    first, second = session.connect(), session.connect()
    uuid, _ = get(first)
    get(second, uuid)
    second.close()
    session.service.settle()
    third = session.connect()
    get(third, uuid)
    first.close()
    third.settle()
    get(third, uuid)


@probe
def order_of_checks(session: Session) -> None:
    """Of several faults of a push the first in this order counts: no client, one that has ended, too early, subscription, codec,
    size.
    """
    connection = session.connect()
    large = b"x" * (TELEMETRY_MAX_BYTES + 1)
    push(connection, bytes(16), 7, large, compression=9, terminating=True)
    uuid, subscription = get(connection)
    push(connection, uuid, subscription ^ 1, large, compression=9)
    push(connection, uuid, subscription ^ 1, large, compression=9)
    get(connection, uuid)
    push(connection, uuid, subscription, large, compression=9)
    get(connection, uuid)
    push(connection, uuid, subscription, large)
    push(connection, uuid, subscription ^ 1, large, compression=9, terminating=True)
    push(connection, uuid, subscription ^ 1, large, compression=9, terminating=True)
    push(connection, uuid, subscription)


@probe
def every_codec(session: Session) -> None:
    """What a codec was named for has to be unpacked with it (87), nothing at all need not; what is in it is not looked at, and may
    be longer than a push may be.
    """
    connection = session.connect()
    for compression in range(5):
        for metrics in (b"neither metrics nor compressed", b""):
            uuid, subscription = get(connection)
            push(connection, uuid, subscription, metrics, compression=compression)
        large = [bytes(TELEMETRY_MAX_BYTES), bytes(TELEMETRY_MAX_BYTES + 1)] if compression in (1, 4) else []
        for plain in (b"no metrics", *large):
            packed = compress(Compression(compression), plain)
            uuid, subscription = get(connection)
            push(connection, uuid, subscription, packed, compression=compression)
            uuid, subscription = get(connection)
            push(connection, uuid, subscription, packed[: len(packed) // 2], compression=compression)
            uuid, subscription = get(connection)
            push(connection, uuid, subscription, packed + _JUNK, compression=compression, terminating=True)


@probe
@asked_since("4.0", "a client outlives its connection, and one of this id may have asked a moment ago")
def reserved_ids(session: Session) -> None:
    """An id of zeros asks for one; the other reserved one is taken as it is."""
    connection = session.connect()
    get(connection, bytes(16))
    get(connection, bytes(15) + b"\x01")
