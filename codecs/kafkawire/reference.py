"""The reference page: every message, version and field, as Markdown made from the declarations.

``python -m kafkawire reference`` prints it; ``codecs/REFERENCE.md`` is what it printed last, and a test says when that is stale.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Sequence
from types import ModuleType

import attrs

from kafkawire import internal
from kafkawire.declare import LATEST, ZERO_UUID, Field, Message, TopLevel
from kafkawire.index import APIS, Api
from kafkawire.messages import headers

PREAMBLE = """# Messages of Kafka's protocol

Made by `python -m kafkawire reference` from the declarations in `kafkawire/messages` and `kafkawire/internal`: change those, then
make this page again.

Fields stand in wire order; `topics[].name` is a field of each element of `topics`. Versions are inclusive, `3+` lasts until the
newest. A type with `?` may be null, in brackets since when if not always; `tag 0` says in which tag the field travels and since
when. A default is what a field holds that a version lacks; where none is named it is zero, false, empty or a struct of such.
"""


def page() -> str:
    """The whole page, with a line break at its end."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield PREAMBLE
    yield from _contents()
    yield "## Headers\n"
    for header in _top_levels(headers):
        yield from message(header)
    yield "## Requests and responses\n"
    for api in APIS.values():
        yield f"### {api.name}\n"
        yield f"{_prose(_module_of(api.request))}\n\nFirst version that Kafka 4.3 serves: {api.oldest}.\n"
        yield from message(api.request)
        yield from message(api.response)
    yield "## Records and files\n"
    for module in _internal_modules():
        yield f"### {module.__name__.rpartition('.')[2]}\n"
        yield f"{_prose(module)}\n"
        for cls in _top_levels(module):
            yield from message(cls)


def _contents() -> Iterator[str]:
    yield "| key | API | versions | served from | flexible from |\n|---:|---|---|---:|---:|"
    for api in APIS.values():
        flexible = "" if api.flexible is None else str(api.flexible)
        yield f"| {api.key} | [{api.name}](#{api.name.lower()}) | {_versions_of(api)} | {api.oldest} | {flexible} |"
    names = (module.__name__.rpartition(".")[2] for module in _internal_modules())
    yield "\nRecords and files: " + ", ".join(f"[{name}](#{name})" for name in names) + ".\n"


def _versions_of(api: Api) -> str:
    return f"{api.first}-{api.last}" if api.first != api.last else str(api.first)


def message(cls: type[TopLevel]) -> Iterator[str]:
    """One message: its heading, what it is for, its fields in every version."""
    first, last = cls.VERSIONS
    facts = [f"versions {first}-{last}" if first != last else f"version {first}"]
    facts.append("none flexible" if last < cls.FLEXIBLE_SINCE else f"flexible from {cls.FLEXIBLE_SINCE}")
    if cls.KEY != -1:
        facts.insert(0, f"key {cls.KEY}")
    yield f"#### {cls.__name__}\n\n{_prose(cls)}\n\n{', '.join(facts).capitalize()}.\n"
    rows = list(_rows(cls, "", first, last, last))
    if rows:
        yield "| field | type | versions | default | meaning |\n|---|---|---|---|---|"
        yield from rows
        yield ""


def _rows(cls: type[Message], path: str, first: int, last: int, newest: int) -> Iterator[str]:
    """A line for each field that versions ``first`` to ``last`` have, those of structs behind their struct."""
    for field in cls.FIELDS:
        since, until = max(field.since, first), min(field.until, last)
        if since > until:
            continue
        name = path + field.name + ("[]" if field.is_array else "")
        cells = [f"`{name}`", _type(field, since, until), _range(since, until, newest), _default(field), field.meaning]
        yield "| " + " | ".join([*cells[:-1], _escaped(cells[-1])]) + " |"
        if field.struct is not None:
            yield from _rows(field.struct, name + ".", since, until, newest)


def _range(since: int, until: int, newest: int) -> str:
    if until == newest:
        return f"{since}+" if since < newest else str(since)
    return f"{since}-{until}" if since < until else str(since)


def _type(field: Field, since: int, until: int) -> str:
    kind = field.struct.__name__ if field.struct is not None else field.kind
    text = f"array of {kind}" if field.is_array else kind
    if field.nullable_since is not None and field.nullable_since <= until:
        text += "?"
        if field.nullable_until < min(until, LATEST):
            text += f" ({max(field.nullable_since, since)}-{field.nullable_until})"
        elif field.nullable_since > since:
            text += f" ({field.nullable_since}+)"
    if field.tag is not None:
        text += f", tag {field.tag}" + (f" ({field.tag_since}+)" if field.tag_since > since else "")
    return text if field.flexible else f"{text}, never compact"


def _default(field: Field) -> str:
    default = field.default
    if default is None:
        return "null"
    if isinstance(default, attrs.Factory) or default in (0, "", b"", ZERO_UUID):  # type: ignore[arg-type]
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)


def _escaped(text: str) -> str:
    """Text as Markdown prints it unchanged, code in double backticks aside."""
    parts = re.split(r"(``.+?``|`.+?`)", text)
    return "".join(
        f"`{part.strip('`')}`" if index % 2 else re.sub(r"([|*<>\[\]]|__)", r"\\\1", part)
        for index, part in enumerate(parts)
    )


def _prose(of: type[Message] | ModuleType) -> str:
    """A docstring as paragraphs of one line each."""
    paragraphs = re.split(r"\n\s*\n", (of.__doc__ or "").strip())
    return "\n\n".join(_escaped(" ".join(paragraph.split())) for paragraph in paragraphs)


def _module_of(cls: type[Message]) -> ModuleType:
    return importlib.import_module(cls.__module__)


def _internal_modules() -> list[ModuleType]:
    return [importlib.import_module(f"{internal.__name__}.{m.name}") for m in pkgutil.iter_modules(internal.__path__)]


def _top_levels(module: ModuleType) -> Sequence[type[TopLevel]]:
    """The messages a module declares, in the order in which it does."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, TopLevel) and value.__module__ == module.__name__
    ]
