"""Where something differs, in words that a reader can look up."""

import json
import re

from kafkaconform.outcome import Tree
from kafkaconform.results import Difference, Result
from kafkawire.errors import ErrorCode
from kafkawire.index import APIS

#: Longer values are cut where one line has to do; the JSON report holds them whole.
SHOWN_CHARACTERS_MAX = 60

_API_KEY = re.compile(r"(?<=^api_keys\.)(\d+)")
_ERRORS = {int(code): code.name for code in ErrorCode}
_STEP = re.compile(r"steps\[(\d+)\]\.?(?:outcome\.?)?(?:answer\.)?(.*)", re.DOTALL)


def step_of(difference: Difference) -> int | None:
    """Index of the step a difference is in; None for one that is in none."""
    found = _STEP.fullmatch(difference.where)
    return int(found[1]) if found else None


def place(result: Result, difference: Difference) -> str:
    """``Fetch v11: responses[0].error_code``: which request it is about, and where in its answer."""
    found = _STEP.fullmatch(difference.where)
    if not found:
        return difference.where
    field = _API_KEY.sub(lambda key: key[0] + api_name(key[1]), found[2])
    return f"{step_title(result, int(found[1]))}: {field or 'what came'}"


def step_title(result: Result, index: int) -> str:
    """What was asked in a step: ``Fetch v11``, and the connection if there are several."""
    for steps in (result.expected, result.actual):
        if steps and index < len(steps):
            connection = steps[index]["connection"]
            several = any(step["connection"] != connection for step in steps)
            return f"{steps[index]['request']}{f' on connection {connection}' if several else ''}"
    return f"step {index + 1}"


def one_line(value: Tree, limit: int = SHOWN_CHARACTERS_MAX) -> str:
    """A value as JSON, cut to ``limit`` characters."""
    return shortened(json.dumps(value, ensure_ascii=False), limit)


def shortened(text: str, limit: int) -> str:
    """``text``, cut to ``limit`` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def two_lines(expected: Tree, actual: Tree, limit: int = SHOWN_CHARACTERS_MAX) -> tuple[str, str]:
    """Two values that differ, each as `one_line` has it, cut so that the first character that differs is seen."""
    whole = [json.dumps(value, ensure_ascii=False) for value in (expected, actual)]
    pairs = enumerate(zip(*whole, strict=False))
    alike = next((place for place, (left, right) in pairs if left != right), min(map(len, whole)))
    if max(map(len, whole)) > limit and alike > limit // 2:
        whole = [f"…{text[alike - limit // 4 :]}" for text in whole]
    return shortened(whole[0], limit), shortened(whole[1], limit)


def api_name(key: str) -> str:
    """``" (Fetch)"``: the name of an API, after its key; nothing of one that clients do not ask for."""
    api = APIS.get(int(key)) if key.isdecimal() else None
    return f" ({api.name})" if api else ""


def meaning(where: str, value: Tree) -> str:
    """``" UNKNOWN_TOPIC_OR_PARTITION"``: the name of an error, after its number; nothing of what is none."""
    if where.rpartition(".")[2] != "error_code" or not isinstance(value, int) or value not in _ERRORS:
        return ""
    return f" {_ERRORS[value]}"


def sentence(result: Result, difference: Difference) -> str:
    """A difference as one line."""
    expected, actual = told(difference)
    return f"{place(result, difference)}: expected {expected}, was {actual}"


def told(difference: Difference) -> list[str]:
    """What was expected and what it was, each on a line, errors with their names."""
    values = (difference.expected, difference.actual)
    return [line + meaning(difference.where, value) for line, value in zip(two_lines(*values), values, strict=True)]
