"""Nothing is left running by a benchmark, a transcription or a run of the conformance checks that is killed."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.broker import ROOT, environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a process to its parent")

PROGRAM = """
import sys
from pathlib import Path
log = Path(sys.argv[1])
sleep = [sys.executable, "-c", "import time; time.sleep(3600)"]
print(({process}).pid, flush=True)
sys.stdin.read()
"""
#: What starts a process, in a program of its own.
STARTERS = {
    "benchmarks": "__import__('benchmarks.process').process.launch(sleep)[0]",
    "reference": "__import__('kafkaconform.reference').reference.Reference(port=1, is_tied=True)._spawn(sleep, log, log)",
    "command": "__import__('subprocess').Popen(__import__('kafkaconform.orphans').orphans.tied(sleep))",
    "broker": "__import__('tests.support.broker').support.broker.start_broker(log_path=log, is_tied=True).process",
}


@pytest.mark.parametrize("starter", STARTERS)
def test_what_was_started_ends_with_who_started_it(starter: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM.format(process=STARTERS[starter]), str(tmp_path / "log")]
    with subprocess.Popen(
        command, env=environment(), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        try:
            assert parent.stdout is not None
            child = os.pidfd_open(int(parent.stdout.readline()))
        finally:
            parent.kill()
    try:
        ended, _, _ = select.select([child], [], [], 10)
    finally:
        os.close(child)
    assert ended, "it still runs"
