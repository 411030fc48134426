"""What came through Kafka is what HTTP shows.

pip install kafkaemu pytest fastapi httpx aiokafka
"""

import time

import pytest
from app import app
from fastapi.testclient import TestClient


def wait_until(condition, timeout=10):
    """Of what an application does with a record only the application can tell, so it is asked."""
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, "it never came to pass"
        time.sleep(0.005)


@pytest.mark.kafka_topics("stock")
def test_the_shop_shows_what_came_in_last(kafka_broker, monkeypatch):
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka_broker.bootstrap_servers)
    kafka_broker.produce("stock", "5", key="arabica")
    kafka_broker.produce("stock", "7", key="robusta")
    with TestClient(app) as client:
        wait_until(lambda: kafka_broker.committed("shop") == {("stock", 0): 2})
        assert client.get("/stock").json() == {"arabica": 5, "robusta": 7}
        kafka_broker.produce("stock", "4", key="arabica")
        wait_until(lambda: client.get("/stock").json()["arabica"] == 4)
    assert kafka_broker.groups()["shop"].members == ()
