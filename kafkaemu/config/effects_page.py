"""docs/configs.md, made from the tables of keys and of their effects: ``python -m kafkaemu.config.effects_page > docs/configs.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from kafkaemu.config.effects import TABLES, Effect, Kind, effect
from kafkaemu.config.table import ConfigKey

_INTRODUCTION = """\
# Configuration keys

Made from the tables in `kafkaemu/config` by `python -m kafkaemu.config.effects_page > docs/configs.md`.

Every key of Apache Kafka 4.3 is known: its values are checked, kept and told (`DescribeConfigs`) as Kafka does. What it then does
stands here. Defaults are Kafka's; the few that kafkaemu starts with instead are in [defaults.md](defaults.md). A broker key is set
with `--set`, in a `server.properties` file, or at run time where it may change; then it takes effect before the change is answered.
"""
_TITLES = {
    "broker": "Keys of the broker",
    "topic": "Keys of topics",
    "group": "Keys of groups",
}
_SECTIONS = {
    Kind.EFFECTIVE: "Take effect",
    Kind.LATER: "Wait for a feature that is not built yet",
    Kind.NONE: "Have no effect here",
}


def page() -> str:
    """The whole page."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield _INTRODUCTION
    for resource, table in TABLES.items():
        effects = {
            name: found for name in sorted({*table, *table.internal}) if (found := effect(resource, name)) is not None
        }
        yield f"## {_TITLES[resource]}\n"
        for kind, title in _SECTIONS.items():
            keys = [table[name] for name, found in effects.items() if found.kind is kind]
            if not keys:
                continue
            yield f"### {title}: {len(keys)}\n"
            yield from _described(keys, effects) if kind is Kind.EFFECTIVE else _grouped(keys, effects)
            yield ""


def _described(keys: list[ConfigKey], effects: dict[str, Effect]) -> Iterator[str]:
    yield "| key | default | changes | what it does |"
    yield "|---|---|---|---|"
    for key in keys:
        yield f"| `{key.name}` | {_default(key)} | {_mode(key)} | {_cell(effects[key.name].text)} |"


def _grouped(keys: list[ConfigKey], effects: dict[str, Effect]) -> Iterator[str]:
    reasons = dict.fromkeys(effects[key.name].text for key in keys)
    for number, reason in enumerate(reasons):
        if number:
            yield ""
        yield f"{reason}\n"
        yield "| key | default | changes |"
        yield "|---|---|---|"
        for key in keys:
            if effects[key.name].text == reason:
                yield f"| `{key.name}` | {_default(key)} | {_mode(key)} |"


def _mode(key: ConfigKey) -> str:
    return "at run time" if key.dynamic else "at start"


def _default(key: ConfigKey) -> str:
    if key.required:
        return "none"
    text = key.default_text
    return "null" if text is None else f"`{_cell(text)}`" if text else "empty"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
