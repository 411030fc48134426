"""Generates the source of decoders. See `kafkawire.compiler` for what the functions promise."""

from __future__ import annotations

import struct
from typing import Any

import attrs

from kafkawire.declare import Field, Message, TopLevel
from kafkawire.primitives import Malformed
from kafkawire.source import Source

FIXED = {
    "bool": "?",
    "int8": "b",
    "int16": "h",
    "uint16": "H",
    "int32": "i",
    "uint32": "I",
    "int64": "q",
    "float64": "d",
    "uuid": "16s",
}


def fixed_size(kind: str) -> int | None:
    """Bytes a fixed-size kind takes, None for the others."""
    return struct.calcsize(">" + FIXED[kind]) if kind in FIXED else None


def minimum_size(cls: type[Message], version: int, flexible: bool) -> int:
    """The fewest bytes an element of struct ``cls`` can take: what bounds a claimed array length."""
    total = 1 if flexible else 0
    for field in cls.FIELDS:
        if not field.in_version(version) or field.tagged_in(version):
            continue
        total += _minimum_field_size(field, version, flexible)
    return max(total, 1)


def _minimum_field_size(field: Field, version: int, flexible: bool) -> int:
    compact = flexible and field.flexible
    if field.is_array:
        return 1 if compact else 4
    if field.kind == "string":
        return 1 if compact else 2
    if field.kind in ("bytes", "records"):
        return 1 if compact else 4
    if field.kind == "struct":
        assert field.struct is not None
        return 1 if field.nullable_in(version) else minimum_size(field.struct, version, flexible)
    size = fixed_size(field.kind)
    assert size is not None
    return size


def generate(cls: type[TopLevel], version: int, lenient: bool, element_budget: int) -> Source:
    """The source of ``decode(buf, pos) -> (message, pos)``."""
    mode = " lenient" if lenient else ""
    source = Source(f"<kafkawire {cls.__name__} v{version} decode{mode} {element_budget}>")
    writer = _DecodeWriter(source, version, version >= cls.FLEXIBLE_SINCE, lenient)
    source.constants["Malformed"] = Malformed
    source.emit("def decode(buf, pos):")
    source.indent += 1
    source.emit("try:")
    source.indent += 1
    source.emit("end = len(buf)")
    source.emit(f"budget = {element_budget}")
    result = writer.struct(cls, "")
    writer.flush()
    source.emit(f"return {result}, pos")
    source.indent -= 1
    source.emit("except failures as error:")
    source.emit(" raise fail(error) from None")
    return source


class _DecodeWriter:
    """Writes the decoding of fields, keeping a run of fixed-size reads open until something needs its values."""

    def __init__(self, source: Source, version: int, flexible: bool, lenient: bool) -> None:
        self.source = source
        self.version = version
        self.flexible = flexible
        self.lenient = lenient
        self._run: list[tuple[str, str, str]] = []

    # Runs of fixed-size values

    def read_fixed(self, layout: str, path: str, stem: str = "v") -> str:
        """Add a value to the open run; its variable is assigned by the next `flush`."""
        name = self.source.name(stem)
        self._run.append((layout, name, path))
        return name

    def flush(self) -> None:
        """Emit the open run as one read."""
        run, self._run = self._run, []
        if not run:
            return
        path = run[0][2]
        layout = "".join(part for part, _, _ in run)
        if layout == "B":
            self.source.emit(f"{run[0][1]} = buf[pos]; pos += 1", path)
            return
        targets = ", ".join(name for _, name, _ in run)
        size = struct.calcsize(">" + layout)
        self.source.emit(f"{targets}, = {self.source.unpacker(layout)}(buf, pos); pos += {size}", path)

    def _uvarint(self, path: str, stem: str) -> str:
        name = self.read_fixed("B", path, stem)
        self.flush()
        self.source.emit(f"if {name} > 127: {name}, pos = read_uvarint(buf, pos - 1)", path)
        return name

    def _length(self, layout: str, compact: bool, path: str) -> str:
        """Read a length; -1 (or, lenient, anything negative) stands for null afterwards."""
        if compact:
            name = self._uvarint(path, "n")
            self.source.emit(f"{name} -= 1", path)
            return name
        name = self.read_fixed(layout, path, "n")
        self.flush()
        if not self.lenient:
            self.source.emit(f"if {name} < -1: raise Malformed('negative length')", path)
        return name

    # Structs and fields

    def struct(self, cls: type[Message], path: str) -> str:
        """Decode a struct; returns the expression that builds it (its variables are valid after `flush`)."""
        values: list[str] = []
        tagged: list[tuple[Field, str]] = []
        for field in cls.FIELDS:
            if field.in_version(self.version) and field.tagged_in(self.version):
                name = self.source.name("t")
                tagged.append((field, name))
                values.append(name)
            elif field.in_version(self.version):
                values.append(self.field(field, f"{path}.{field.name}" if path else field.name))
            else:
                values.append(self._default(field))
        constructor = self.source.constant(f"{cls.__name__}_", cls)
        if not self.flexible:
            return f"{constructor}({', '.join(values)})"
        values.append(f"unknown_tagged_fields={self._tags(tagged, path)}")
        return f"{constructor}({', '.join(values)})"

    def _default(self, field: Field) -> str:
        default = field.default
        if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
            return "[]" if default.factory is list else f"{self.source.constant('factory', default.factory)}()"
        return repr(default)

    def field(self, field: Field, path: str) -> str:
        """Decode one field; returns an expression for its value."""
        nullable = field.nullable_in(self.version)
        compact = self.flexible and field.flexible
        if field.is_array:
            return self._array(field, path, nullable, compact)
        if field.kind == "string":
            return self._string(path, nullable, compact)
        if field.kind in ("bytes", "records"):
            return self._bytes(field.kind, path, nullable, compact)
        if field.kind == "struct":
            return self._struct_field(field, path, nullable)
        return self._fixed(field.kind, path)

    def _fixed(self, kind: str, path: str) -> str:
        if kind == "bool" and not self.lenient:
            name = self.read_fixed("B", path)
            self.flush()
            self.source.emit(f"if {name} > 1: raise Malformed('neither 0 nor 1')", path)
            return f"({name} == 1)"
        return self.read_fixed(FIXED[kind], path)

    def _string(self, path: str, nullable: bool, compact: bool) -> str:
        length = self._length("h", compact, path)
        name = self.source.name("s")
        errors = ", 'replace'" if self.lenient else ""
        self._null_or(length, name, path, nullable)
        self._sized(length, path)
        self.source.emit(f"{name} = str(buf[pos:e], 'utf-8'{errors}); pos = e", path)
        self.source.indent -= 1
        return name

    def _bytes(self, kind: str, path: str, nullable: bool, compact: bool) -> str:
        length = self._length("i", compact, path)
        name = self.source.name("b")
        self._null_or(length, name, path, nullable)
        self._sized(length, path)
        value = "memoryview(buf)[pos:e]" if kind == "records" else "bytes(buf[pos:e])"
        self.source.emit(f"{name} = {value}; pos = e", path)
        self.source.indent -= 1
        return name

    def _null_or(self, length: str, name: str, path: str, nullable: bool) -> None:
        """Open the block for a value that is not null."""
        if nullable:
            self.source.emit(f"if {length} < 0: {name} = None", path)
        else:
            self.source.emit(f"if {length} < 0: raise Malformed('null where null is not allowed')", path)
        self.source.emit("else:")
        self.source.indent += 1

    def _sized(self, length: str, path: str) -> None:
        self.source.emit(f"e = pos + {length}", path)
        self.source.emit(f"if e > end: raise Malformed(f'length {{{length}}} beyond the end of the message')", path)

    def _array(self, field: Field, path: str, nullable: bool, compact: bool) -> str:
        length = self._length("i", compact, path)
        name = self.source.name("a")
        self._null_or(length, name, path, nullable)
        element = field.struct
        if element is not None:
            size: int | None = minimum_size(element, self.version, self.flexible)
        else:
            size = fixed_size(field.kind) or (1 if compact else 2)
        self.source.emit(
            f"if {length} > {f'(end - pos) // {size}' if size != 1 else 'end - pos'}: "
            f"raise Malformed(f'{{{length}}} elements cannot be in the {{end - pos}} bytes left')",
            path,
        )
        self.source.emit(f"budget -= {length}", path)
        self.source.emit("if budget < 0: raise Malformed('too many elements in one message')", path)
        layout = FIXED.get(field.kind)
        if element is None and layout is not None and field.kind not in ("bool", "uuid"):
            self.source.constants["unpack_from"] = struct.unpack_from
            self.source.emit(
                f"{name} = list(unpack_from(f'>{{{length}}}{layout}', buf, pos)); pos += {length} * {size}",
                path,
            )
        else:
            self.source.emit(f"{name} = []")
            self.source.emit(f"for _ in range({length}):")
            self.source.indent += 1
            inner = f"{path}[{{{name}}}]"
            value = self.struct(element, inner) if element is not None else self._element(field, inner, compact)
            self.flush()
            self.source.emit(f"{name}.append({value})")
            self.source.indent -= 1
        self.source.indent -= 1
        return name

    def _element(self, field: Field, path: str, compact: bool) -> str:
        if field.kind == "string":
            return self._string(path, False, compact)
        if field.kind == "bytes":
            return self._bytes("bytes", path, False, compact)
        return self._fixed(field.kind, path)

    def _struct_field(self, field: Field, path: str, nullable: bool) -> str:
        assert field.struct is not None
        if not nullable:
            return self.struct(field.struct, path)
        marker = self.read_fixed("b", path, "n")
        self.flush()
        name = self.source.name("o")
        self.source.emit(f"if {marker} < 0: {name} = None", path)
        self.source.emit("else:")
        self.source.indent += 1
        value = self.struct(field.struct, path)
        self.flush()
        self.source.emit(f"{name} = {value}", path)
        self.source.indent -= 1
        return name

    # Tagged fields

    def _tags(self, tagged: list[tuple[Field, str]], path: str) -> str:
        """Decode a tagged section into the variables of ``tagged``; returns the variable of the unknown ones."""
        count: Any = self.read_fixed("B", path, "c")
        self.flush()
        source = self.source
        unknown = source.name("x")
        source.emit(f"{unknown} = None")
        for field, name in tagged:
            source.emit(f"{name} = {self._default(field)}")
        source.emit(f"if {count}:", path)
        source.indent += 1
        source.emit(f"if {count} > 127: {count}, pos = read_uvarint(buf, pos - 1)", path)
        source.emit(f"if {count} > (end - pos) // 2: raise Malformed('more tags than bytes')", path)
        source.emit(f"budget -= {count}", path)
        source.emit("if budget < 0: raise Malformed('too many elements in one message')", path)
        previous, tag, stop = source.name("p"), source.name("g"), source.name("z")
        source.emit(f"{previous} = -1")
        source.emit(f"for _ in range({count}):")
        source.indent += 1
        source.emit(f"{tag}, pos = read_uvarint(buf, pos)", path)
        source.emit(f"{stop}, pos = read_uvarint(buf, pos)", path)
        source.emit(f"{stop} += pos", path)
        source.emit(f"if {stop} > end: raise Malformed('tagged field beyond the end of the message')", path)
        if not self.lenient:
            source.emit(f"if {tag} <= {previous}: raise Malformed('tags out of order')", path)
            source.emit(f"{previous} = {tag}")
        for position, (field, name) in enumerate(tagged):
            source.emit(f"{'el' if position else ''}if {tag} == {field.tag}:")
            source.indent += 1
            inner = f"{path}.{field.name}" if path else field.name
            value = self.field(field, inner)
            self.flush()
            source.emit(f"{name} = {value}")
            if not self.lenient:
                source.emit(f"if pos != {stop}: raise Malformed('tagged field of another size than it says')", inner)
            source.indent -= 1
        source.emit("else:" if tagged else "if True:")
        source.emit(f" if {unknown} is None: {unknown} = {{}}")
        source.emit(f" {unknown}[{tag}] = bytes(buf[pos:{stop}]); pos = {stop}", path)
        source.indent -= 2
        return unknown
