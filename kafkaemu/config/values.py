"""Texts of configuration values: parsing, checking, printing, with the reference's messages (ConfigDef).

Types are Kafka's: BOOLEAN, STRING, INT, SHORT, LONG, DOUBLE, LIST, CLASS, PASSWORD. In Python a value is a bool, str, int,
float, tuple of str, or None for null.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

Value: TypeAlias = "bool | int | float | str | tuple[str, ...] | None"
#: (key, value): raises `ConfigError` for a value that the key does not take.
Validator: TypeAlias = "Callable[[str, Value], None]"

_INTEGER_BITS = {"SHORT": 16, "INT": 32, "LONG": 64}
#: Significant digits of the greatest of them.
_DIGITS_MAX = 19
# Patterns are compiled on first use (re caches them): compiling them all would be most of the cost of importing this.
_DOUBLE = r"([+-]?)(?:(NaN)|(Infinity)|((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[fFdD]?)"
_DURATION = (
    r"by_duration:([-+]?)(?i:P(?=.)(?:([-+]?[0-9]+)D)?"
    r"(?:T(?=.)(?:([-+]?[0-9]+)H)?(?:([-+]?[0-9]+)M)?(?:([-+]?[0-9]+(?:\.[0-9]{0,9})?)S)?)?)"
)


class ConfigError(ValueError):
    """A configuration that cannot be: one sentence for the user, naming the key and the value.

    ``hint`` is what to write instead, where the reference's sentence does not say it.
    """

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint

    @property
    def with_hint(self) -> str:
        """The sentence for people; the reference's alone is for clients."""
        return f"{self}; {self.hint}" if self.hint else str(self)


def invalid(name: str, value: object, reason: str) -> ConfigError:
    """The reference's sentence for a value that a key does not take."""
    return ConfigError(f"Invalid value {value} for configuration {name}: {reason}")


def parse(name: str, kind: str, text: str) -> Value:
    """The value that ``text`` stands for. Blanks around it are dropped. Raises `ConfigError`."""
    given, text = text, text.strip()
    if kind == "BOOLEAN":
        if text.lower() not in ("true", "false"):
            raise invalid(name, given, "Expected value to be either true or false")
        return text.lower() == "true"
    if kind in _INTEGER_BITS:
        if (number := java_int(text, _INTEGER_BITS[kind])) is not None:
            return number
        raise invalid(name, given, f"Not a number of type {kind}")
    if kind == "DOUBLE":
        if (match := re.fullmatch(_DOUBLE, text, re.ASCII)) is None:
            raise invalid(name, given, "Not a number of type DOUBLE")
        sign, nan, infinity, digits = match.groups()
        return float(nan or sign + (infinity or digits))
    if kind == "LIST":
        return tuple(dict.fromkeys(items_of(text)))
    return text


def java_int(text: str, bits: int = 32) -> int | None:
    """What ``Integer.parseInt`` makes of a text, or its like for so many ``bits``; None where that is no such number, however long
    it is. Digits may be of any script."""
    sign, digits = (text[0], text[1:]) if text[:1] in ("+", "-") else ("", text)
    significant = digits.lstrip("0")
    if not digits.isdecimal() or len(significant) > _DIGITS_MAX:
        return None
    value = int(f"{sign}{significant or 0}")
    bound = 1 << (bits - 1)
    return value if -bound <= value < bound else None


def items_of(text: str) -> tuple[str, ...]:
    """The items of a list, as many as there are commas and one; none of a blank text."""
    return tuple(item.strip() for item in text.split(",")) if text.strip() else ()


def java_double(value: float) -> str:
    """A double as Java prints it: ``0.5``, ``1.0E-5``, ``1.7976931348623157E308``."""
    if value != value or value in (float("inf"), float("-inf")):
        return "NaN" if value != value else ("Infinity" if value > 0 else "-Infinity")
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    # Both languages print the shortest digits that mean this double; only their arrangement differs.
    plain, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = plain.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    return f"{'-' * (value < 0)}{digits[0]}.{digits[1:] or '0'}E{point - 1}"


def text_of(value: Value) -> str | None:
    """The text that describes a value, as ``ConfigDef.convertToString`` makes it; None for null."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(value)
    return java_double(value) if isinstance(value, float) else str(value)


def shown(value: Value) -> str:
    """A value as the reference prints it inside a message."""
    return f"[{', '.join(value)}]" if isinstance(value, tuple) else text_of(value) or ""


def validator(valid_values: str) -> Validator | None:
    """The check that a key's valid values, in the table's notation, stand for; None where anything goes."""
    if ",...," in valid_values or ",...]" in valid_values:
        bounds, _, rest = valid_values[1:].partition("]")
        if bounds[0] != "p":  # not [partitionId]:[brokerId],...
            low, _, high = bounds.partition(",...")
            return _within(int(low), _number(high[1:]) if high else None, rest == " or -1")
    if valid_values.startswith("[partitionId]"):
        return _throttled_replicas
    if valid_values.endswith("by_duration:PnDTnHnMn.nS]"):
        return _offset_reset
    if valid_values == "non-empty string":
        return _non_empty
    if valid_values.startswith(("[", "(case insensitive) [")):
        choices = valid_values[valid_values.index("[") + 1 : -1]
        return _one_of(tuple(choices.split(", ")), valid_values.startswith("("))
    return None


def _number(text: str) -> float:
    return float(text) if "." in text else int(text)


def _within(low: int, high: float | None, or_minus_one: bool) -> Validator:
    def check(name: str, value: Value) -> None:
        if value is None or not isinstance(value, (int, float)):
            return
        if or_minus_one:
            if value != -1 and not low <= value <= (high or low):
                raise invalid(name, shown(value), f"Value must be between {low} and {high} or equal to -1")
        elif value < low:
            raise invalid(name, shown(value), f"Value must be at least {low}")
        elif high is not None and value > high:
            raise invalid(name, shown(value), f"Value must be no more than {high}")

    return check


def _one_of(choices: tuple[str, ...], any_case: bool) -> Validator:
    known = frozenset(choice.upper() if any_case else choice for choice in choices)
    note = " (case insensitive)" if any_case else ""

    def check(name: str, value: Value) -> None:
        for one in value if isinstance(value, tuple) else (value,):
            if one is not None and (str(one).upper() if any_case else one) not in known:
                raise invalid(name, one, f"String must be one of{note}: {', '.join(choices)}")

    return check


def _non_empty(name: str, value: Value) -> None:
    if value == "":
        raise invalid(name, "", "String must be non-empty")


def _throttled_replicas(name: str, value: Value) -> None:
    if not isinstance(value, tuple) or value in ((), ("*",)):
        return
    if not all(re.fullmatch(r"(?:[0-9]+:[0-9]+)?", replica, re.ASCII) for replica in value):
        form = "[partitionId]:[brokerId],[partitionId]:[brokerId],..."
        raise invalid(
            name, shown(value), f"{name} must be the literal '*' or a list of replicas in the following format: {form}"
        )


def _offset_reset(name: str, value: Value) -> None:
    text = str(value)
    if text in ("latest", "earliest"):
        return
    if (match := re.fullmatch(_DURATION, text, re.ASCII)) is not None:
        sign, *parts = match.groups()
        units = zip((86_400, 3_600, 60, 1), parts, strict=True)
        seconds = sum(unit * float(part) for unit, part in units if part)
        if (-seconds if sign == "-" else seconds) >= 0:
            return
    raise invalid(
        name,
        text,
        f"Invalid value `{text}` for configuration {name}. The value must be either 'earliest', 'latest' or of the format "
        "'by_duration:<PnDTnHnMn.nS>'.",
    )
