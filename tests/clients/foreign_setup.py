"""What `make test-clients` needs beside Python: says what it finds, installs what it can.

kcat comes from Debian's packages, where this runs as root on a system with apt; Java's tools come through Maven; the stock
clients of every language and time through the tools of their language, into the cache.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from kafkaconform.reference import DEFAULT_KAFKA_VERSION, ReferenceUnavailable
from kafkaconform.reference.jars import gather_jars, require_java
from kafkaconform.scenarios.catalogue import CLIENTS
from kafkaconform.scenarios.driver import ScenarioUnavailable


def set_up_kcat() -> bool:
    """Whether kcat is there, installed if need be."""
    if shutil.which("kcat") is None and shutil.which("apt-get") and os.geteuid() == 0:
        print("kcat: installing Debian's package")
        subprocess.run(["apt-get", "update", "--quiet", "--quiet"], check=True)
        subprocess.run(
            ["apt-get", "install", "--yes", "--quiet", "--quiet", "--no-install-recommends", "kcat"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    found = shutil.which("kcat")
    print(f"kcat: {found}" if found else "kcat: not here; install it with 'apt-get install kcat'")
    return found is not None


def set_up_java() -> bool:
    """Whether Java and the jars of Kafka's tools are there."""
    try:
        java, jars = require_java(), gather_jars(DEFAULT_KAFKA_VERSION)
    except ReferenceUnavailable as absent:
        print(f"Java: {absent}")
        return False
    print(f"Java: {java}, tools of Kafka {DEFAULT_KAFKA_VERSION} in {jars}")
    return True


def set_up_clients() -> None:
    """Installs what can be installed; the tests of the rest are skipped and say so."""
    for client in CLIENTS.values():
        try:
            client.install()
            print(f"{client.name}: {client.folder}")
        except ScenarioUnavailable as absent:
            print(f"{client.name}: {absent}")


if __name__ == "__main__":
    found = [set_up_kcat(), set_up_java()]
    set_up_clients()
    sys.exit(0 if all(found) else 1)
