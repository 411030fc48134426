"""A record that cannot be read goes to a dead-letter topic, with where it came from and why, and those behind it are processed.

pip install kafkaemu pytest aiokafka
"""

import asyncio
import json

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition


async def take_payments(bootstrap_servers, pay, last):
    """Pay every payment up to offset ``last``."""
    settings = {"group_id": "cashier", "auto_offset_reset": "earliest", "enable_auto_commit": False}
    consumer = AIOKafkaConsumer("payments", bootstrap_servers=bootstrap_servers, **settings)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap_servers)
    async with consumer, producer:
        async for record in consumer:
            try:
                pay(json.loads(record.value)["amount"])
            except (ValueError, KeyError) as error:
                origin = f"{record.topic}-{record.partition}@{record.offset}"
                headers = [("origin", origin.encode()), ("error", repr(error).encode())]
                await producer.send_and_wait("payments.dead", record.value, key=record.key, headers=headers)
            await consumer.commit({TopicPartition(record.topic, record.partition): record.offset + 1})
            if record.offset == last:
                return


@pytest.mark.kafka_topics("payments", "payments.dead")
def test_a_payment_that_is_no_json_does_not_stop_those_behind_it(kafka_broker):
    kafka_broker.produce("payments", '{"amount": 3}')
    kafka_broker.produce("payments", "three euros", key="table 4")
    kafka_broker.produce("payments", '{"sum": 3}')
    kafka_broker.produce("payments", '{"amount": 5}')
    paid = []
    asyncio.run(take_payments(kafka_broker.bootstrap_servers, paid.append, last=3))

    assert paid == [3, 5]
    assert kafka_broker.lag("cashier") == 0
    kafka_broker.assert_produced(
        "payments.dead", value="three euros", key="table 4", headers={"origin": "payments-0@1"}
    )
    (no_amount,) = kafka_broker.assert_produced("payments.dead", value='{"sum": 3}')
    assert dict(no_amount.headers)["error"] == b"KeyError('amount')"
    assert len(kafka_broker.records("payments.dead")) == 2
