"""A whole FastStream application against a real broker, group and offsets included.

pip install kafkaemu pytest "faststream[kafka]"
"""

import asyncio
import json

import pytest
from app import make_app


async def run_until(app, done):
    """Run the application while ``done``, a blocking call, waits in a thread."""
    await app.start()
    try:
        return await asyncio.to_thread(done)
    finally:
        await app.stop()


@pytest.mark.kafka_topics("drinks", "prices")
def test_every_drink_gets_its_price(kafka_broker):
    kafka_broker.produce("drinks", "espresso", headers={"content-type": "text/plain"})
    kafka_broker.produce("drinks", "latte", headers={"content-type": "text/plain"})
    app = make_app(kafka_broker.bootstrap_servers)
    prices = asyncio.run(run_until(app, lambda: kafka_broker.wait_for("prices", 2)))
    assert [json.loads(record.value)["price"] for record in prices] == [2, 4]
    assert kafka_broker.lag("barista") == 0
