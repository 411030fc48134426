"""The transcripts of Kafka's tools that are kept: ours differs from Kafka's only where a reason is given."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).parents[3] / "conformance" / "tools"


def compared(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TOOLS / "explained.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_every_difference_has_a_reason_and_every_reason_a_difference() -> None:
    finished = compared()
    assert finished.returncode == 0, finished.stderr


def test_another_difference_is_told(tmp_path: Path) -> None:
    ours = (TOOLS / "kafkaemu.txt").read_text(encoding="utf-8")
    changed = tmp_path / "changed.txt"
    changed.write_text(ours.replace("Created topic orders.", "Made topic orders."), encoding="utf-8")
    finished = compared(str(changed))
    assert finished.returncode == 1
    assert "-Created topic orders." in finished.stderr
    assert "+Made topic orders." in finished.stderr
