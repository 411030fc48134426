"""Generates the source of encoders. See `kafkawire.compiler` for what the functions promise."""

from __future__ import annotations

import struct
from typing import Any

import attrs

from kafkawire.compile_decode import FIXED
from kafkawire.declare import Field, Message, TopLevel
from kafkawire.primitives import STRING_BYTES_MAX, records_length, write_uvarint
from kafkawire.source import Source

#: Records up to this many bytes are copied into the answer's buffer, larger ones are sent as they are.
COPY_LIMIT_BYTES = 4096


def generate(cls: type[TopLevel], version: int) -> Source:
    """The source of ``encode(message, buf, out) -> buf``."""
    source = Source(f"<kafkawire {cls.__name__} v{version} encode>")
    source.constants.update(
        write_uvarint=write_uvarint,
        write_string_length=write_string_length,
        write_tags=write_tags,
        join_uuids=join_uuids,
        records_length=records_length,
        pack=struct.pack,
    )
    writer = _EncodeWriter(source, version, version >= cls.FLEXIBLE_SINCE)
    source.emit("def encode(m, buf, out):")
    source.indent += 1
    source.emit("try:")
    source.indent += 1
    writer.struct(cls, "m", "")
    writer.flush()
    source.emit("return buf")
    source.indent -= 1
    source.emit("except failures as error:")
    source.emit(" raise fail(error) from None")
    return source


class _EncodeWriter:
    """Writes the encoding of fields, keeping a run of fixed-size values open until something else must go out."""

    def __init__(self, source: Source, version: int, flexible: bool) -> None:
        self.source = source
        self.version = version
        self.flexible = flexible
        self.buffer = "buf"
        self._run: list[tuple[str, str, str]] = []

    def write_fixed(self, layout: str, value: str, path: str) -> None:
        self._run.append((layout, value, path))

    def flush(self) -> None:
        """Emit the open run as one write."""
        run, self._run = self._run, []
        if not run:
            return
        layout = "".join(part for part, _, _ in run)
        values = [value for _, value, _ in run]
        if all(value.isdigit() for value in values) and set(layout) <= {"B"}:
            self.source.emit(f"{self.buffer} += {bytes(map(int, values))!r}", run[0][2])
            return
        self.source.emit(f"{self.buffer} += {self.source.packer(layout)}({', '.join(values)})", run[0][2])

    def struct(self, cls: type[Message], value: str, path: str) -> None:
        """Encode the struct that the expression ``value`` (a variable) stands for."""
        tagged = []
        for field in cls.FIELDS:
            if not field.in_version(self.version):
                continue
            if field.tagged_in(self.version):
                tagged.append(field)
            else:
                self.field(field, f"{value}.{field.name}", f"{path}.{field.name}" if path else field.name)
        if self.flexible:
            self._tags(tagged, value, path)

    def field(self, field: Field, value: str, path: str) -> None:
        nullable = field.nullable_in(self.version)
        compact = self.flexible and field.flexible
        if field.is_array:
            self._array(field, value, path, nullable, compact)
        elif field.kind == "string":
            self._string(value, path, nullable, compact)
        elif field.kind == "bytes":
            self._bytes(value, path, nullable, compact)
        elif field.kind == "records":
            self._records(value, path, nullable, compact)
        elif field.kind == "struct":
            self._struct_field(field, value, path, nullable)
        elif field.kind == "uuid":
            name = self._variable(value, path)
            self.source.emit(f"if len({name}) != 16: raise ValueError('an id is sixteen bytes')", path)
            self.write_fixed("16s", name, path)
        else:
            self.write_fixed(FIXED[field.kind], value, path)

    def _variable(self, value: str, path: str) -> str:
        name = self.source.name("v")
        self.source.emit(f"{name} = {value}", path)
        return name

    def _nullable(self, name: str, path: str, nullable: bool, compact: bool, layout: str) -> None:
        """Write the null form, and open the block for a value that is not null (block is open if ``nullable``)."""
        if not nullable:
            return
        run, self._run = self._run, []
        self.source.emit(f"if {name} is None:")
        self.source.indent += 1
        self._run = list(run)
        self.write_fixed("B" if compact else layout, "0" if compact else "-1", path)
        self.flush()
        self.source.indent -= 1
        self.source.emit("else:")
        self.source.indent += 1
        self._run = run

    def _end_nullable(self, nullable: bool) -> None:
        if nullable:
            self.flush()
            self.source.indent -= 1

    def _length(self, length: str, path: str, compact: bool, layout: str, writer: str = "write_uvarint") -> None:
        """Write a length, together with the open run."""
        if not compact:
            self.write_fixed(layout, length, path)
            self.flush()
            return
        number = self.source.name("n")
        self.source.emit(f"{number} = {length} + 1", path)
        run = self._run
        if not run:
            self.source.emit(f"if {number} < 128: {self.buffer}.append({number})", path)
            self.source.emit(f"else: {writer}({self.buffer}, {number})", path)
            return
        self.source.emit(f"if {number} < 128:", path)
        self.source.indent += 1
        self._run = [*run, ("B", number, path)]
        self.flush()
        self.source.indent -= 1
        self.source.emit("else:")
        self.source.indent += 1
        self._run = run
        self.flush()
        self.source.emit(f"{writer}({self.buffer}, {number})", path)
        self.source.indent -= 1

    def _string(self, value: str, path: str, nullable: bool, compact: bool) -> None:
        name = self._variable(value, path)
        self._nullable(name, path, nullable, compact, "h")
        self.source.emit(f"{name} = {name}.encode()", path)
        self._length(f"len({name})", path, compact, "h", "write_string_length")
        self.source.emit(f"{self.buffer} += {name}", path)
        self._end_nullable(nullable)

    def _bytes(self, value: str, path: str, nullable: bool, compact: bool) -> None:
        name = self._variable(value, path)
        self._nullable(name, path, nullable, compact, "i")
        self._length(f"len({name})", path, compact, "i")
        self.source.emit(f"{self.buffer} += {name}", path)
        self._end_nullable(nullable)

    def _records(self, value: str, path: str, nullable: bool, compact: bool) -> None:
        if self.buffer != "buf":
            raise TypeError("records in a tagged field are not supported")
        name = self._variable(value, path)
        self._nullable(name, path, nullable, compact, "i")
        size = self.source.name("z")
        self.source.emit(f"{size} = records_length({name})", path)
        self._length(size, path, compact, "i")
        self.source.emit(
            f"if {size} <= {COPY_LIMIT_BYTES} and {name}.__class__ in (bytes, bytearray, memoryview): buf += {name}",
            path,
        )
        self.source.emit("else:")
        self.source.emit(" out.append(buf)")
        self.source.emit(f" if {name}.__class__ in (list, tuple): out.extend({name})", path)
        self.source.emit(f" else: out.append({name})")
        self.source.emit(" buf = bytearray()")
        self._end_nullable(nullable)

    def _array(self, field: Field, value: str, path: str, nullable: bool, compact: bool) -> None:
        name = self._variable(value, path)
        self._nullable(name, path, nullable, compact, "i")
        layout = FIXED.get(field.kind)
        if field.struct is None and layout is not None:
            self._fixed_array(name, layout, path, compact)
        else:
            self._length(f"len({name})", path, compact, "i")
            item = self.source.name("i")
            self.source.emit(f"for {item} in {name}:")
            self.source.indent += 1
            inner = f"{path}[]"
            if field.struct is not None:
                self.struct(field.struct, item, inner)
            elif field.kind == "string":
                self._string(item, inner, False, compact)
            else:
                self._bytes(item, inner, False, compact)
            self.flush()
            self.source.indent -= 1
        self._end_nullable(nullable)

    def _fixed_array(self, name: str, layout: str, path: str, compact: bool) -> None:
        """An array of numbers or ids; a single number, the most common, is written together with the open run."""
        if layout == "16s":
            self._length(f"len({name})", path, compact, "i")
            self.source.emit(f"{self.buffer} += join_uuids({name})", path)
            return
        run = self._run
        self.source.emit(f"if len({name}) == 1:", path)
        self.source.indent += 1
        self._run = [*run, ("B", "2", path) if compact else ("i", "1", path), (layout, f"{name}[0]", path)]
        self.flush()
        self.source.indent -= 1
        self.source.emit("else:")
        self.source.indent += 1
        self._run = run
        self._length(f"len({name})", path, compact, "i")
        self.source.emit(f"if {name}: {self.buffer} += pack(f'>{{len({name})}}{layout}', *{name})", path)
        self.source.indent -= 1

    def _struct_field(self, field: Field, value: str, path: str, nullable: bool) -> None:
        assert field.struct is not None
        name = self._variable(value, path)
        if nullable:
            self._nullable(name, path, True, False, "b")
            self.write_fixed("b", "1", path)
        self.struct(field.struct, name, path)
        self._end_nullable(nullable)

    # Tagged fields

    def _tags(self, tagged: list[Field], value: str, path: str) -> None:
        source = self.source
        unknown = f"{value}.unknown_tagged_fields"
        if not tagged:
            run, self._run = self._run, []
            source.emit(f"if {unknown}:", path)
            source.indent += 1
            self._run = run
            self.flush()
            source.emit(f"write_tags({self.buffer}, {unknown})", path)
            source.indent -= 1
            source.emit("else:")
            source.indent += 1
            self._run = [*run, ("B", "0", path)]
            self.flush()
            source.indent -= 1
            return
        self.flush()
        tags = source.name("g")
        source.emit(f"{tags} = {{**{unknown}}} if {unknown} else {{}}", path)
        outer = self.buffer
        for field in tagged:
            inner = f"{path}.{field.name}" if path else field.name
            name = self._variable(f"{value}.{field.name}", inner)
            source.emit(f"if {self._differs(field, name)}:", inner)
            source.indent += 1
            self.buffer = source.name("w")
            source.emit(f"{self.buffer} = {tags}[{field.tag}] = bytearray()", inner)
            self.field(field, name, inner)
            self.flush()
            source.indent -= 1
        self.buffer = outer
        source.emit(f"if {tags}: write_tags({outer}, {tags})", path)
        source.emit(f"else: {outer}.append(0)")

    def _differs(self, field: Field, name: str) -> str:
        """The condition under which a tagged field is written: its value is not the default."""
        default: Any = field.default
        if default is None:
            return f"{name} is not None"
        if not isinstance(default, attrs.Factory):  # type: ignore[arg-type]
            return f"{name} != {default!r}"
        nullable = field.nullable_in(self.version)
        if field.is_array:
            return f"{name} is None or {name}" if nullable else name
        assert field.struct is not None
        parts = [f"{name} is None"] if nullable else []
        for part in field.struct.FIELDS:
            plain = not isinstance(part.default, attrs.Factory)  # type: ignore[arg-type]
            parts.append(f"{name}.{part.name} != {part.default!r}" if plain else f"{name}.{part.name}")
        return " or ".join([*parts, f"{name}.unknown_tagged_fields"])


def join_uuids(uuids: list[bytes]) -> bytes:
    """Ids in a row; each must have its sixteen bytes."""
    if any(len(uuid) != 16 for uuid in uuids):
        raise ValueError("an id is sixteen bytes")
    return b"".join(uuids)


def write_string_length(out: bytearray, number: int) -> None:
    """Append the length of a string plus one."""
    if number > STRING_BYTES_MAX + 1:
        raise ValueError(f"a string of {number - 1} bytes is too long")
    write_uvarint(out, number)


def write_tags(out: bytearray, tags: dict[int, Any]) -> None:
    """Append a tagged section with these encoded fields, in order of their tags."""
    write_uvarint(out, len(tags))
    for tag in sorted(tags):
        write_uvarint(out, tag)
        write_uvarint(out, len(tags[tag]))
        out += tags[tag]
