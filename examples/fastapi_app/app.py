"""A FastAPI application that reads a topic as long as it runs: its lifespan starts and stops the consumer."""

import asyncio
import contextlib
import json
import os

from aiokafka import AIOKafkaConsumer
from fastapi import FastAPI


async def read_stock(consumer, stock):
    async for record in consumer:
        stock[record.key.decode()] = json.loads(record.value)
        await consumer.commit()


@contextlib.asynccontextmanager
async def lifespan(app):
    app.state.stock = {}
    consumer = AIOKafkaConsumer(
        "stock",
        bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"],
        group_id="shop",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    async with consumer:
        reading = asyncio.create_task(read_stock(consumer, app.state.stock))
        yield
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading


app = FastAPI(lifespan=lifespan)


@app.get("/stock")
def stock():
    return app.state.stock
