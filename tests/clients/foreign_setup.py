"""What `make test-clients` needs beside Python: says what it finds, installs what it can.

kcat comes from Debian's packages, where this runs as root on a system with apt; Java's tools come through Maven; the stock
clients of every language and time through the tools of their language, into the cache.
"""

from __future__ import annotations

import sys

from kafkaconform.reference import DEFAULT_KAFKA_VERSION, ReferenceUnavailable
from kafkaconform.reference.jars import gather_jars, require_java
from kafkaconform.scenarios.catalogue import CLIENTS
from kafkaconform.scenarios.driver import ScenarioUnavailable


def set_up_java() -> bool:
    """Whether Java and the jars of Kafka's tools are there."""
    try:
        java, jars = require_java(), gather_jars(DEFAULT_KAFKA_VERSION)
    except ReferenceUnavailable as absent:
        print(f"Java: {absent}")
        return False
    print(f"Java: {java}, tools of Kafka {DEFAULT_KAFKA_VERSION} in {jars}")
    return True


def set_up_clients() -> bool:
    """Installs what can be installed; the tests of the rest are skipped and say so. Whether kcat is there, which others need too."""
    for client in CLIENTS.values():
        try:
            client.install()
            print(f"{client.name}: here")
        except ScenarioUnavailable as absent:
            print(f"{client.name}: {absent}")
    return CLIENTS["kcat"].missing() is None


if __name__ == "__main__":
    sys.exit(0 if all([set_up_java(), set_up_clients()]) else 1)
