"""Apache Kafka itself as a test oracle: fetched by Maven, started and stopped on loopback.

Needs Java 17 or newer, and Maven for the first start of a version; nothing else in this project needs either.
"""

from kafkaconform.reference.harness import (
    DEFAULT_KAFKA_VERSION,
    Reference,
    ReferenceUnavailable,
)

__all__ = ["DEFAULT_KAFKA_VERSION", "Reference", "ReferenceUnavailable"]
