"""An order comes in, a bill goes out: the whole of it, with a broker of its own.

pip install kafkaemu pytest kafka-python
"""

import pytest
from kafka import KafkaConsumer, KafkaProducer


def bill_one_order(bootstrap_servers):
    settings = {"group_id": "billing", "auto_offset_reset": "earliest", "enable_auto_commit": False}
    consumer = KafkaConsumer("orders", bootstrap_servers=bootstrap_servers, **settings)
    producer = KafkaProducer(bootstrap_servers=bootstrap_servers)
    order = next(consumer)
    producer.send("bills", key=order.key, value=b"to pay: " + order.value).get(timeout=10)
    consumer.commit()
    consumer.close()
    producer.close()


@pytest.mark.kafka_topics("orders", "bills")
def test_an_order_is_billed(kafka_broker):
    kafka_broker.produce("orders", "one espresso", key="table 4")
    bill_one_order(kafka_broker.bootstrap_servers)
    kafka_broker.assert_produced("bills", key="table 4", value="to pay: one espresso")
    assert kafka_broker.lag("billing") == 0
