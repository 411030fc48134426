"""The soak is a command that others run: it has to run, and to find nothing wrong with a second of load."""

from __future__ import annotations

import subprocess
import sys

from tests.support.broker import ROOT, environment


def test_a_second_of_soak_ends_well() -> None:
    command = [sys.executable, "-m", "benchmarks.soak", "--minutes", "0.02", "--rate", "100"]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing was lost" in done.stdout
