"""What messages look like and what bytes say, for people: the commands of ``python -m kafkawire``.

- ``apis``: the APIs known, with their versions; ``apis --release 3.9``: those that a release of Kafka declares
- ``show Metadata 12``: the fields of a request and its response in one version; ``show OffsetCommitValue 4``: of one message
- ``decode DATA``: a request frame, with or without its length; ``decode --response Metadata 12 DATA``: a response (or ``--request``),
  either a frame that begins with its length or a body alone; ``--as OffsetCommitValue --version 4`` the content of that message.
  The data is hexadecimal, or a file that holds the bytes themselves
- ``reference``: every message, version and field, as a page in Markdown
"""

from __future__ import annotations

import argparse
import errno
import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from kafkawire import internal, reference, releases
from kafkawire.compiler import decode, raw_decoder
from kafkawire.declare import Field, Message, TopLevel
from kafkawire.framing import ProtocolViolation, parse_request_head
from kafkawire.index import APIS, Api
from kafkawire.messages import headers
from kafkawire.primitives import MalformedMessage, uuid_text

#: Longer bytes are cut in what is printed.
SHOWN_BYTES_MAX = 64


class Unknown(Exception):
    """A name, version or text that cannot be shown; the text says why."""


def message_class(name: str) -> type[TopLevel]:
    """The class of a request, response, header or record of an internal topic; `Unknown` if there is none."""
    for api in APIS.values():
        for suffix in ("Request", "Response"):
            if (api.name + suffix).lower() == name.lower():
                return api.request if suffix == "Request" else api.response
    modules = [headers, *(importlib.import_module(f"{internal.__name__}.{m.name}") for m in _modules(internal))]
    for module in modules:
        for known, value in vars(module).items():
            if known.lower() == name.lower() and isinstance(value, type) and issubclass(value, TopLevel):
                return value
    raise Unknown(f"no message is called {name}; `python -m kafkawire apis` lists the APIs")


def _modules(package: Any) -> list[pkgutil.ModuleInfo]:
    return list(pkgutil.iter_modules(package.__path__))


def api_table() -> Iterator[str]:
    """One line per API: key, name, versions declared, oldest that Kafka 4.3 serves, first flexible one."""
    yield f"{'key':>3}  {'name':26} {'versions':>8}  {'served from':>11}  {'flexible from':>13}"
    for api in APIS.values():
        flexible = "-" if api.flexible is None else str(api.flexible)
        yield f"{api.key:>3}  {api.name:26} {f'{api.first}-{api.last}':>8}  {api.oldest:>11}  {flexible:>13}"


def release_table(release: str) -> Iterator[str]:
    """One line per API that a release of Kafka declares; `releases.UnknownRelease` if there are no facts on it."""
    yield f"{'key':>3}  {'name':28} {'versions':>8}"
    for api in releases.declared(release).values():
        versions = f"{api.first}-{api.last}" if api.first != api.last else str(api.first)
        notes = [] if api.stable else [f"{api.last} not stable yet"]
        notes += [] if api.on_brokers else ["served by controllers only"]
        yield f"{api.key:>3}  {api.name:28} {versions:>8}  {', '.join(notes)}".rstrip()


def layout(cls: type[TopLevel], version: int) -> Iterator[str]:
    """The fields of one version, in wire order, with type and meaning; `Unknown` for a version there is not."""
    _version_of(cls, version)
    flexible = " (flexible)" if version >= cls.FLEXIBLE_SINCE else ""
    yield f"{cls.__name__} v{version}{flexible}"
    for line in (cls.__doc__ or "").strip().splitlines():
        yield f"  {line.strip()}".rstrip()
    yield from _fields(cls, version, 1)


def _fields(cls: type[Message], version: int, depth: int) -> Iterator[str]:
    for field in cls.FIELDS:
        if field.in_version(version):
            yield f"{'  ' * depth}{field.name}: {_type(field, version)}  # {field.meaning}"
            if field.struct is not None:
                yield from _fields(field.struct, version, depth + 1)


def _type(field: Field, version: int) -> str:
    kind = field.struct.__name__ if field.struct is not None else field.kind
    text = f"[{kind}]" if field.is_array else kind
    text += "?" if field.nullable_in(version) else ""
    if not isinstance(field.default, attrs.Factory):  # type: ignore[arg-type]
        text += f" = {_value(field.default)}"
    return text + (f" (tag {field.tag})" if field.tagged_in(version) else "")


def content(message: Message, version: int, depth: int = 0) -> Iterator[str]:
    """A message as indented lines, the fields of its version only."""
    indent = "  " * depth
    for field in message.FIELDS:
        if not field.in_version(version):
            continue
        value = getattr(message, field.name)
        if field.struct is None or value is None or value == []:
            yield f"{indent}{field.name}: {_value(value)}"
        elif field.is_array:
            for index, item in enumerate(value):
                yield f"{indent}{field.name}[{index}]"
                yield from content(item, version, depth + 1)
        else:
            yield f"{indent}{field.name}"
            yield from content(value, version, depth + 1)
    for tag, data in (message.unknown_tagged_fields or {}).items():
        yield f"{indent}unknown tag {tag}: {_value(data)}"


def _value(value: Any) -> str:
    if isinstance(value, memoryview):
        value = bytes(value)
    if isinstance(value, bytes):
        if len(value) == 16:
            return f"{value.hex()} ({uuid_text(value)})"
        shown = value[:SHOWN_BYTES_MAX].hex()
        return f"{len(value)} bytes {shown}{'…' if len(value) > SHOWN_BYTES_MAX else ''}".rstrip()
    return "null" if value is None else repr(value)


def decoded_request(data: bytes) -> Iterator[str]:
    """A request frame, with or without its length in front."""
    data = _without_length(data) or data
    head = parse_request_head(data)
    api: Api = APIS[head.api_key]
    yield f"{api.name}Request v{head.version}, correlation id {head.correlation_id}, client id {head.client_id!r}"
    first, last = api.request.VERSIONS
    if not first <= head.version <= last:
        raise Unknown(f"{api.name}Request has versions {first} to {last}")
    yield from content(decode(api.request, head.version, data[head.body :], lenient=True), head.version, 1)


def decoded_message(kind: str, api_name: str, version_text: str, data: bytes) -> Iterator[str]:
    """A request or response of an API, called by key or name: a frame with its length in front, or a body alone."""
    api = _api(api_name)
    cls = api.request if kind == "request" else api.response
    version = _version_of(cls, version_text)
    yield f"{cls.__name__} v{version}"
    frame = _without_length(data)
    if frame is not None:
        header = headers.RequestHeader if kind == "request" else headers.ResponseHeader
        header_version = (
            api.request_header_version(version) if kind == "request" else api.response_header_version(version)
        )
        head, position = raw_decoder(header, header_version)(frame, 0)
        yield f"  {header.__name__} v{header_version}"
        yield from content(head, header_version, 2)
        data = frame[position:]
    yield from content(decode(cls, version, data), version, 1)


def _without_length(data: bytes) -> bytes | None:
    """What follows the length in front of a frame; None if it does not begin with its length."""
    return data[4:] if len(data) > 4 and int.from_bytes(data[:4], "big") == len(data) - 4 else None


def _api(name: str) -> Api:
    for api in APIS.values():
        if name == str(api.key) or name.lower() == api.name.lower():
            return api
    raise Unknown(f"no API has the key or name {name}; `python -m kafkawire apis` lists them")


def _version_of(cls: type[TopLevel], text: str | int | None) -> int:
    """A version that the message has; None stands for the newest."""
    first, last = cls.VERSIONS
    if text is None:
        return last
    if not str(text).isdecimal() or not first <= int(text) <= last:
        raise Unknown(f"{cls.__name__} has versions {first} to {last}, not {text}")
    return int(text)


def _layouts(name: str, version: int | None) -> Iterator[str]:
    apis = [api for api in APIS.values() if api.name.lower() == name.lower()]
    classes = [apis[0].request, apis[0].response] if apis else [message_class(name)]
    for cls in classes:
        yield from layout(cls, cls.VERSIONS[1] if version is None else version)


def _bytes_of(text: str) -> bytes:
    """The bytes of a file of that name, or those that the text says in hexadecimal."""
    try:
        if Path(text).is_file():
            return Path(text).read_bytes()
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise Unknown(f"cannot read {text}: {error.strerror}") from None
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise Unknown(f"neither a file nor hexadecimal: {error}") from None


def _lines(arguments: argparse.Namespace) -> Iterator[str]:
    if arguments.command == "apis":
        yield from api_table() if arguments.release is None else release_table(arguments.release)
    elif arguments.command == "reference":
        yield reference.page().removesuffix("\n")
    elif arguments.command == "show":
        yield from _layouts(arguments.name, arguments.version)
    else:
        yield from _decoded(arguments, _bytes_of(arguments.data))


def _decoded(arguments: argparse.Namespace, data: bytes) -> Iterator[str]:
    if arguments.request is not None:
        name, version = arguments.request
        yield from decoded_message("request", name, version, data)
    elif arguments.response is not None:
        name, version = arguments.response
        yield from decoded_message("response", name, version, data)
    elif arguments.message is None:
        yield from decoded_request(data)
    else:
        cls = message_class(arguments.message)
        version = _version_of(cls, arguments.version)
        yield f"{cls.__name__} v{version}"
        yield from content(decode(cls, version, data), version, 1)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; 0, or 1 with one sentence if something is unknown or malformed."""
    parser = argparse.ArgumentParser(prog="python -m kafkawire", description="Look at Kafka's protocol.")
    commands = parser.add_subparsers(dest="command", required=True)
    apis = commands.add_parser("apis", help="the APIs known, with their versions")
    apis.add_argument("--release", help="what this release of Kafka declares, such as 3.9")
    show = commands.add_parser("show", help="the fields of an API or message in one version")
    show.add_argument("name", help="an API such as Metadata, or a message such as OffsetCommitValue")
    show.add_argument("version", nargs="?", type=int, help="the version (the newest)")
    read = commands.add_parser("decode", help="what some bytes say: a request frame, or the message that is named")
    read.add_argument("data", help="a file with the bytes, or the bytes in hexadecimal, spaces allowed")
    kind = read.add_mutually_exclusive_group()
    kind.add_argument("--request", nargs=2, metavar=("KEY", "VERSION"), help="a request, by key or name of its API")
    kind.add_argument("--response", nargs=2, metavar=("KEY", "VERSION"), help="a response, by key or name of its API")
    kind.add_argument("--as", dest="message", metavar="MESSAGE", help="the message it is, such as OffsetCommitValue")
    read.add_argument("--version", type=int, help="version of the message named by --as (the newest)")
    commands.add_parser("reference", help="every message, version and field, as a page in Markdown")
    arguments = parser.parse_args(argv)
    try:
        for line in _lines(arguments):
            print(line)
    except (Unknown, releases.UnknownRelease, MalformedMessage, ProtocolViolation) as error:
        print(error)
        return 1
    return 0
