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

from kafkaconform.outcome import Placeholders, Tree, View, sorted_where, tree_of
from kafkaconform.releases import CONTROLLER_APIS, NotAskable, served_versions, without_order
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
from kafkawire.messages.describe_quorum import DescribedPartition, DescribedTopic, DescribeQuorumRequest
from kafkawire.messages.metadata import MetadataRequest

#: How long a step that expects no answer waits for one.
SILENCE_S = 0.5
#: How long a request that will wait on the broker takes to get there, amply.
SETTLE_S = 0.3

Step = dict[str, Tree]


def _said_only_until(message: Message, wanted: int, actual: int) -> str | None:
    """A field that ``message`` uses in version ``wanted`` and cannot in ``actual``; None where nothing is lost."""
    for field in message.FIELDS:
        value = getattr(message, field.name)
        if not field.in_version(wanted) or value == field.default or value == []:
            continue
        if not field.in_version(actual) or (value is None and not field.nullable_in(actual)):
            return field.name
        if field.kind == "struct" and value is not None:
            for element in value if field.is_array else [value]:
                if (lost := _said_only_until(element, wanted, actual)) is not None:
                    return lost
    return None


class ProbeFailed(Exception):
    """What a probe needs could not be had; says what and from whom."""


class NoController(ProbeFailed):
    """The broker tells no listener of a controller, so that nothing can be asked there."""


def response_class(request: type[TopLevel]) -> type[TopLevel]:
    """The answer declared beside ``request``."""
    module = sys.modules[request.__module__]
    return cast(type[TopLevel], getattr(module, request.__name__.replace("Request", "Response")))


@attrs.define
class Pending:
    """A request that was sent and whose answer has not been read yet."""

    connection: "Probing"
    request: type[TopLevel]
    version: int
    correlation_id: int
    step: Step
    view: View | None

    def answer(self, timeout_s: float = ANSWER_TIMEOUT_S) -> Any:
        """Reads the answer and completes the step; None where the connection was closed or nothing came."""
        return self.connection._complete(self, timeout_s)


class Probing:
    """A connection of a probe: to a broker, or to a controller.

    What a controller does not answer to clients, such as Metadata, is asked of the broker in its stead, so that a probe of
    what both answer can be run against either.
    """

    def __init__(self, session: "Session", number: int, *, to_controller: bool = False) -> None:
        self._session = session
        self._number = number
        self._raw = RawConnection(*session.controller) if to_controller else RawConnection(session.host, session.port)
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
        """Sends a request as `ask` does; its answer is read later, with `Pending.answer`."""
        wanted, version = version, self._session.spoken(type(request), version)
        if version < wanted and (lost := _said_only_until(request, wanted, version)) is not None:
            raise NotAskable(f"{type(request).__name__} has no {lost} up to version {version}")
        self._correlation_id += 1
        step = self._step(f"{type(request).__name__.removesuffix('Request')} v{version}", tree_of(request, version))
        if client_id != CLIENT_ID:
            step["client_id"] = client_id
        pending = Pending(self, type(request), version, self._correlation_id, step, view)
        try:
            self._to(request.KEY).send(
                frame_of(request, version, correlation_id=self._correlation_id, client_id=client_id)
            )
        except ConnectionClosed:
            step["outcome"] = "closed"
        return pending

    def send_bytes(self, data: bytes) -> None:
        """Sends bytes as they are, then records whether the broker closes, answers or stays silent."""
        step = self._step("bytes", {"bytes": data.hex()})
        self._raw.send(data)
        try:
            step["outcome"] = {"bytes": self._raw.receive_frame(SILENCE_S).hex()}
        except ConnectionClosed:
            step["outcome"] = "closed"
        except NoAnswer:
            step["outcome"] = "nothing"

    def quietly(self, request: TopLevel, version: int) -> Any:
        """Asks without recording, in an older version where the release knows no other."""
        version = self._session.spoken(type(request), version)
        self._correlation_id += 1
        raw = self._to(request.KEY)
        raw.send(frame_of(request, version, correlation_id=self._correlation_id))
        frame = raw.receive_frame()
        return decode_answer(response_class(type(request)), version, frame, check=False)[1]

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

    def _step(self, sent: str, fields: Tree) -> Step:
        step: Step = {"connection": self._number, "request": sent, "fields": fields}
        self._session.steps.append(step)
        return step

    def _complete(self, pending: Pending, timeout_s: float) -> Any:
        if "outcome" in pending.step:
            return None
        try:
            frame = self._to(pending.request.KEY).receive_frame(timeout_s)
        except ConnectionClosed:
            pending.step["outcome"] = "closed"
            return None
        except NoAnswer:
            pending.step["outcome"] = "nothing"
            return None
        correlation_id, answer = decode_answer(
            response_class(pending.request), pending.version, frame, check=self._session.check_answers
        )
        if correlation_id != pending.correlation_id:
            raise ProbeFailed(f"answer {correlation_id} came where {pending.correlation_id} was due")
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
    """

    def __init__(
        self, host: str, port: int, *, suffix: str, release: str, check_answers: bool, at_controller: bool = False
    ) -> None:
        self.host = host
        self.port = port
        self.suffix = suffix
        self.release = release
        self.check_answers = check_answers
        self.at_controller = at_controller
        self.steps: list[Step] = []
        self._connections: list[Probing] = []
        self._service: Probing | None = None

    def name(self, base: str) -> str:
        """A name for a topic or group that nobody else uses; recorded as ``base``."""
        return base + self.suffix

    def is_ours(self, name: str) -> bool:
        """Whether this run made up ``name``."""
        return name.endswith(self.suffix)

    def versions(self, request: type[TopLevel]) -> range:
        """The versions of an API that the release serves."""
        return served_versions(self.release, request.KEY)

    def spoken(self, request: type[TopLevel], version: int) -> int:
        """``version``, or the newest one of the release if that is older.

        Raises:
            NotAskable: the release does not have the API.
        """
        served = self.versions(request)
        if not served:
            raise NotAskable(f"{self.release} has no {request.__name__.removesuffix('Request')}")
        return min(version, served[-1])

    def connect(self, *, to_controller: bool = False) -> Probing:
        """A new connection; closed at the end of the probe if not before."""
        to_controller = to_controller or self.at_controller
        connection = Probing(self, len(self._connections) + 1, to_controller=to_controller)
        self._connections.append(connection)
        return connection

    @functools.cached_property
    def controller(self) -> tuple[str, int]:
        """Where the controller listens for clients, as the broker says."""
        asked = DescribedTopic(topic_name="__cluster_metadata", partitions=[DescribedPartition(partition_index=0)])
        if self.spoken(DescribeQuorumRequest, 2) < 2:
            raise NotAskable("DescribeQuorum tells no listeners of controllers up to version 1")
        answer = self.service.quietly(DescribeQuorumRequest(topics=[asked]), 2)
        listeners = [(listener.host, listener.port) for node in answer.nodes for listener in node.listeners]
        if not listeners:
            raise NoController("the broker tells no listener of a controller (controller.listener.names) to ask")
        return listeners[0]

    @property
    def service(self) -> Probing:
        """A connection for what is not recorded."""
        if self._service is None:
            self._service = Probing(self, 0)
        return self._service

    def close(self) -> None:
        """Closes every connection."""
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


def retried(attempt: Callable[[], int], *, wanted: Sequence[int] = (0,), tries: int = 200) -> None:
    """Repeats ``attempt`` until it gives an error code of ``wanted``: for setting up only, never for what is
    recorded.

    Raises:
        ProbeFailed: it never does.
    """
    code = -1
    for _ in range(tries):
        if (code := attempt()) in wanted:
            return
        time.sleep(0.05)
    raise ProbeFailed(f"what it waits for did not come: error {code}, still, after {tries} tries")
