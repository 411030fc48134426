"""Bytes that are no messages end as the error promised for them: a short run here, ten million inputs with `make soak`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.support import wire_fuzz

ROOT = Path(__file__).resolve().parents[3]


def test_a_short_run_finds_nothing() -> None:
    tally, chunk = wire_fuzz.run(10_000)
    assert tally.findings == []
    assert tally.accepted > 500
    assert chunk == 40


def test_runs_can_be_repeated_and_continued() -> None:
    first, middle = wire_fuzz.run(500)
    second, end = wire_fuzz.run(500, start=middle)
    whole, same = wire_fuzz.run(1000)
    assert end == same
    assert first.accepted + second.accepted == whole.accepted


def test_every_message_has_its_turn() -> None:
    combinations = len(wire_fuzz.combinations())
    turns = {
        (chunk - chunk // wire_fuzz.RECORDS_EVERY - 1) % combinations
        for chunk in range(combinations * 2)
        if chunk % wire_fuzz.RECORDS_EVERY
    }
    assert turns == set(range(combinations))


def test_a_decoder_that_breaks_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(data: bytes) -> None:
        raise KeyError(len(data))

    monkeypatch.setattr(wire_fuzz, "record_readers", lambda: [broken])
    tally = wire_fuzz.Tally()
    wire_fuzz.records_chunk(0, random.Random(1), tally)
    assert len(tally.findings) == wire_fuzz.CHUNK_INPUTS
    assert "KeyError" in tally.findings[0]


@pytest.mark.soak
def test_ten_million_inputs_find_nothing() -> None:
    import os
    import subprocess
    import sys

    ended = subprocess.run(
        [sys.executable, "-m", "tests.support.wire_fuzz"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "codecs")])},
        capture_output=True,
        text=True,
        check=False,
    )
    print(ended.stdout)
    assert ended.returncode == 0, ended.stdout + ended.stderr
