"""Stock clients and a clock that they do not know of: a consumer that dies, and one that is taken for dead.

What makes this quick is `heartbeat.interval.ms`: clients learn of what has happened by their next heartbeat, on their own clock.

pip install kafkaemu pytest confluent-kafka
"""

import subprocess
import sys
import time

import pytest
from confluent_kafka import Consumer


def consumer_of(topic, bootstrap_servers, session_timeout_ms=45_000, **callbacks):
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap_servers,
            "client.id": f"session of {session_timeout_ms // 1000} s",
            "group.id": f"readers of {topic}",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "session.timeout.ms": session_timeout_ms,
            "max.poll.interval.ms": 1_800_000,
            "heartbeat.interval.ms": 50,
        }
    )
    consumer.subscribe([topic], **callbacks)
    return consumer


def poll_until(consumer, condition, timeout=20):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, "it never came to pass"
        consumer.poll(0.02)


@pytest.mark.kafka_topics("luggage:2")
def test_who_is_left_takes_over_when_the_session_of_the_dead_has_ended(kafka_broker):
    clock = kafka_broker.clock

    def shares():
        group = kafka_broker.groups().get("readers of luggage")
        members = group.members if group and group.state == "Stable" else ()
        return {member.client_id: len(member.assignment) for member in members}

    # The one that is to live has a session longer than the time that will pass.
    living = consumer_of("luggage", kafka_broker.bootstrap_servers, session_timeout_ms=1_800_000)
    command = [sys.executable, __file__, kafka_broker.bootstrap_servers]
    with subprocess.Popen(command) as dying:
        try:
            poll_until(living, lambda: shares() == {"session of 1800 s": 1, "session of 45 s": 1})
        finally:
            dying.kill()
    assert len(shares()) == 2

    clock.advance("45 s")
    # The broker knows first; the consumer hears of it when it polls.
    poll_until(living, lambda: len(living.assignment()) == 2)
    assert shares() == {"session of 1800 s": 2}
    living.close()


@pytest.mark.kafka_topics("parcels")
def test_a_consumer_that_is_taken_for_dead_joins_again(kafka_broker):
    clock = kafka_broker.clock
    seen = []
    callbacks = {"on_assign": lambda *_: seen.append("mine"), "on_lost": lambda *_: seen.append("lost")}
    consumer = consumer_of("parcels", kafka_broker.bootstrap_servers, **callbacks)
    kafka_broker.produce("parcels", "a book")
    parcel = consumer.poll(10)

    clock.advance("1 minute")
    assert kafka_broker.groups()["readers of parcels"].members == ()
    # It has committed nothing, so the book comes again.
    again = consumer.poll(10)
    assert (parcel.value(), again.value()) == (b"a book", b"a book")
    assert seen == ["mine", "lost", "mine"]
    consumer.close()


if __name__ == "__main__":
    dying = consumer_of("luggage", sys.argv[1])
    while True:
        dying.poll(1)
