"""The page that says what is served and what proves it is up to date, and nothing on it is unproven."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent.parent


def test_the_coverage_page_is_what_would_be_written() -> None:
    done = subprocess.run([sys.executable, "conformance/tools/coverage.py", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0, "`make coverage` writes docs/coverage.md anew"


def test_every_version_that_is_served_has_a_recorded_answer() -> None:
    table = [line.split("|") for line in (ROOT / "docs" / "coverage.md").read_text("utf-8").splitlines() if "|" in line]
    names, unproven = table[0].index(" API "), table[0].index(" unproven ")
    assert [row[names].strip() for row in table[2:] if row[unproven].strip()] == []
