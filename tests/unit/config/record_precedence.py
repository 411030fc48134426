"""Ask a reference node with configs of its own what its configs are, while they change: `python record_precedence.py PORT`.

Only needed when a step is added or the reference changes; it takes Java, Maven and PYTHONPATH with kafkaconform and kafkawire.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from kafkaconform.outcome import tree_of
from kafkaconform.prepare import make_topic, wait_for_config
from kafkaconform.probes.describe_configs import BROKER, TOPIC, describe, in_order
from kafkaconform.probes.incremental_alter_configs import DELETE, SET, alter
from kafkaconform.reference import Reference
from kafkaconform.session import Session

ANSWERS = Path(__file__).with_name("precedence_answers.json")
#: What the node is started with.
STATIC = {
    "log.retention.hours": "24",
    "log.retention.minutes": "120",
    "log.roll.hours": "5",
    "log.segment.bytes": "2000000",
    "message.max.bytes": "5000",
    "compression.type": "lz4",
    "log.flush.scheduler.interval.ms": "7000",
}
KEYS = {
    TOPIC: ("retention.ms", "segment.ms", "segment.bytes", "max.message.bytes", "compression.type", "flush.ms"),
    BROKER: (
        *("log.retention.ms", "log.retention.minutes", "log.retention.hours", "log.roll.ms", "log.roll.hours"),
        *("log.segment.bytes", "message.max.bytes", "compression.type", "log.flush.interval.ms"),
        "log.flush.scheduler.interval.ms",
    ),
}
ORDERS = "orders"
#: Changes, one after the other; after each, and before the first, everything is described: kind, name, key, value (None: taken back).
STEPS: tuple[tuple[int, str, str, str | None], ...] = (
    (BROKER, "", "log.retention.ms", "3600000"),
    (BROKER, "1", "log.retention.ms", "1800000"),
    (TOPIC, ORDERS, "retention.ms", "900000"),
    (BROKER, "1", "log.retention.ms", None),
    (TOPIC, ORDERS, "retention.ms", None),
    (BROKER, "", "log.retention.ms", None),
    (BROKER, "", "log.segment.bytes", "3000000"),
    (BROKER, "1", "log.segment.bytes", "4000000"),
    (TOPIC, ORDERS, "segment.bytes", "5000000"),
    (BROKER, "", "log.segment.bytes", None),
    (BROKER, "1", "log.segment.bytes", None),
    (BROKER, "", "log.roll.ms", "70000"),
    (BROKER, "", "compression.type", "zstd"),
    (BROKER, "1", "log.flush.interval.ms", "80000"),
)


def resources(topic: str) -> tuple[tuple[int, str], ...]:
    """What is described each time."""
    return (TOPIC, topic), (BROKER, "1"), (BROKER, "")


def main() -> None:
    """Start, ask, stop, keep the answers."""
    node = Reference(port=int(sys.argv[1]))
    node.start(STATIC)
    try:
        session = Session("127.0.0.1", node.port, suffix="-precedence", release="4.3.1", check_answers=True)
        topic, _ = make_topic(session, ORDERS)
        session.service.quietly(alter(TOPIC, topic, ("retention.ms", DELETE, None)), 1)
        wait_for_config(session, TOPIC, topic, "retention.ms", None)
        told = [_described(session, topic)]
        for kind, name, key, value in STEPS:
            name = topic if name == ORDERS else name
            change = (key, DELETE if value is None else SET, value)
            session.service.quietly(alter(kind, name, change), 1)
            wait_for_config(session, kind, name, key, value)
            told.append(_described(session, topic))
        session.close()
    finally:
        node.stop()
    ANSWERS.write_text(json.dumps(told, indent=0) + "\n", encoding="utf-8")


def _described(session: Session, topic: str) -> list[Any]:
    answers = []
    for kind, name in resources(topic):
        answer = session.service.quietly(describe(kind, name, *KEYS[kind], synonyms=True), 4)
        (result,) = in_order(tree_of(answer, 4))["results"]
        answers.append([flat(config) for config in result["configs"]])
    return answers


def flat(config: Any) -> list[Any]:
    """A config as one line: name, value, source, and each synonym's."""
    synonyms = [[one["name"], one["value"], one["source"]] for one in config["synonyms"]]
    return [config["name"], config["value"], config["config_source"], synonyms]


if __name__ == "__main__":
    main()
