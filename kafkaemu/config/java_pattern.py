"""Regular expressions of Java that clients send, matched in a time that only grows with the text (KIP-714's ``match``).

Theory. A pattern becomes an automaton whose states are tried side by side, character by character (Thompson's construction), so
that no pattern makes the broker wait the way backtracking does, in Java as in Python. That leaves out what no such automaton can do:
back references, looking around, atomic groups and possessive repetitions. They are no patterns here, and neither is one of more
than `STATES_MAX` states, of a flag but ``i`` and ``s``, or of a class of characters that is not in `_POSIX` or a category of Unicode.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

STATES_MAX = 1000
#: How deep groups, and classes of characters, may lie inside one another.
DEPTH_MAX = 50
#: How many states are looked at for one text; beyond that it does not match. An ordinary pattern takes a few for each character.
VISITS_MAX = 100_000

Test = Callable[[str], bool]
#: What has to be so between two characters of a text, in front of this index.
Place = Callable[[str, int], bool]

_LINE_ENDS = "\n\r\x85\u2028\u2029"
_WORD = frozenset(string.ascii_letters + string.digits + "_")
_SPACE = frozenset(" \t\n\x0b\f\r")
_BLANK = frozenset(" \t\xa0\u1680\u180e\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))))
_CLASSES: dict[str, frozenset[str]] = {
    "d": frozenset(string.digits),
    "h": _BLANK,
    "s": _SPACE,
    "v": frozenset("\x0b\f" + _LINE_ENDS),
    "w": _WORD,
}
_ASCII = frozenset(map(chr, range(128)))
_POSIX: dict[str, frozenset[str]] = {
    "Lower": frozenset(string.ascii_lowercase),
    "Upper": frozenset(string.ascii_uppercase),
    "ASCII": _ASCII,
    "Alpha": frozenset(string.ascii_letters),
    "Digit": frozenset(string.digits),
    "Alnum": frozenset(string.ascii_letters + string.digits),
    "Punct": frozenset(string.punctuation),
    "Graph": frozenset(string.ascii_letters + string.digits + string.punctuation),
    "Print": frozenset(string.ascii_letters + string.digits + string.punctuation + " "),
    "Blank": frozenset(" \t"),
    "Cntrl": frozenset(one for one in _ASCII if unicodedata.category(one) == "Cc"),
    "XDigit": frozenset(string.hexdigits),
    "Space": _SPACE,
}
_CATEGORY = re.compile(r"[CLMNPSZ][a-z]?")
_COUNTS = re.compile(r"\{([0-9]{1,9})(,([0-9]{0,9}))?\}")
_GROUP = re.compile(r"\(\?(?:<[a-zA-Z][a-zA-Z0-9]*>|([is]*)(-[is]+)?([:)]))")
_CODE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]+)\}|u([0-9A-Fa-f]{4})|0([0-3]?[0-7]{1,2}))")
_CONTROLS = {"a": "\a", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class NoPattern(ValueError):
    """Java does not take the pattern, or it cannot be matched in a bounded time."""


class JavaPattern:
    """A pattern that whole texts match, or not. Raises `NoPattern`."""

    def __init__(self, pattern: str) -> None:
        #: Of each state: what character it takes, or what has to be so without one being taken; and the states behind it.
        self._tests: list[Test | None] = [None]
        self._places: list[Place | None] = [None]
        self._next: list[list[int]] = [[]]
        self._start = self._build(_Reader(pattern).read(), 0)

    def matches(self, text: str) -> bool:
        """Whether all of ``text`` is what the pattern says."""
        left = VISITS_MAX
        states = self._reached([self._start], text, 0)
        for index, character in enumerate(text, 1):
            left -= len(states)
            if not states or left < 0:
                return False
            taken = [
                self._next[state][0] for state in states if (test := self._tests[state]) is not None and test(character)
            ]
            states = self._reached(taken, text, index)
        return 0 in states

    def _reached(self, states: Iterable[int], text: str, index: int) -> set[int]:
        """These states, and those that come after them without a character. The last one, behind all else, is 0."""
        found: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state in found:
                continue
            found.add(state)
            place = self._places[state]
            if self._tests[state] is None and (place is None or place(text, index)):
                waiting += self._next[state]
        return found

    def _state(self, *behind: int, test: Test | None = None, place: Place | None = None) -> int:
        if len(self._tests) >= STATES_MAX:
            raise NoPattern("too large")
        self._tests.append(test)
        self._places.append(place)
        self._next.append(list(behind))
        return len(self._tests) - 1

    def _build(self, node: _Node, behind: int) -> int:
        """The first of the states that a part of the pattern becomes, in front of the one ``behind`` it."""
        if isinstance(node, _Character):
            return self._state(behind, test=node.test)
        if isinstance(node, _Between):
            return self._state(behind, place=node.place)
        if isinstance(node, _Sequence):
            for part in reversed(node.parts):
                behind = self._build(part, behind)
            return behind
        if isinstance(node, _Choice):
            return self._state(*(self._build(part, behind) for part in node.parts))
        return self._build_repetition(node, behind)

    def _build_repetition(self, node: _Repetition, behind: int) -> int:
        start = behind
        if node.most is None:
            start = loop = self._state(behind)
            self._next[loop].append(self._build(node.part, loop))
        else:
            for _ in range(node.most - node.least):
                start = self._state(behind, self._build(node.part, start))
        for _ in range(node.least):
            before, start = start, self._build(node.part, start)
            if start == before:
                break  # of nothing, however often
        return start


class _Character:
    __slots__ = ("test",)

    def __init__(self, test: Test) -> None:
        self.test = test


class _Between:
    __slots__ = ("place",)

    def __init__(self, place: Place) -> None:
        self.place = place


class _Sequence:
    __slots__ = ("parts",)

    def __init__(self, parts: list[_Node]) -> None:
        self.parts = parts


class _Choice:
    __slots__ = ("parts",)

    def __init__(self, parts: list[_Node]) -> None:
        self.parts = parts


class _Repetition:
    __slots__ = ("least", "most", "part")

    def __init__(self, part: _Node, least: int, most: int | None) -> None:
        self.part, self.least, self.most = part, least, most


_Node = _Character | _Between | _Sequence | _Choice | _Repetition


class _Reader:
    """Reads a pattern from left to right, once."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = self._depth = 0
        self._ignores_case = self._dot_is_all = False

    def read(self) -> _Node:
        node = self._choice()
        if self._at < len(self._pattern):
            raise NoPattern(self._pattern)
        return node

    def _peek(self, length: int = 1) -> str:
        return self._pattern[self._at : self._at + length]

    def _take(self) -> str:
        self._at += 1
        return self._pattern[self._at - 1 : self._at]

    def _match(self, wanted: re.Pattern[str]) -> re.Match[str] | None:
        found = wanted.match(self._pattern, self._at)
        if found is not None:
            self._at = found.end()
        return found

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise NoPattern(self._pattern)

    def _choice(self) -> _Node:
        parts = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            parts.append(self._sequence())
        return _Choice(parts) if len(parts) > 1 else parts[0]

    def _sequence(self) -> _Node:
        parts: list[_Node] = []
        while self._peek() not in ("", "|", ")"):
            if self._peek(2) == "\\Q":
                end = self._pattern.find("\\E", self._at)
                quoted = self._pattern[self._at + 2 : end if end >= 0 else None]
                self._at = end + 2 if end >= 0 else len(self._pattern)
                parts += [_Character(self._literal(one)) for one in quoted]
                if parts and quoted:
                    parts[-1] = self._repeated(parts[-1])
            elif (node := self._atom()) is not None:
                parts.append(self._repeated(node))
        return _Sequence(parts)

    def _repeated(self, node: _Node) -> _Node:
        character = self._peek()
        if character in ("*", "+", "?"):
            self._at += 1
            node = _Repetition(node, int(character == "+"), 1 if character == "?" else None)
        elif character == "{":
            node = _Repetition(node, *self._counts())
        else:
            return node
        # As few as possible is of no matter where all of a text has to match.
        self._at += self._peek() == "?"
        return node

    def _counts(self) -> tuple[int, int | None]:
        counts = self._match(_COUNTS)
        if counts is None:
            raise NoPattern(self._pattern)
        least = int(counts[1])
        most = int(counts[3]) if counts[3] else None if counts[2] else least
        if max(least, most or 0) > STATES_MAX or (most is not None and most < least):
            raise NoPattern(self._pattern)
        return least, most

    def _atom(self) -> _Node | None:
        """The next thing that may be repeated; None for flags, which are none."""
        character = self._peek()
        if character == "(":
            return self._group()
        if character == "[":
            self._at += 1
            return _Character(self._class())
        if character == "\\":
            return self._escape()
        if character == "{":
            return _Sequence([])  # which counts behind nothing repeat, and those behind a repetition
        if character in "*+?":
            raise NoPattern(self._pattern)
        self._at += 1
        if character == ".":
            return _Character((lambda one: True) if self._dot_is_all else (lambda one: one not in _LINE_ENDS))
        if character == "^":
            return _Between(lambda text, index: index == 0)
        if character == "$":
            return _Between(_is_last)
        return _Character(self._literal(character))

    def _group(self) -> _Node | None:
        outside = self._ignores_case, self._dot_is_all
        if self._peek(2) != "(?":
            self._at += 1
        else:
            found = self._match(_GROUP)
            if found is None:
                raise NoPattern(self._pattern)
            on, off = found[1] or "", found[2] or ""
            self._ignores_case = (self._ignores_case or "i" in on) and "i" not in off
            self._dot_is_all = (self._dot_is_all or "s" in on) and "s" not in off
            if found[3] == ")":
                return None  # for the rest of the group around
        self._enter()
        node = self._choice()
        self._depth -= 1
        if self._take() != ")":
            raise NoPattern(self._pattern)
        self._ignores_case, self._dot_is_all = outside
        return node

    def _escape(self) -> _Node:
        kind = self._peek(2)[1:]
        places: dict[str, Place] = {
            "A": lambda text, index: index == 0,
            "B": lambda text, index: not _is_boundary(text, index),
            "Z": _is_last,
            "b": _is_boundary,
            "z": lambda text, index: index == len(text),
        }
        if kind in places:
            self._at += 2
            return _Between(places[kind])
        return _Character(self._escaped_class() or self._literal(self._escaped_character()))

    def _literal(self, character: str) -> Test:
        return self._range(character, character)

    def _range(self, low: str, high: str) -> Test:
        if self._ignores_case:
            return lambda one: low <= one <= high or (one.isascii() and low <= one.swapcase() <= high)
        return lambda one: low <= one <= high

    def _escaped_class(self) -> Test | None:
        """The characters of an escaped class; None if something else is escaped."""
        kind = self._peek(2)[1:]
        if kind and kind.lower() in _CLASSES:
            self._at += 2
            return _of(_CLASSES[kind.lower()], is_in=kind.islower())
        if kind not in ("p", "P"):
            return None
        self._at += 2
        name = self._take()
        if name == "{":
            end = self._pattern.find("}", self._at)
            name, self._at = self._pattern[self._at : end], end + 1
            if end < 0:
                raise NoPattern(self._pattern)
        is_in = kind == "p"
        if name in _POSIX:
            return _of(_POSIX[name], is_in=is_in)
        name = name.removeprefix("Is")
        if _CATEGORY.fullmatch(name) is None:
            raise NoPattern(self._pattern)
        return lambda one: unicodedata.category(one).startswith(name) == is_in

    def _escaped_character(self) -> str:
        if found := self._match(_CODE):
            code = int(found[4], 8) if found[4] else int(found[1] or found[2] or found[3], 16)
            if code > 0x10FFFF:
                raise NoPattern(self._pattern)
            return chr(code)
        self._at += 1
        character = self._take()
        if character in _CONTROLS:
            return _CONTROLS[character]
        if not character or (character.isascii() and character.isalnum()):
            raise NoPattern(self._pattern)
        return character

    def _class(self) -> Test:
        """The characters between brackets, the first of which has been read."""
        self._enter()
        is_in = self._peek() != "^"
        self._at += not is_in
        tests: list[Test] = []
        while self._peek() != "]" or not tests:
            if self._peek(2) in ("&&", "\\Q"):
                raise NoPattern(self._pattern)
            tests.append(self._class_item())
        self._at += 1
        self._depth -= 1
        return lambda one: any(test(one) for test in tests) == is_in

    def _class_item(self) -> Test:
        if self._peek() == "[":
            self._at += 1
            return self._class()
        if self._peek() == "\\" and (test := self._escaped_class()) is not None:
            return test
        low = self._class_character()
        rest = self._peek(2)
        if not rest.startswith("-") or rest in ("-]", "-["):
            return self._literal(low)
        self._at += 1
        high = self._class_character()
        if high < low:
            raise NoPattern(self._pattern)
        return self._range(low, high)

    def _class_character(self) -> str:
        if self._peek() == "\\":
            return self._escaped_character()
        if not (character := self._take()):
            raise NoPattern(self._pattern)
        return character


def _of(characters: frozenset[str], *, is_in: bool) -> Test:
    return lambda one: (one in characters) == is_in


def _is_last(text: str, index: int) -> bool:
    """Whether nothing is left of the text but the end of its last line."""
    rest = text[index : index + 3]
    return (
        not rest or rest == "\r\n" or (len(rest) == 1 and rest in _LINE_ENDS and text[index - 1 : index + 1] != "\r\n")
    )


def _is_boundary(text: str, index: int) -> bool:
    before, after = text[index - 1 : index] if index else "", text[index : index + 1]
    return (before in _WORD) != (after in _WORD)


@lru_cache(maxsize=256)
def java_pattern(pattern: str) -> JavaPattern:
    """The pattern, which is read once. Raises `NoPattern`."""
    return JavaPattern(pattern)
