"""The reference page: it is there, complete, and what the declarations say today."""

from __future__ import annotations

from pathlib import Path

import pytest

from kafkawire.declare import (
    Array,
    Int16,
    Int32,
    Message,
    String,
    Struct,
    TopLevel,
    nullable,
    record,
    since,
    struct,
    tagged,
    until,
)
from kafkawire.index import APIS
from kafkawire.reference import message, page
from kafkawire.show import main

PAGE = Path(__file__).parents[3] / "codecs" / "REFERENCE.md"


@struct
class Inner(Message):
    """Part of it."""

    number: int = Int32("How many.", since(2), default=-1)
    gone: int = Int16("What was.", until(1))


@record(7, versions=(0, 3), flexible=2)
class Sample(TopLevel):
    """Shows what `one` can hold: | and *.

    And a __second__
    paragraph.
    """

    name: str | None = String("Name of it | or null.", nullable(1), default=None)
    inner: Inner = Struct(Inner, "One.", since(1))
    others: list[Inner] = Array(Inner, "More.", since(2), tagged(4, since=3))
    old: str = String("Old.", since(1), until(1))


def test_a_message_becomes_a_table() -> None:
    assert "\n".join(message(Sample)).splitlines() == [
        "#### Sample",
        "",
        r"Shows what `one` can hold: \| and \*.",
        "",
        r"And a \__second\__ paragraph.",
        "",
        "Key 7, versions 0-3, flexible from 2.",
        "",
        "| field | type | versions | default | meaning |",
        "|---|---|---|---|---|",
        r"| `name` | string? (1+) | 0+ | null | Name of it \| or null. |",
        "| `inner` | Inner | 1+ |  | One. |",
        "| `inner.number` | int32 | 2+ | -1 | How many. |",
        "| `inner.gone` | int16 | 1 |  | What was. |",
        "| `others[]` | array of Inner, tag 4 (3+) | 2+ |  | More. |",
        "| `others[].number` | int32 | 2+ | -1 | How many. |",
        "| `old` | string | 1 |  | Old. |",
    ]


def test_the_page_in_the_repository_is_what_the_declarations_say() -> None:
    shown = PAGE.read_text(encoding="utf-8")
    assert shown == page(), "stale: python -m kafkawire reference > codecs/REFERENCE.md"


def test_the_page_names_every_message_and_field() -> None:
    shown = page()
    for api in APIS.values():
        for cls in (api.request, api.response):
            _, _, rest = shown.partition(f"#### {cls.__name__}\n")
            section, _, _ = rest.partition("\n#### ")
            for field in cls.FIELDS:
                assert f"| `{field.name}{'[]' if field.is_array else ''}` |" in section, f"{cls.__name__}.{field.name}"


def test_the_command_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reference"]) == 0
    assert capsys.readouterr().out == page()
