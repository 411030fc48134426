"""Concurrent workloads: which clients are at work together."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

import attrs

from kafkaconform.checks import Check
from kafkaconform.histories.client import Client, Unexpected
from kafkaconform.histories.history import History, Partition
from kafkaconform.histories.judging import judged
from kafkaconform.histories.members import Auditor, Group, Member
from kafkaconform.histories.producing import Producer
from kafkaconform.histories.reading import Reader
from kafkaconform.histories.surroundings import Surroundings
from kafkaconform.prepare import group_name, make_topic, new_producer_id, topic_spec
from kafkaconform.session import Session
from kafkawire.messages.create_topics import CreateTopicsRequest
from kafkawire.messages.delete_topics import DeleteTopicsRequest

#: What a broker that is set up as Kafka is allows at least.
SESSION_TIMEOUT_MS = 6000
CHURN_S = 0.05


@attrs.frozen
class Workload:
    """Clients that are at work together.

    Each producer sends at most ``records``, in ``duration_s`` at most, with up to ``pause_ms`` between its requests. There are
    ``members``, and one more that dies after ``dies_after`` polls (None: nobody dies), which the others hear of within
    ``session_timeout_ms``.
    """

    name: str
    holds: str
    partitions: int = 4
    plain_producers: int = 1
    idempotent_producers: int = 2
    records: int = 2500
    pause_ms: int = 0
    readers: int = 2
    members: int = 0
    dies_after: int | None = None
    session_timeout_ms: int = SESSION_TIMEOUT_MS
    duration_s: float = 2.5
    seed: int = 1

    @property
    def path(self) -> str:
        """As ``--only`` selects it."""
        return f"histories/{self.name}"

    def run(self, host: str, port: int, release: str) -> History:
        """The history of one run. Raises what `kafkaconform.histories.judging.judged` takes care of."""
        suffix = f"-{secrets.token_hex(4)}"
        session = Session(host, port, suffix=suffix, release=release, check_answers=False)
        try:
            topic, _ = make_topic(session, "history", self.partitions)
            group = Group(group_name(session, "history"), self.session_timeout_ms) if self.members else None
            producer_ids = [new_producer_id(session) for _ in range(self.idempotent_producers)]
        finally:
            session.close()
        around = Surroundings(host, port, suffix, self.seed, self.duration_s)
        around.partitions = tuple(Partition(topic, index) for index in range(self.partitions))
        try:
            _at_once(around, self._clients(around, producer_ids, group))
            Reader(around, "last-reader").read_all()
            if group is not None:
                Auditor(around, group, "last-auditor").ask()
        finally:
            around.close()
        return around.history

    def _clients(
        self, around: Surroundings, producer_ids: Sequence[int], group: Group | None
    ) -> Iterable[Callable[[], None]]:
        for number, producer_id in enumerate([None] * self.plain_producers + list(producer_ids)):
            producer = Producer(around, f"producer-{number}", producer_id=producer_id, pause_ms=self.pause_ms)
            yield lambda producer=producer: producer.run(self.records)  # type: ignore[misc]
        for number in range(self.readers):
            yield Reader(around, f"reader-{number}").run
        if group is not None:
            for number in range(self.members):
                yield Member(around, group, f"member-{number}").run
            if self.dies_after is not None:
                yield Member(around, group, "mortal", dies_after=self.dies_after).run
            yield Auditor(around, group, "auditor").run
        yield lambda: _create_and_delete(around, around.client("churn"))


WORKLOADS = (
    Workload("producers", "Producers that lose connections, readers beside them: records are kept, once, in order."),
    Workload(
        "groups",
        "Members that come, go and die: partitions have one owner, stale commits are refused, the last commit counts.",
        idempotent_producers=1,
        pause_ms=40,
        readers=0,
        members=3,
        dies_after=40,
        duration_s=5.0,
    ),
)


def check_of(workload: Workload) -> Check:
    """A workload as something that can be run."""
    return judged(workload.path, workload.holds, lambda target: workload.run(target.host, target.port, target.release))


def _at_once(around: Surroundings, clients: Iterable[Callable[[], None]]) -> None:
    """Runs each client in a thread of its own until all have ended; the first failure stops the others and is raised."""
    started = list(clients)
    with ThreadPoolExecutor(len(started)) as threads:
        running = [threads.submit(client) for client in started]
        try:
            for ended in as_completed(running):
                ended.result()
        finally:
            around.stopped.set()


def _create_and_delete(around: Surroundings, client: Client) -> None:
    """Makes topics and deletes them again, beside everything else."""
    number = 0
    while not around.is_over:
        name = f"short-lived-{number}{around.suffix}"
        created = client.ask(CreateTopicsRequest(topics=[topic_spec(name, 2)], timeout_ms=10_000)).topics[0]
        if created.error_code:
            raise Unexpected(f"CreateTopics: error {created.error_code} {created.error_message}.")
        deleted = client.ask(DeleteTopicsRequest(topic_names=[name], timeout_ms=10_000)).responses[0]
        if deleted.error_code:
            raise Unexpected(f"DeleteTopics: error {deleted.error_code}.")
        number += 1
        around.stopped.wait(CHURN_S)
