"""DescribeLogDirs: what lies where on a broker."""

from kafkaconform.batches import Record, batch
from kafkaconform.outcome import Tree, View
from kafkaconform.prepare import append, make_topic
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.describe_log_dirs import DescribableLogDirTopic, DescribeLogDirsRequest


def ours(session: Session) -> View:
    """Only topics of this run, sorted; of the volume's space only whether it is known at all is the machine's."""

    def view(answer: dict[str, Tree]) -> dict[str, Tree]:
        for result in answer["results"]:
            topics = [topic for topic in result["topics"] if session.is_ours(topic["name"])]
            result["topics"] = sorted(topics, key=lambda topic: str(topic["name"]))
            for topic in result["topics"]:
                topic["partitions"].sort(key=lambda partition: int(partition["partition_index"]))
            for name in ("total_bytes", "usable_bytes"):
                if name in result:
                    result[name] = "<space>"
        return answer

    return view


def filled(session: Session) -> str:
    """Two partitions, the first with two batches."""
    name, _ = make_topic(session, "orders", 2)
    append(session, name, batch([Record()] * 3), batch())
    return name


@probe
def everything(session: Session) -> None:
    """No list of topics: all; sizes are those of the batches."""
    filled(session)
    session.connect().ask_all_versions(DescribeLogDirsRequest(topics=None), view=ours(session))


@probe
def some(session: Session) -> None:
    """Some partitions; what is not there is left out; an empty list is none."""
    name = filled(session)
    connection = session.connect()

    def ask(*topics: tuple[str, list[int]]) -> None:
        asked = [DescribableLogDirTopic(topic=topic, partitions=partitions) for topic, partitions in topics]
        connection.ask_all_versions(DescribeLogDirsRequest(topics=asked), view=ours(session))

    ask((name, [0]))
    ask((name, [1, 0, 9, 1]), (session.name("missing"), [0]), ("a b", [0]))
    ask((name, []))
    ask()
