"""Ask the reference's own classes about `legacy_cases`: `python record_legacy_answers.py KAFKA_LIBS_FOLDER`.

Only needed when a case is added or the reference changes; it takes a JDK and the jars of Apache Kafka 4.3.1, and PYTHONPATH with
kafkawire.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import legacy_cases

HERE = Path(__file__).parent
ANSWERS = HERE / "legacy_answers.json.gz"


def main() -> None:
    lines = [*legacy_cases.build_lines(), *legacy_cases.read_lines(), *legacy_cases.validate_lines()]
    jars = f"{sys.argv[1]}/*"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["javac", "-cp", jars, "-d", folder, str(HERE / "LegacyOracle.java")], check=True)
        command = ["java", "-Xmx256m", "-cp", f"{folder}:{jars}", "LegacyOracle"]
        answers = subprocess.run(
            command, input="\n".join(lines), capture_output=True, check=True, text=True
        ).stdout.splitlines()
    asked = dict(zip(lines, answers, strict=True))
    ANSWERS.write_bytes(gzip.compress(json.dumps(asked, indent=0).encode(), mtime=0))


if __name__ == "__main__":
    main()
