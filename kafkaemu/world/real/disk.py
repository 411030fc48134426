"""The machine's files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from kafkaemu.world.interface import Disk, File


class RealFile(File):
    """An open file. Writes go to the page cache until `sync`."""

    __slots__ = ("_file", "_gather", "_size")

    def __init__(self, path: Path, gather: bool) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        self._gather = gather
        self._size = os.fstat(self._file).st_size

    def read_at(self, position: int, size: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._file, size, position)
        os.lseek(self._file, position, os.SEEK_SET)
        return os.read(self._file, size)

    def append(self, parts: Sequence[bytes | bytearray | memoryview]) -> int:
        """Write ``parts`` at the end; returns the position they begin at. Raises OSError, with nothing appended."""
        start = self._size
        os.lseek(self._file, start, os.SEEK_SET)
        size = sum(len(part) for part in parts)
        try:
            if self._gather and len(parts) <= 512:
                written = os.writev(self._file, parts)
                if written < size:
                    self._write_all(memoryview(b"".join(parts))[written:])
            else:
                self._write_all(memoryview(b"".join(parts)))
        except OSError:
            self.truncate(start)
            raise
        self._size = start + size
        return start

    def _write_all(self, content: memoryview) -> None:
        while content:
            content = content[os.write(self._file, content) :]

    def truncate(self, size: int) -> None:
        os.ftruncate(self._file, size)
        self._size = size

    def sync(self) -> None:
        os.fsync(self._file)

    def close(self) -> None:
        os.close(self._file)


class RealDisk(Disk):
    """Files below ``root``; absolute paths are taken as they are.

    ``fallbacks`` forces what is used where the platform lacks gathered writes.
    """

    def __init__(self, root: str = ".", *, fallbacks: bool = False) -> None:
        self._root = Path(root)
        self._gather = hasattr(os, "writev") and not fallbacks

    def read(self, path: str) -> bytes:
        return (self._root / path).read_bytes()

    def write(self, path: str, content: bytes) -> None:
        (self._root / path).write_bytes(content)

    def open(self, path: str) -> RealFile:
        return RealFile(self._root / path, self._gather)

    def rename(self, old: str, new: str) -> None:
        os.replace(self._root / old, self._root / new)

    def remove(self, path: str) -> None:
        (self._root / path).unlink()

    def list(self, path: str) -> list[str]:
        return sorted(os.listdir(self._root / path))

    def make_folder(self, path: str) -> None:
        (self._root / path).mkdir(parents=True, exist_ok=True)

    def sync_folder(self, path: str) -> None:
        if os.name == "nt":
            return  # Windows has no way to force a folder, and no need to.
        folder = os.open(self._root / path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
