"""Generated source text: lines with the field path each one handles, constants, and the function made of them."""

from __future__ import annotations

import re
import struct
from typing import Any

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Source:
    """Collects the lines of one generated function.

    ``filename`` is what tracebacks show. Paths may contain ``{name}`` for the list under construction of that local name: in a
    failure its length is the index of the element at work.
    """

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.lines: list[str] = []
        self.paths: list[str] = []
        self.constants: dict[str, Any] = {}
        self.indent = 0
        self._names: dict[str, int] = {}

    def emit(self, line: str, path: str = "") -> None:
        """Add a line (or several statements on one) that handles the field at ``path``."""
        self.lines.append(" " * self.indent + line)
        self.paths.append(path)

    def name(self, stem: str) -> str:
        """A local name not used before."""
        number = self._names.get(stem, 0)
        self._names[stem] = number + 1
        return f"{stem}{number}"

    def constant(self, stem: str, value: Any) -> str:
        """The global name under which the function sees ``value``."""
        for name, known in self.constants.items():
            if known is value:
                return name
        name = self.name(stem)
        self.constants[name] = value
        return name

    def unpacker(self, layout: str) -> str:
        """Name of the bound ``unpack_from`` of a big-endian layout."""
        return self._struct_method("u_", layout, "unpack_from")

    def packer(self, layout: str) -> str:
        """Name of the bound ``pack`` of a big-endian layout."""
        return self._struct_method("p_", layout, "pack")

    def _struct_method(self, prefix: str, layout: str, method: str) -> str:
        name = prefix + layout.replace("?", "t")
        if name not in self.constants:
            self.constants[name] = getattr(struct.Struct(">" + layout), method)
        return name

    def text(self) -> str:
        """The whole source."""
        return "\n".join(self.lines) + "\n"

    def path_at(self, line_number: int, names: dict[str, Any]) -> str:
        """The field path of a line (1-based), with indexes from the local variables ``names``."""
        path = self.paths[line_number - 1]
        return _PLACEHOLDER.sub(lambda match: str(len(names.get(match[1], ()))), path)

    def compile(self, function: str, **names: Any) -> Any:
        """The generated function, which sees ``names`` and the constants as globals."""
        import linecache

        text = self.text()
        linecache.cache[self.filename] = (len(text), None, text.splitlines(keepends=True), self.filename)
        scope: dict[str, Any] = {**self.constants, **names}
        exec(compile(text, self.filename, "exec"), scope)
        return scope[function]
