"""Generates the source of decoders. See `kafkawire.compiler` for what the functions promise."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import cache
from typing import TypeAlias, TypeVar

import attrs

from kafkawire.declare import Field, Message, TopLevel
from kafkawire.primitives import STRING_BYTES_MAX, Buffer, Malformed, read_signed, read_uvarint
from kafkawire.source import Source

#: What to loop over for so many elements: half the cost of a range, and arrays of one element are the most common.
TIMES = tuple((None,) * count for count in range(32))
T = TypeVar("T")
NumbersReader: TypeAlias = Callable[[Buffer, int], tuple[float, ...]]


def after_length_byte(by_count: tuple[T, ...]) -> tuple[T | None, ...]:
    """By the first byte of a compact length, which is one more than the length: what to use for so many elements; None for null
    and for counts beyond ``by_count``. One look instead of four comparisons and subtractions."""
    return (None, *by_count, *(None,) * (255 - len(by_count)))


#: What to loop over, by the first byte of a compact length.
LOOPS = after_length_byte(TIMES)
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


@cache
def numbers_readers(layout: str) -> tuple[NumbersReader, ...]:
    """What reads 0, 1, 2, ... numbers of one layout, for less than half the cost of a format made on the spot."""
    return tuple(struct.Struct(f">{count}{layout}").unpack_from for count in range(len(TIMES)))


@cache
def numbers_readers_after_length_byte(layout: str) -> tuple[NumbersReader | None, ...]:
    """The same by the first byte of a compact length."""
    return after_length_byte(numbers_readers(layout))


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


def has_records(cls: type[Message], version: int) -> bool:
    """Whether there are records anywhere in ``cls``."""
    fields = [field for field in cls.FIELDS if field.in_version(version)]
    return any(f.kind == "records" or (f.struct is not None and has_records(f.struct, version)) for f in fields)


def generate(cls: type[TopLevel], version: int, lenient: bool, budget: int, *, budgeted: bool) -> Source:
    """The source of ``decode(buf, pos) -> (message, pos)``.

    Every element and tag takes a byte at least, so a buffer of at most ``budget`` bytes cannot exceed the budget: for those
    nothing is counted (``budgeted`` False), and longer ones are passed on to ``large``, the same decoder with counting.
    """
    mode = f"{' lenient' if lenient else ''}{' counted' if budgeted else ''}"
    source = Source(f"<kafkawire {cls.__name__} v{version} decode{mode} {budget}>")
    writer = _DecodeWriter(source, version, version >= cls.FLEXIBLE_SINCE, lenient, budgeted)
    source.constants.update(
        Malformed=Malformed,
        new=object.__new__,
        times=TIMES,
        bad_length=bad_length,
        read_uvarint=read_uvarint,
        read_signed=read_signed,
        read_length=read_length_lenient if lenient else read_length,
        read_string_length=read_string_length_lenient if lenient else read_string_length,
        read_tags=read_tags_lenient if lenient else read_tags,
    )
    source.emit("def decode(buf, pos):")
    source.indent += 1
    source.emit("try:")
    source.indent += 1
    # Records are parts of what came in, which is copied only if it must be; anything else is read out of bytes.
    writer.is_bytes = not has_records(cls, version)
    source.emit(f"if buf.__class__ is {'not bytes' if writer.is_bytes else 'memoryview'}: buf = bytes(buf)")
    source.emit("end = len(buf)")
    source.emit(f"budget = {budget}" if budgeted else f"if end > {budget}: return large(buf, pos)")
    result = writer.struct(cls, "")
    writer.flush()
    source.emit(f"return {result}, pos")
    source.indent -= 1
    source.emit("except failures as error:")
    source.emit(" raise fail(error) from None")
    return source


class _DecodeWriter:
    """Writes the decoding of fields, keeping a run of fixed-size reads open until something needs its values."""

    def __init__(self, source: Source, version: int, flexible: bool, lenient: bool, budgeted: bool) -> None:
        self.source = source
        self.version = version
        self.flexible = flexible
        self.lenient = lenient
        self.budgeted = budgeted
        self._run: list[tuple[str, str, str]] = []
        #: Lines to write behind the open run, with their paths.
        self._checks: list[tuple[str, str]] = []
        #: Whether the elements at work share one memoryview of the buffer, from which slices cost half of new ones.
        self._has_view = False
        #: Whether the buffer is bytes for sure.
        self.is_bytes = False

    # Runs of fixed-size values

    def read_fixed(self, layout: str, path: str, stem: str = "v") -> str:
        """Add a value to the open run; its variable is assigned by the next `flush`."""
        name = self.source.name(stem)
        self._run.append((layout, name, path))
        return name

    def flush(self, *, stay: bool = False) -> None:
        """Emit the open run as one read. ``stay`` leaves ``pos`` on the last byte read, which must be of layout B."""
        run, self._run = self._run, []
        if not run:
            return
        path = run[0][2]
        layout = "".join(part for part, _, _ in run)
        size = struct.calcsize(">" + layout) - stay
        if layout == "B":
            self.source.emit(f"{run[0][1]} = buf[pos]{'; pos += 1' if size else ''}", path)
        else:
            targets = ", ".join(name for _, name, _ in run)
            self.source.emit(f"{targets}, = {self.source.unpacker(layout)}(buf, pos); pos += {size}", path)
        checks, self._checks = self._checks, []
        for line, check_path in checks:
            self.source.emit(line, check_path)

    def _compact_length(self, path: str, reader: str = "read_length", *, two_bytes: bool = False) -> str:
        """Read a length plus one (0: null) and leave ``pos`` on its last byte. ``two_bytes`` are read without a call."""
        name = self.read_fixed("B", path, "n")
        self.flush(stay=True)
        if not two_bytes:
            self.source.emit(f"if {name} > 127: {name}, pos = {reader}(buf, pos)", path)
            return name
        self.source.emit(f"if {name} > 127:", path)
        self.source.emit(" c = buf[pos + 1]", path)
        self.source.emit(f" if c < 128: {name} += (c << 7) - 128; pos += 1", path)
        self.source.emit(f" else: {name}, pos = {reader}(buf, pos)", path)
        return name

    def _compact_count(self, path: str) -> str:
        """Read the length of an array plus one (0: null); ``pos`` is behind it."""
        name = self.read_fixed("B", path, "n")
        self.flush()
        self.source.emit(f"if {name} > 127: {name}, pos = read_length(buf, pos - 1); pos += 1", path)
        return name

    def _plain_length(self, layout: str, path: str) -> str:
        """Read a length in the old layout; negative: null."""
        name = self.read_fixed(layout, path, "n")
        self.flush()
        if not self.lenient:
            self.source.emit(f"if {name} < -1: raise Malformed('negative length')", path)
        return name

    # Structs and fields

    def struct(self, cls: type[Message], path: str) -> str:
        """Decode a struct; returns the variable that holds it."""
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
        values.append(self._tags(tagged, path) if self.flexible else "None")
        self.flush()
        return self._made(cls, values)

    def _made(self, cls: type[Message], values: list[str]) -> str:
        """An object with these values in its slots. Its constructor would do the same for half as much again: a call of a
        Python function from C, and a look at every argument that could be absent."""
        name = self.source.name("m")
        names = [*(field.name for field in cls.FIELDS), "unknown_tagged_fields"]
        stores = "; ".join(f"{name}.{slot} = {value}" for slot, value in zip(names, values, strict=True))
        self.source.emit(f"{name} = new({self.source.constant(f'{cls.__name__}_', cls)}); {stores}")
        return name

    def _default(self, field: Field) -> str:
        """An expression for the default of a field; what it takes to make one is emitted."""
        default = field.default
        if not isinstance(default, attrs.Factory):  # type: ignore[arg-type]
            return repr(default)
        if default.factory is list:
            return "[]"
        made: type[Message] = default.factory
        return self._made(made, [*(self._default(part) for part in made.FIELDS), "None"])

    def field(self, field: Field, path: str) -> str:
        """Decode one field; returns an expression for its value."""
        nullable = field.nullable_in(self.version)
        compact = self.flexible and field.flexible
        if field.is_array:
            return self._array(field, path, nullable, compact)
        if field.kind in ("string", "bytes", "records"):
            return self._sized(field.kind, path, nullable, compact)
        if field.kind == "struct":
            return self._struct_field(field, path, nullable)
        return self._fixed(field.kind, path)

    def _fixed(self, kind: str, path: str) -> str:
        if kind == "bool" and not self.lenient:
            name = self.read_fixed("B", path)
            self._checks.append((f"if {name} > 1: raise Malformed('neither 0 nor 1')", path))
            return f"({name} == 1)"
        return self.read_fixed(FIXED[kind], path)

    def _sized(self, kind: str, path: str, nullable: bool, compact: bool) -> str:
        """A string, bytes or records: a length and as many bytes."""
        is_string = kind == "string"
        if compact:
            reader = "read_string_length" if is_string else "read_length"
            length = self._compact_length(path, reader, two_bytes=kind == "records")
            null, content = f"not {length}", "buf[pos + 1:e]"
        else:
            length = self._plain_length("h" if is_string else "i", path)
            null, content = f"{length} < 0", "buf[pos:e]"
        name = self.source.name("s" if is_string else "b")
        if is_string:
            value = f"{content}.decode({repr('utf-8') + ', ' + repr('replace') if self.lenient else ''})"
        elif kind == "records":
            value = content.replace("buf", "view" if self._has_view else "memoryview(buf)")
        else:
            value = content if self.is_bytes else f"bytes({content})"
        emit = self.source.emit
        if nullable:
            emit(f"if {null}: {name} = None{'; pos += 1' if compact else ''}", path)
            emit("else:")
            self.source.indent += 1
        emit(f"e = pos + {length}", path)
        refused = "e > end" if nullable else f"e > end or {null}"
        emit(f"if {refused}: raise bad_length({length}, {compact})", path)
        emit(f"{name} = {value}; pos = e", path)
        if nullable:
            self.source.indent -= 1
        return name

    def _array(self, field: Field, path: str, nullable: bool, compact: bool) -> str:
        emit = self.source.emit
        element = field.struct
        layout = None if element is not None or field.kind in ("bool", "uuid") else FIXED.get(field.kind)
        name = self.source.name("a")
        if compact and not nullable:
            length = self.read_fixed("B", path, "n")
            self.flush()
            turns = self.source.name("r")
            table = LOOPS if layout is None else numbers_readers_after_length_byte(layout)
            # So few elements need no check for room beforehand: each meets the end of the buffer by itself.
            emit(f"{turns} = {self.source.constant('after', table)}[{length}]", path)
            emit(f"if {turns} is None:")
            self.source.indent += 1
            emit(f"if {length} > 127: {length}, pos = read_length(buf, pos - 1); pos += 1", path)
        else:
            length = self._compact_count(path) if compact else self._plain_length("i", path)
            turns = ""
        null = f"not {length}" if compact else f"{length} < 0"
        if nullable:
            emit(f"if {null}: {name} = None", path)
            emit("else:")
            self.source.indent += 1
        else:
            emit(f"if {null}: raise bad_length({length}, {compact})", path)
        if compact:
            emit(f"{length} -= 1")
        size = self._element_size(field, compact)
        claimed = f"{length} * {size}" if size != 1 else length
        short = f"raise Malformed(f'{{{length}}} elements in the {{end - pos}} bytes left')"
        emit(f"if {claimed} > end - pos: {short}", path)
        if turns:
            emit(
                f"{turns} = "
                + (f"range({length})" if layout is None else f"Struct(f'>{{{length}}}{layout}').unpack_from")
            )
            self.source.indent -= 1
            if layout is not None or self.budgeted:
                emit(f"else: {length} -= 1")
        if self.budgeted:
            emit(f"budget -= {length}")
            emit("if budget < 0: raise Malformed('too many elements in one message')", path)
        if layout is None:
            self._elements(
                name, turns or f"times[{length}] if {length} < {len(TIMES)} else range({length})", field, path
            )
        else:
            self.source.constants["Struct"] = struct.Struct
            readers = self.source.constant("readers", numbers_readers(layout))
            short = f"{readers}[{length}] if {length} < {len(TIMES)} else Struct(f'>{{{length}}}{layout}').unpack_from"
            emit(f"{name} = [*{turns or f'({short})'}(buf, pos)]; pos += {length} * {size}", path)
        if nullable:
            self.source.indent -= 1
        return name

    def _element_size(self, field: Field, compact: bool) -> int:
        """The fewest bytes an element of an array takes."""
        if field.struct is not None:
            return minimum_size(field.struct, self.version, self.flexible)
        return fixed_size(field.kind) or (1 if compact else 2)

    def _elements(self, name: str, turns: str, field: Field, path: str) -> None:
        """The loop over the elements of an array that are not read all at once."""
        emit, element = self.source.emit, field.struct
        emit(f"{name} = []")
        parts = element.FIELDS if element is not None else ()
        if any(part.kind == "records" and part.in_version(self.version) for part in parts):
            emit("view = memoryview(buf)")
            self._has_view = True
        emit(f"for _ in {turns}:")
        self.source.indent += 1
        inner = f"{path}[{{{name}}}]"
        compact = self.flexible and field.flexible
        value = self.struct(element, inner) if element is not None else self._element(field, inner, compact)
        self.flush()
        emit(f"{name}.append({value})")
        self.source.indent -= 1
        self._has_view = False

    def _element(self, field: Field, path: str, compact: bool) -> str:
        if field.kind in ("string", "bytes"):
            return self._sized(field.kind, path, False, compact)
        return self._fixed(field.kind, path)

    def _struct_field(self, field: Field, path: str, nullable: bool) -> str:
        assert field.struct is not None
        if not nullable:
            return self.struct(field.struct, path)
        marker = self.read_fixed("b", path, "n")
        self.flush()
        name = self.source.name("o")
        if not self.lenient:
            self.source.emit(f"if {marker} not in (-1, 1): raise Malformed('neither null nor a struct')", path)
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
        source = self.source
        unknown = source.name("x")
        if not tagged:
            budget = "budget" if self.budgeted else "end"
            rest = "budget" if self.budgeted else "_"
            if self._run:
                count = self.read_fixed("B", path, "c")
                self.flush()
                source.emit(f"if {count}: {unknown}, pos, {rest} = read_tags(buf, pos - 1, end, {budget})", path)
                source.emit(f"else: {unknown} = None")
            else:
                source.emit(f"if buf[pos]: {unknown}, pos, {rest} = read_tags(buf, pos, end, {budget})", path)
                source.emit(f"else: {unknown} = None; pos += 1")
            return unknown
        count = self.read_fixed("B", path, "c")
        self.flush()
        source.emit(f"{unknown} = None")
        for field, name in tagged:
            source.emit(f"{name} = {self._default(field)}")
        source.emit(f"if {count}:", path)
        source.indent += 1
        source.emit(f"if {count} > 127: {count}, pos = {self._signed}(buf, pos - 1)", path)
        source.emit(f"if {count} > (end - pos) // 2: raise Malformed('more tags than bytes')", path)
        if self.budgeted:
            source.emit(f"budget -= {count}")
            source.emit("if budget < 0: raise Malformed('too many elements in one message')", path)
        self._known_tags(tagged, count, unknown, path)
        source.indent -= 1
        return unknown

    @property
    def _signed(self) -> str:
        return "read_signed" if self.lenient else "read_uvarint"

    def _known_tags(self, tagged: list[tuple[Field, str]], count: str, unknown: str, path: str) -> None:
        """The loop over a tagged section. The reference reads a field it knows without looking at the size told."""
        source, strict = self.source, not self.lenient
        previous, tag, stop = source.name("p"), source.name("g"), source.name("z")
        if strict:
            source.emit(f"{previous} = -1")
        source.emit(f"for _ in range({count}):")
        source.indent += 1
        source.emit(f"{tag}, pos = read_uvarint(buf, pos)", path)
        source.emit(f"{stop}, pos = {self._signed}(buf, pos); {stop} += pos", path)
        beyond = "raise Malformed('tagged field beyond the end of the message')"
        if strict:
            source.emit(f"if {stop} > end: {beyond}", path)
            source.emit(f"if {tag} <= {previous}: raise Malformed('tags out of order')", path)
            source.emit(f"{previous} = {tag}")
        for position, (field, name) in enumerate(tagged):
            source.emit(f"{'el' if position else ''}if {tag} == {field.tag}:")
            source.indent += 1
            inner = f"{path}.{field.name}" if path else field.name
            value = self.field(field, inner)
            self.flush()
            source.emit(f"{name} = {value}")
            if strict:
                source.emit(f"if pos != {stop}: raise Malformed('tagged field of another size than it says')", inner)
            source.indent -= 1
        source.emit("else:")
        if not strict:
            source.emit(f" if not pos <= {stop} <= end: {beyond}", path)
        source.emit(f" if {unknown} is None: {unknown} = {{}}")
        source.emit(f" {unknown}[{tag}] = bytes(buf[pos:{stop}]); pos = {stop}", path)
        source.indent -= 1


# What generated decoders call


def bad_length(length: int, compact: bool) -> Malformed:
    """What to raise for a length (plus one if ``compact``) that is null or beyond the end."""
    length -= compact
    if length < 0:
        return Malformed("null where null is not allowed")
    return Malformed(f"length {length} beyond the end of the message")


def read_length(buf: Buffer, pos: int) -> tuple[int, int]:
    """A length plus one of several bytes, and the position of the last of them."""
    value, pos = read_uvarint(buf, pos)
    return value, pos - 1


def read_length_lenient(buf: Buffer, pos: int) -> tuple[int, int]:
    """As `read_length`; what the reference, whose numbers are signed, sees as negative is null."""
    value, pos = read_uvarint(buf, pos)
    return (value if value <= 1 << 31 else 0), pos - 1


def read_string_length(buf: Buffer, pos: int) -> tuple[int, int]:
    """As `read_length`, for strings, which hold at most 32767 bytes."""
    value, pos = read_length(buf, pos)
    if value > STRING_BYTES_MAX + 1:
        raise Malformed(f"a string of {value - 1} bytes")
    return value, pos


def read_string_length_lenient(buf: Buffer, pos: int) -> tuple[int, int]:
    """As `read_length_lenient`, for strings."""
    value, pos = read_length_lenient(buf, pos)
    if value > STRING_BYTES_MAX + 1:
        raise Malformed(f"a string of {value - 1} bytes")
    return value, pos


def read_tags(buf: Buffer, pos: int, end: int, budget: int) -> tuple[dict[int, bytes], int, int]:
    """A tagged section of which no tag is known: the fields by tag, the position behind it, what is left of the budget."""
    count, pos = read_uvarint(buf, pos)
    if count > min(budget, (end - pos) // 2):
        raise Malformed("more tags than bytes")
    unknown: dict[int, bytes] = {}
    previous = -1
    for _ in range(count):
        tag, pos = read_uvarint(buf, pos)
        size, pos = read_uvarint(buf, pos)
        if pos + size > end:
            raise Malformed("tagged field beyond the end of the message")
        if tag <= previous:
            raise Malformed("tags out of order")
        previous = tag
        unknown[tag] = bytes(buf[pos : pos + size])
        pos += size
    return unknown, pos, budget - count


def read_tags_lenient(buf: Buffer, pos: int, end: int, budget: int) -> tuple[dict[int, bytes] | None, int, int]:
    """As `read_tags`, but tags may be repeated or out of order, and a negative count is none."""
    count, pos = read_signed(buf, pos)
    if count > min(budget, (end - pos) // 2):
        raise Malformed("more tags than bytes")
    unknown: dict[int, bytes] = {}
    for _ in range(count):
        tag, pos = read_uvarint(buf, pos)
        size, pos = read_signed(buf, pos)
        if not 0 <= size <= end - pos:
            raise Malformed("tagged field beyond the end of the message")
        unknown[tag] = bytes(buf[pos : pos + size])
        pos += size
    return unknown or None, pos, budget - max(count, 0)
