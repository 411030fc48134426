"""What RE2 takes for a regular expression (more of it is recorded: list_transactions/by_pattern)."""

from __future__ import annotations

import pytest

from kafkaemu.config.re2 import is_re2


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "orders-.*",
        "a(?i)*",
        "a*(?i)*",
        "^*",
        "x{01}",
        "x{2,1",
        "{",
        "(?<a>x)(?P<b>y)",
        r"\Qa*(",
        r"\Qab\E*",
        r"a\Q\E*",
        r"[\d-z]",
        "[]]",
        r"\p{^Greek}",
        r"\x{10FFFF}",
        r"[\101-\x42]",
        r"\12",
        r"\é",
    ],
)
def test_what_re2_takes(pattern: str) -> None:
    assert is_re2(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "*",
        "a**",
        "{2}",
        "a{2}{3}",
        "a{3,2}",
        "a{1001}",
        "{*",
        "(",
        ")",
        "(?=a)",
        "(?<n>a)(?P<n>b)",
        "(?i-)a",
        "(?x)a",
        "[",
        "[a",
        "[z-a]",
        "[[:]",
        "[[:nope:]]",
        r"[a-\d]",
        "\\",
        r"\1",
        r"\8",
        r"\Z",
        r"\p{greek}",
        r"\pQ",
        r"\p",
        r"\x{110000}",
        r"\xg0",
        r"[\q]",
        "[a-",
    ],
)
def test_what_re2_refuses(pattern: str) -> None:
    assert not is_re2(pattern)
