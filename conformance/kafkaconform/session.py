"""What a probe works with: connections whose requests and answers are written down as steps.

A probe is a function that takes a `Session`. What it does through `Probing.ask`, `Probing.send` and
`Probing.send_bytes` is recorded; what it needs before that (topics, a coordinator that is up) it asks for
through the unrecorded helpers.
"""

import functools
import sys
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any, cast

import attrs

from kafkaconform.outcome import NOT_OFFERED, Placeholders, Tree, View, sorted_where, tree_of
from kafkaconform.peers import LastAsked, NotOffered, Peer, Peers
from kafkaconform.releases import CONTROLLER_APIS, UNTOLD_APIS, NotAskable, served_versions, without_order
from kafkaconform.undoing import BrokerConfigs
from kafkaconform.wire import (
    ANSWER_TIMEOUT_S,
    CLIENT_ID,
    ConnectionClosed,
    NoAnswer,
    RawConnection,
    decode_answer,
    frame_of,
)
from kafkawire.declare import Message, TopLevel
from kafkawire.errors import ErrorCode
from kafkawire.index import APIS
from kafkawire.messages.describe_quorum import DescribedPartition, DescribedTopic, DescribeQuorumRequest
from kafkawire.messages.metadata import MetadataRequest

#: How long a step that expects no answer waits for one.
SILENCE_S = 0.5
#: How long a request that will wait on the broker takes to get there, amply.
SETTLE_S = 0.3
#: How long something that is prepared may take to be there, and how often it is looked for.
READY_TIMEOUT_S = 10.0
LOOK_S = 0.05

Step = dict[str, Tree]


def said_only_until(message: Message, wanted: int, actual: int) -> str | None:
    """A field that ``message`` uses in version ``wanted`` and cannot in ``actual``; None where nothing is lost."""
    for field in message.FIELDS:
        value = getattr(message, field.name)
        if not field.in_version(wanted) or value == field.default or value == []:
            continue
        if not field.in_version(actual) and _is_said_otherwise(message, field.name, value):
            continue
        if not field.in_version(actual) or (value is None and not field.nullable_in(actual)):
            return field.name
        if field.kind == "struct" and value is not None:
            for element in value if field.is_array else [value]:
                if (lost := said_only_until(element, wanted, actual)) is not None:
                    return lost
    return None


def _is_said_otherwise(message: Message, field: str, value: Any) -> bool:
    """Whether an older version of ``message`` says in another field what a newer one says in this, or need not say it."""
    match field:
        case "replica_state":
            return bool(value.replica_id == getattr(message, "replica_id", None) and value.replica_epoch == -1)
        case "topic_id":
            return bool(getattr(message, "name", "") or getattr(message, "topic", ""))
        case "groups":
            return [group.group_id for group in value] == [getattr(message, "group_id", None)]
        case "coordinator_keys":
            return bool(value == [getattr(message, "key", None)])
        case "timeout_ms":
            # How long a broker may take that has to look far.
            return True
    return False


class ProbeFailed(Exception):
    """What a probe needs could not be had; says what and from whom."""


class NoController(ProbeFailed):
    """The broker tells no listener of a controller, or one that cannot be reached, so that nothing can be asked there."""


def response_class(request: type[TopLevel]) -> type[TopLevel]:
    """The answer declared beside ``request``."""
    module = sys.modules[request.__module__]
    return cast(type[TopLevel], getattr(module, request.__name__.replace("Request", "Response")))


def untold(lack: NotOffered) -> NotAskable:
    """Of `UNTOLD_APIS`: that something is not offered is no fault."""
    return NotAskable(f"{lack}, nor by an Apache Kafka that has no use for it")


class Unanswered:
    """Stands for the answer to what was not asked, as it is not offered: a probe that looks into it ends there."""

    def __init__(self, reason: NotOffered) -> None:
        self._reason = reason

    def __getattr__(self, name: str) -> Any:
        raise self._reason


@attrs.define
class Pending:
    """A request that was sent and whose answer has not been read yet.

    ``version`` is the one it was sent in. That may be another than the step names, whose outcome is then decided; None where it was
    not sent at all, as the broker offers no version of it that says the same.
    """

    connection: "Probing"
    request: TopLevel
    version: int | None
    correlation_id: int
    step: Step
    view: View | None

    def answer(self, timeout_s: float | None = None) -> Any:
        """Reads the answer and completes the step; None where the connection was closed or nothing came.

        Args:
            timeout_s: how long to wait where no answer is due; None: as long as an answer may take.
        """
        return self.connection._complete(self, timeout_s)


class Probing:
    """A connection of a probe: to a broker, or to a controller.

    What a controller does not answer to clients, such as Metadata, is asked of the broker in its stead, so that a probe of
    what both answer can be run against either.
    """

    def __init__(self, session: "Session", number: int, *, to_controller: bool = False) -> None:
        self._session = session
        self._number = number
        self._peer = session.peers.at(*session.controller) if to_controller else session.peer
        self._raw = RawConnection(self._peer.host, self._peer.port)
        self._to_broker = None if to_controller else self._raw
        self._correlation_id = 0

    def ask(
        self, request: TopLevel, version: int, *, view: View | None = None, client_id: str | None = CLIENT_ID
    ) -> Any:
        """Sends a request and records its answer, which is also returned; None if the connection was
        closed. A release whose newest version is older is asked in that one.

        Raises:
            NotAskable: there the request cannot be made.
        """
        return self.send(request, version, view=view, client_id=client_id).answer()

    def ask_all_versions(self, request: TopLevel, *, view: View | None = None, first: int = 0) -> None:
        """Asks the same in every version that the release serves, from ``first`` on."""
        for version in self._session.versions(type(request)):
            if version >= first:
                self.ask(request, version, view=view)

    def send(
        self, request: TopLevel, version: int, *, view: View | None = None, client_id: str | None = CLIENT_ID
    ) -> Pending:
        """Sends a request as `ask` does; its answer is read later, with `Pending.answer`.

        A version that the release has and this broker does not offer is no part of what it is judged by. It is asked in another one
        that says the same, where there is one, for the sake of what comes after.
        """
        wanted, version = version, self._session.spoken(type(request), version)
        if version < wanted and (lost := said_only_until(request, wanted, version)) is not None:
            raise NotAskable(f"{type(request).__name__} has no {lost} up to version {version}")
        self._correlation_id += 1
        step = self._step(f"{type(request).__name__.removesuffix('Request')} v{version}", tree_of(request, version))
        if client_id != CLIENT_ID:
            step["client_id"] = client_id
        sent_version = self._sent_version(request, version)
        if sent_version != version:
            step["outcome"] = NOT_OFFERED
        pending = Pending(self, request, sent_version, self._correlation_id, step, view)
        if sent_version is not None:
            try:
                self._send(request, sent_version, client_id)
            except ConnectionClosed:
                step.setdefault("outcome", "closed")
        return pending

    def send_bytes(self, data: bytes) -> None:
        """Sends bytes as they are, then records whether the broker closes, answers or stays silent."""
        step = self._step("bytes", {"bytes": data.hex()})
        self._session.peers.last_asked = LastAsked(self._peer, data)
        self._raw.send(data)
        try:
            step["outcome"] = {"bytes": self._raw.receive_frame(SILENCE_S).hex()}
        except ConnectionClosed:
            step["outcome"] = "closed"
        except NoAnswer:
            step["outcome"] = "nothing"

    def quietly(self, request: TopLevel, version: int) -> Any:
        """Asks without recording, in the nearest version that the release has and the broker offers.

        Raises:
            NotOffered: it offers none.
            ConnectionClosed, NoAnswer: no answer came.
        """
        version = self._peer_of(request.KEY).nearest(request.KEY, self._session.spoken(type(request), version))
        self._correlation_id += 1
        self._send(request, version)
        answer = decode_answer(response_class(type(request)), version, self._receive(request.KEY), check=False)[1]
        self._session.set_on_brokers.note(request, answer)
        return answer

    def settle(self, seconds: float = SETTLE_S) -> None:
        """Waits until a request just sent has surely reached the broker's state, where no answer can tell."""
        time.sleep(seconds)

    def close(self) -> None:
        """Closes the connection as a client does that goes away."""
        self._raw.close()
        if self._to_broker is not None:
            self._to_broker.close()

    def _to(self, api_key: int) -> RawConnection:
        if api_key in CONTROLLER_APIS:
            return self._raw
        if self._to_broker is None:
            self._to_broker = RawConnection(self._session.host, self._session.port)
        return self._to_broker

    def _peer_of(self, api_key: int) -> Peer:
        return self._peer if api_key in CONTROLLER_APIS else self._session.peer

    def _sent_version(self, request: TopLevel, version: int) -> int | None:
        """``version``, or another one that is offered and says the same; None if there is none."""
        if version not in self._session.versions(type(request)):
            # Asked on purpose although Kafka does not serve it: to see what happens.
            return version
        try:
            nearest = self._peer_of(request.KEY).nearest(request.KEY, version)
        except NotOffered as lack:
            if request.KEY in UNTOLD_APIS:
                raise untold(lack) from None
            return None
        if nearest != version and said_only_until(request, version, nearest) is not None:
            return None
        return nearest

    def _send(self, request: TopLevel, version: int, client_id: str | None = CLIENT_ID) -> None:
        self._session.peers.last_asked = LastAsked(self._peer_of(request.KEY), request, version)
        frame = frame_of(request, version, correlation_id=self._correlation_id, client_id=client_id)
        self._to(request.KEY).send(frame)

    def _receive(self, api_key: int, timeout_s: float | None = None) -> bytes:
        if timeout_s is not None:
            return self._to(api_key).receive_frame(timeout_s)
        peer, kind = self._peer_of(api_key), f"answers of API {api_key}"
        try:
            frame = self._to(api_key).receive_frame(peer.patience_s(kind, ANSWER_TIMEOUT_S))
        except NoAnswer:
            peer.note_wait(kind, came=False)
            self._reconnect(api_key)
            raise
        peer.note_wait(kind, came=True)
        return frame

    def _reconnect(self, api_key: int) -> None:
        """Goes on over a new connection: answers come in order, and on the old one nothing would come any more."""
        unanswered = self._to(api_key)
        unanswered.close()
        fresh = RawConnection(self._peer_of(api_key).host, self._peer_of(api_key).port)
        if unanswered is self._raw:
            self._raw = fresh
        if unanswered is self._to_broker:
            self._to_broker = fresh

    def _step(self, sent: str, fields: Tree) -> Step:
        step: Step = {"connection": self._number, "request": sent, "fields": fields}
        self._session.steps.append(step)
        return step

    def _complete(self, pending: Pending, timeout_s: float | None) -> Any:
        if pending.version is None:
            return Unanswered(NotOffered(pending.step["request"]))
        if pending.step.get("outcome") == "closed":
            return None
        is_judged = "outcome" not in pending.step
        try:
            frame = self._receive(pending.request.KEY, timeout_s)
        except ConnectionClosed:
            pending.step.setdefault("outcome", "closed")
            return None
        except NoAnswer:
            pending.step.setdefault("outcome", "nothing")
            return None
        correlation_id, answer = decode_answer(
            response_class(type(pending.request)), pending.version, frame, check=self._session.check_answers
        )
        if correlation_id != pending.correlation_id:
            raise ProbeFailed(f"answer {correlation_id} came where {pending.correlation_id} was due")
        self._session.set_on_brokers.note(pending.request, answer)
        if is_judged:
            tree = tree_of(answer, pending.version)
            if fields := without_order(self._session.release, pending.request.KEY):
                tree = sorted_where(tree, fields)
            pending.step["outcome"] = {"answer": pending.view(tree) if pending.view else tree}
        return answer


class Session:
    """One run of one probe against one broker.

    Args:
        host, port: where the broker is.
        suffix: set behind every name that the probe makes up, so that runs do not meet; it is not recorded.
        release: whose versions to go through.
        check_answers: whether answers must re-encode to the same bytes.
        at_controller: whether `connect` leads to the controller.
        peers: what is known of whoever is asked; by default everything is asked, offered or not.
        beside: another broker, which is not asked here: what it offers is asked, whatever the release has.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        suffix: str,
        release: str,
        check_answers: bool,
        at_controller: bool = False,
        peers: Peers | None = None,
        beside: Peer | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self.suffix = suffix
        self.release = release
        self.check_answers = check_answers
        self.at_controller = at_controller
        self.peers = peers or Peers(asks_unoffered=True)
        self.peer = self.peers.at(host, port)
        self._beside = beside
        self.steps: list[Step] = []
        self.set_on_brokers = BrokerConfigs()
        self._connections: list[Probing] = []
        self._service: Probing | None = None

    def name(self, base: str) -> str:
        """A name for a topic or group that nobody else uses; recorded as ``base``."""
        return base + self.suffix

    def is_ours(self, name: str) -> bool:
        """Whether this run made up ``name``."""
        return name.endswith(self.suffix)

    def versions(self, request: type[TopLevel]) -> range:
        """The versions of an API that are asked: those that the release serves, or the broker beside offers."""
        if self._beside is None or self._beside.offered is None:
            return served_versions(self.release, request.KEY)
        api, offered = APIS[request.KEY], self._beside.offered.get(request.KEY, range(0))
        return range(max(api.first, offered.start), min(api.last + 1, offered.stop))

    def needs(self, request: type[TopLevel]) -> None:
        """Says before anything is prepared what a probe is to ask. Raises `NotOffered`, or NotAskable as `Probing.ask` does."""
        try:
            self.peer.nearest(request.KEY, self.spoken(request, 0))
        except NotOffered as lack:
            raise (untold(lack) if request.KEY in UNTOLD_APIS else lack) from None

    def spoken(self, request: type[TopLevel], version: int) -> int:
        """``version``, or the newest one of the release if that is older.

        Raises:
            NotAskable: the release does not have the API.
        """
        served = self.versions(request)
        if not served:
            nobody = self.release if self._beside is None else "the broker beside"
            raise NotAskable(f"{nobody} has no {request.__name__.removesuffix('Request')}")
        return min(version, served[-1])

    def connect(self, *, to_controller: bool = False) -> Probing:
        """A new connection; closed at the end of the probe if not before."""
        to_controller = to_controller or self.at_controller
        connection = Probing(self, len(self._connections) + 1, to_controller=to_controller)
        self._connections.append(connection)
        return connection

    @functools.cached_property
    def controller(self) -> tuple[str, int]:
        """Where the controller listens for clients, as the broker says; the one that leads the quorum, if there are several."""
        asked = DescribedTopic(topic_name="__cluster_metadata", partitions=[DescribedPartition(partition_index=0)])
        if self.spoken(DescribeQuorumRequest, 2) < 2:
            raise NotAskable("DescribeQuorum tells no listeners of controllers up to version 1")
        try:
            answer = self.service.quietly(DescribeQuorumRequest(topics=[asked]), 2)
        except NotOffered as lack:
            raise NoController(f"{lack}, which tells where a controller listens") from None
        leaders = [partition.leader_id for topic in answer.topics for partition in topic.partitions]
        nodes = sorted(answer.nodes, key=lambda node: node.node_id not in leaders)
        listeners = [(listener.host, listener.port) for node in nodes for listener in node.listeners]
        if not listeners:
            raise NoController("the broker tells no listener of a controller (controller.listener.names) to ask")
        if (silence := self.peers.at(*listeners[0]).silence) is not None:
            raise NoController(f"the controller cannot be asked. {silence}")
        return listeners[0]

    @property
    def service(self) -> Probing:
        """A connection for what is not recorded."""
        if self._service is None:
            self._service = Probing(self, 0)
        return self._service

    def close(self) -> None:
        """Takes back what is set on brokers, and closes every connection."""
        self.set_on_brokers.take_back(lambda request, version: self.service.quietly(request, version))
        for connection in [*self._connections, *([self._service] if self._service else [])]:
            connection.close()

    def record(self) -> list[Step]:
        """The steps so far, normalised; each has an outcome.

        Raises:
            ProbeFailed: an answer was never read.
        """
        for step in self.steps:
            if "outcome" not in step:
                raise ProbeFailed(f"the answer to {step['request']} was never read")
        return self.finished_steps(self._brokers() if "resource_type" in str(self.steps) else ())

    def _brokers(self) -> list[int]:
        """Ids of the brokers of the cluster, by which configs name them."""
        return [int(broker.node_id) for broker in self.service.quietly(MetadataRequest(topics=[]), 12).brokers]

    def finished_steps(self, brokers: Collection[int] = ()) -> list[Step]:
        """The steps whose outcome is known, normalised."""
        finished = [step for step in self.steps if "outcome" in step]
        return cast(list[Step], Placeholders(self.suffix, brokers).resolve(finished))


def retried(session: Session, what: str, attempt: Callable[[], int], *, wanted: Sequence[int] = (0,)) -> None:
    """Repeats ``attempt`` until it gives an error code of ``wanted``: for setting up only, never for what is
    recorded.

    Args:
        what: what is waited for, in words.
        attempt: gives -1, 0 or an error that clients retry while there is nothing wrong yet.

    Raises:
        ProbeFailed: it does not, in a while, or something is wrong.
    """
    begin = time.monotonic()
    patience_s = session.peer.patience_s(what, READY_TIMEOUT_S)
    while (code := attempt()) not in wanted:
        error = f": error {code}" if code > 0 else ""
        if error and not _is_retriable(code):
            raise ProbeFailed(f"could not have {what}{error}")
        if time.monotonic() - begin > patience_s:
            session.peer.note_wait(what, came=False)
            raise ProbeFailed(f"after {patience_s:g} s there was not {what}{error}")
        time.sleep(LOOK_S)
    session.peer.note_wait(what, came=True)


def _is_retriable(code: int) -> bool:
    return code in ErrorCode.__members__.values() and ErrorCode(code).retriable
