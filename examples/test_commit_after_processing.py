"""A consumer that commits after processing: what it was at when it failed is processed again, nothing is lost.

pip install kafkaemu pytest kafka-python
"""

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata


class OutOfBeans(Exception):
    pass


def cook_orders(bootstrap_servers, cook, last):
    """Cook every order up to offset ``last``; an order is done when its cooking has ended, not when it was read."""
    settings = {"group_id": "kitchen", "auto_offset_reset": "earliest", "enable_auto_commit": False}
    consumer = KafkaConsumer("to-cook", bootstrap_servers=bootstrap_servers, **settings)
    try:
        for order in consumer:
            cook(order.value)
            done = OffsetAndMetadata(order.offset + 1, "", -1)
            consumer.commit({TopicPartition(order.topic, order.partition): done})
            if order.offset == last:
                return
    finally:
        consumer.close(autocommit=False)


@pytest.mark.kafka_topics("to-cook")
def test_an_order_that_failed_is_cooked_again(kafka_broker):
    for drink in ("espresso", "latte", "mocha"):
        kafka_broker.produce("to-cook", drink)
    cooked = []

    def cook(drink):
        cooked.append(drink)
        if cooked == [b"espresso", b"latte"]:
            raise OutOfBeans

    with pytest.raises(OutOfBeans):
        cook_orders(kafka_broker.bootstrap_servers, cook, last=2)
    assert kafka_broker.committed("kitchen") == {("to-cook", 0): 1}
    assert kafka_broker.lag("kitchen") == 2

    cook_orders(kafka_broker.bootstrap_servers, cook, last=2)
    assert cooked == [b"espresso", b"latte", b"latte", b"mocha"]
    assert kafka_broker.lag("kitchen") == 0
