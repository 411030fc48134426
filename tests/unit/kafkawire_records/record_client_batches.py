"""Have clients that nobody here wrote produce to a real broker, and keep the batches as they made them:
`python record_client_batches.py HOST:PORT "COMMAND OF THE CONSOLE PRODUCER"`.

The broker's topics leave batches as they come. Expected contents are in `test_client_batches`.
"""

from __future__ import annotations

import base64
import json
import shlex
import subprocess
import sys
import zlib
from pathlib import Path

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic
from record_produce_answers import Connection
from test_client_batches import CODECS, LARGE, MIXED

BATCHES = Path(__file__).with_name("client_batches.json")


def by_librdkafka(bootstrap: str, topic: str, codec: str) -> None:
    """All records in one batch, as confluent-kafka sends them."""
    producer = Producer({"bootstrap.servers": bootstrap, "compression.type": codec, "linger.ms": 200})
    for key, value, headers in MIXED:
        producer.produce(topic, value, key, 0, headers=list(headers), timestamp=1_700_000_000_000)
    producer.flush()


def by_console_producer(command: str, topic: str, codec: str) -> None:
    """Two lines, the second long, as Apache Kafka's own producer sends them."""
    lines = b"h:x\tkey\tvalue\nh:y\tk\t" + LARGE + b"\n"
    properties = "--reader-property parse.key=true --reader-property parse.headers=true"
    full = f"{command} --topic {topic} --compression-codec {codec} --timeout 500 {properties} --batch-size 200000"
    subprocess.run(shlex.split(full), input=lines, check=True)


def main(bootstrap: str, command: str) -> None:
    host, _, port = bootstrap.rpartition(":")
    admin = AdminClient({"bootstrap.servers": bootstrap})
    topics = [f"{client}-{codec}" for client in ("librdkafka", "java") for codec in CODECS]
    for future in admin.create_topics([NewTopic(topic, 1, 1) for topic in topics]).values():
        future.result()
    for codec in CODECS:
        by_librdkafka(bootstrap, f"librdkafka-{codec}", codec)
        by_console_producer(command, f"java-{codec}", codec)
    connection = Connection((host, int(port)))
    stored = {topic: base64.b64encode(zlib.compress(connection.fetch(topic, 0), 9)).decode() for topic in topics}
    BATCHES.write_text(json.dumps(stored, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
