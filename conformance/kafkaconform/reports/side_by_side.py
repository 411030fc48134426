"""Two outcomes beside each other, row by row, so that what differs stands out and what is alike takes no room."""

from collections.abc import Iterator

import attrs

from kafkaconform.outcome import ABSENT, Tree
from kafkaconform.reports.places import api_name, meaning, one_line

#: So many children in a row that are alike take one row each; more share one.
ALIKE_SHOWN_MAX = 2
#: A value longer than this is cut.
VALUE_CHARACTERS_MAX = 400
ROWS_MAX = 120


@attrs.frozen
class Row:
    """One line: how deep in the tree, what it is called, what was expected and what it was, and whether the two differ."""

    depth: int
    name: str
    expected: str
    actual: str
    differs: bool


def side_by_side(expected: Tree, actual: Tree) -> list[Row]:
    """The rows of two outcomes; at most `ROWS_MAX`, the last of which then says how many there would be."""
    rows = list(_rows("outcome", expected, actual, 0))
    if len(rows) <= ROWS_MAX:
        return rows
    return [*rows[:ROWS_MAX], Row(0, f"… and {len(rows) - ROWS_MAX} more rows", "", "", True)]


def _rows(name: str, expected: Tree, actual: Tree, depth: int) -> Iterator[Row]:
    children = _children(name, expected, actual)
    if children is None or expected == actual:
        differs = type(expected) is not type(actual) or expected != actual
        yield Row(depth, name, _shown(name, expected), _shown(name, actual), differs)
        return
    yield Row(depth, name, "", "", True)
    alike: list[Row] = []
    for child, left, right in children:
        if type(left) is type(right) and left == right:
            alike += _rows(child, left, right, depth + 1)
            continue
        yield from _folded(alike)
        alike = []
        yield from _rows(child, left, right, depth + 1)
    yield from _folded(alike)


def _folded(rows: list[Row]) -> list[Row]:
    if len(rows) <= ALIKE_SHOWN_MAX:
        return rows
    return [Row(rows[0].depth, f"{rows[0].name} … {rows[-1].name}", "alike", "alike", False)]


def _children(name: str, expected: Tree, actual: Tree) -> list[tuple[str, Tree, Tree]] | None:
    if isinstance(expected, dict) and isinstance(actual, dict):
        keys = [*expected, *(key for key in actual if key not in expected)]
        named = api_name if name == "api_keys" else lambda _: ""
        return [(key + named(key), expected.get(key, ABSENT), actual.get(key, ABSENT)) for key in keys]
    if isinstance(expected, list) and isinstance(actual, list):
        pairs = range(max(len(expected), len(actual)))
        return [
            (f"[{i}]", expected[i] if i < len(expected) else ABSENT, actual[i] if i < len(actual) else ABSENT)
            for i in pairs
        ]
    return None


def _shown(name: str, value: Tree) -> str:
    return value if value == ABSENT else one_line(value, VALUE_CHARACTERS_MAX) + meaning(name, value)
