"""Apache Kafka itself, for tests that hold ours against it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kafkaconform.ports import unused_port
from kafkaconform.reference import DEFAULT_KAFKA_VERSION, Reference


@contextmanager
def running_reference() -> Iterator[Reference]:
    """A fresh node, which is stopped in order. Raises ReferenceUnavailable where there is none to be had."""
    node = Reference(DEFAULT_KAFKA_VERSION, unused_port(), is_tied=True)
    node.start()
    try:
        yield node
    finally:
        assert node.stop()
