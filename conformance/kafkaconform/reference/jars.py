"""The jars of one Kafka release, gathered once by Maven into the user's cache."""

import os
import shutil
import subprocess
from importlib import resources
from pathlib import Path


class ReferenceUnavailable(Exception):
    """What went wrong, in one sentence that says what the user can do about it."""


def cache_root() -> Path:
    """The folder for what may be deleted at any time: under ``$XDG_CACHE_HOME``, or ``~/.cache``."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "kafkaemu"


def require_java() -> str:
    """Path of the ``java`` command.

    Raises:
        ReferenceUnavailable: there is none on the PATH.
    """
    java = shutil.which("java")
    if java is None:
        raise ReferenceUnavailable(
            "The reference broker needs Java 17 or newer, and no 'java' is on the PATH: install a JRE."
        )
    return java


def gather_jars(kafka_version: str) -> Path:
    """The folder with the jars of ``kafka_version``; asks Maven for them the first time.

    Raises:
        ReferenceUnavailable: Maven is absent, or it cannot find the release.
    """
    jars = cache_root() / f"kafka-{kafka_version}" / "jars"
    if (jars / f"kafka-clients-{kafka_version}.jar").exists():
        return jars
    maven = shutil.which("mvn")
    if maven is None:
        raise ReferenceUnavailable(
            f"The jars of Kafka {kafka_version} come through Maven: install it, no 'mvn' is on the PATH."
        )
    # Gathered under another name first, so that an interrupted download never looks like a complete folder.
    partial = jars.with_name("jars.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    pom = resources.files("kafkaconform.reference") / "pom.xml"
    with resources.as_file(pom) as pom_path:
        finished = subprocess.run(
            [
                maven,
                "--quiet",
                "--batch-mode",
                "--file",
                str(pom_path),
                f"-Dkafka.version={kafka_version}",
                f"-DoutputDirectory={partial}",
                "dependency:copy-dependencies",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    if finished.returncode != 0:
        reason = next((line for line in finished.stdout.splitlines() if "ERROR" in line), "it gave no reason")
        raise ReferenceUnavailable(f"Maven could not fetch the jars of Kafka {kafka_version}: {reason}")
    shutil.rmtree(jars, ignore_errors=True)
    partial.rename(jars)
    return jars
