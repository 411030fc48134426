"""The jars of one Kafka release, gathered once by Maven into the user's cache."""

import os
import shutil
import subprocess
from importlib import resources
from pathlib import Path

from kafkaconform.releases import is_before


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
    properties = {"kafka.version": kafka_version, "logging": "log4j1" if is_before(kafka_version, "4.0") else "log4j2"}
    with resources.as_file(resources.files("kafkaconform.reference") / "pom.xml") as pom:
        copy_dependencies(pom, jars, f"Kafka {kafka_version}", properties)
    return jars


def copy_dependencies(pom: Path, jars: Path, what: str, properties: dict[str, str]) -> None:
    """Fills the folder ``jars`` with what ``pom`` depends on.

    Args:
        pom: a project that names maven-dependency-plugin.
        jars: what is in it now is replaced.
        what: whose jars these are, for messages.
        properties: of the project, for this run.

    Raises:
        ReferenceUnavailable: Maven is absent, or it cannot find a dependency.
    """
    maven = shutil.which("mvn")
    if maven is None:
        raise ReferenceUnavailable(f"The jars of {what} come through Maven: install it, no 'mvn' is on the PATH.")
    # Gathered under another name first, so that an interrupted download never looks like a complete folder.
    partial = jars.with_name(f"{jars.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    command = [maven, "--quiet", "--batch-mode", "--file", str(pom), f"-DoutputDirectory={partial}"]
    command += [f"-D{key}={value}" for key, value in properties.items()]
    finished = subprocess.run([*command, "dependency:copy-dependencies"], capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        reason = next((line for line in finished.stdout.splitlines() if "ERROR" in line), "it gave no reason")
        raise ReferenceUnavailable(f"Maven could not fetch the jars of {what}: {reason}")
    shutil.rmtree(jars, ignore_errors=True)
    partial.rename(jars)
