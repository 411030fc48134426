"""A FastStream application: an order comes in, a bill goes out."""

from faststream import FastStream
from faststream.kafka import KafkaBroker

PRICES = {"espresso": 2, "latte": 4}


def make_app(bootstrap_servers):
    broker = KafkaBroker(bootstrap_servers, graceful_timeout=5)

    @broker.subscriber("drinks", group_id="barista", auto_offset_reset="earliest")
    @broker.publisher("prices")
    async def price(drink: str) -> dict:
        return {"drink": drink, "price": PRICES[drink]}

    return FastStream(broker)
