"""Whether a text is a regular expression of RE2, the syntax of the patterns that clients send (KIP-848, KIP-1152).

RE2 has no back references and no looking around, so a pattern is read from left to right, once. Two things decide whether a repetition
may follow: whether anything stands before it, and whether that is a repetition already. Scripts are those that RE2/J 1.8 knows.
"""

from __future__ import annotations

import re

REPEATS_MAX = 1000
"""Largest count of a repetition in braces."""

_CATEGORIES = "Any C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs"
_SCRIPTS = """Arabic Armenian Avestan Balinese Bamum Batak Bengali Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian
    Cham Cherokee Common Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari Egyptian_Hieroglyphs Ethiopic Georgian Glagolitic Gothic
    Greek Gujarati Gurmukhi Han Hangul Hanunoo Hebrew Hiragana Imperial_Aramaic Inherited Inscriptional_Pahlavi Inscriptional_Parthian
    Javanese Kaithi Kannada Katakana Kayah_Li Kharoshthi Khmer Lao Latin Lepcha Limbu Linear_B Lisu Lycian Lydian Malayalam Mandaic
    Meetei_Mayek Mongolian Myanmar New_Tai_Lue Nko Ogham Ol_Chiki Old_Italic Old_Persian Old_South_Arabian Old_Turkic Oriya Osmanya
    Phags_Pa Phoenician Rejang Runic Samaritan Saurashtra Shavian Sinhala Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le
    Tai_Tham Tai_Viet Tamil Telugu Thaana Thai Tibetan Tifinagh Ugaritic Unknown Vai Yi"""
_UNICODE_CLASSES = frozenset(_CATEGORIES.split() + _SCRIPTS.split())
_POSIX = "alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit"
_POSIX_CLASSES = frozenset(_POSIX.split())

_GROUP_NAME = re.compile(r"\(\?P?<([^>]*)>", re.DOTALL)
_FLAGS = re.compile(r"\(\?[imsU]*(?:-[imsU]+)?([:)])")
_COUNTS = re.compile(r"\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}")
_OCTAL = re.compile(r"\\(?:0[0-7]{0,2}|[1-7][0-7]{1,2})")
_HEX = re.compile(r"\\x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})")
_UNICODE = re.compile(r"\\[pP](?:\{\^?([^}]*)\}|([^{]))", re.DOTALL)
_CONTROLS = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}


class _Wrong(Exception):
    """The pattern is none."""


def is_re2(pattern: str) -> bool:
    """Whether RE2 takes this pattern."""
    try:
        _Reader(pattern).read()
    except _Wrong:
        return False
    return True


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._depth = 0
        self._names: set[str] = set()
        #: Something stands before that may be repeated.
        self._operand = False
        #: What stands before is a repetition.
        self._repeated = False

    def read(self) -> None:
        while self._at < len(self._pattern):
            character = self._pattern[self._at]
            if character in "*+?" or (character == "{" and _COUNTS.match(self._pattern, self._at)):
                self._repetition(character)
                continue
            # RE2/J takes a brace that begins no counts for a character, but lets none be repeated.
            self._repeated = character == "{"
            if character == "(":
                self._open()
            elif character == ")":
                if not self._depth:
                    raise _Wrong
                self._depth -= 1
                self._atom(1)
            elif character == "|":
                self._at += 1
                self._operand = False
            elif character == "[":
                self._class()
                self._operand = True
            elif character == "\\":
                self._backslash()
            else:
                self._atom(1)
        if self._depth:
            raise _Wrong

    def _atom(self, length: int) -> None:
        self._at += length
        self._operand = True

    def _repetition(self, character: str) -> None:
        length = 1
        if character == "{":
            counts = _COUNTS.match(self._pattern, self._at)
            assert counts is not None
            least, comma, most = counts[1], counts[2], counts[3]
            upper = int(most) if most is not None else int(least) if comma is None else None
            if int(least) > REPEATS_MAX or (upper is not None and (upper > REPEATS_MAX or int(least) > upper)):
                raise _Wrong
            length = len(counts[0])
        if not self._operand or self._repeated:
            raise _Wrong
        self._at += length
        if self._pattern[self._at : self._at + 1] == "?":
            self._at += 1  # as few as possible
        self._repeated = True

    def _open(self) -> None:
        if not self._pattern.startswith("(?", self._at):
            self._at += 1
        elif name := _GROUP_NAME.match(self._pattern, self._at):
            if not re.fullmatch(r"[A-Za-z0-9_]+", name[1]) or name[1] in self._names:
                raise _Wrong
            self._names.add(name[1])
            self._at = name.end()
        elif flags := _FLAGS.match(self._pattern, self._at):
            self._at = flags.end()
            if flags[1] == ")":
                return  # flags for what follows; they are nothing to repeat, and hide nothing
        else:
            raise _Wrong
        self._depth += 1
        self._operand = False

    def _backslash(self) -> None:
        kind = self._pattern[self._at + 1 : self._at + 2]
        if kind == "Q":
            end = self._pattern.find("\\E", self._at + 2)
            quoted = self._pattern[self._at + 2 : None if end < 0 else end]
            self._at = len(self._pattern) if end < 0 else end + 2
            self._operand = self._operand or bool(quoted)
        elif kind and kind in "AbBz":
            self._atom(2)
        elif not self._skip_class_escape():
            self._escape()
            self._operand = True
        else:
            self._operand = True

    def _skip_class_escape(self) -> bool:
        kind = self._pattern[self._at + 1 : self._at + 2]
        if kind and kind in "dDsSwW":
            self._at += 2
            return True
        if not kind or kind not in "pP":
            return False
        found = _UNICODE.match(self._pattern, self._at)
        if found is None or (found[2] if found[1] is None else found[1]) not in _UNICODE_CLASSES:
            raise _Wrong
        self._at = found.end()
        return True

    def _escape(self) -> int:
        """Pass an escaped character; its code."""
        character = self._pattern[self._at + 1 : self._at + 2]
        if octal := _OCTAL.match(self._pattern, self._at):
            self._at = octal.end()
            return int(octal[0][1:], 8)
        if character == "x":
            code = _HEX.match(self._pattern, self._at)
            if code is None or int(code[1] or code[2], 16) > 0x10FFFF:
                raise _Wrong
            self._at = code.end()
            return int(code[1] or code[2], 16)
        if not character or (character not in _CONTROLS and character.isascii() and character.isalnum()):
            raise _Wrong
        self._at += 2
        return _CONTROLS.get(character, ord(character))

    def _class(self) -> None:
        self._at += 2 if self._pattern.startswith("[^", self._at) else 1
        first = True
        while first or self._pattern[self._at : self._at + 1] != "]":
            first = False
            end = self._pattern.find(":]", self._at + 1) if self._pattern.startswith("[:", self._at) else -1
            if end >= 0:
                if self._pattern[self._at + 2 : end].removeprefix("^") not in _POSIX_CLASSES:
                    raise _Wrong
                self._at = end + 2
            elif not (self._pattern.startswith("\\", self._at) and self._skip_class_escape()):
                low = self._class_character()
                rest = self._pattern[self._at : self._at + 2]
                if rest.startswith("-") and rest != "-]":
                    self._at += 1
                    if self._class_character() < low:
                        raise _Wrong
        self._at += 1

    def _class_character(self) -> int:
        if self._at >= len(self._pattern):
            raise _Wrong
        if self._pattern[self._at] == "\\":
            return self._escape()
        self._at += 1
        return ord(self._pattern[self._at - 1])
