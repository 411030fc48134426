"""Files that live in the process."""

from __future__ import annotations

from collections.abc import Sequence

from kafkaemu.world.interface import Disk, File


class MemoryFile(File):
    """An open file of a `MemoryDisk`."""

    __slots__ = ("_content",)

    def __init__(self, content: bytearray) -> None:
        self._content = content

    def read_at(self, position: int, size: int) -> bytes:
        return bytes(memoryview(self._content)[position : position + size])

    def append(self, parts: Sequence[bytes | bytearray | memoryview]) -> int:
        start = len(self._content)
        for part in parts:
            self._content += part
        return start

    def truncate(self, size: int) -> None:
        assert size <= len(self._content), (size, len(self._content))
        del self._content[size:]

    def sync(self) -> None:
        """Everything is as stable as it will ever be."""

    def close(self) -> None:
        """Nothing to give back."""


class MemoryDisk(Disk):
    """A folder tree in memory; raises the errors that files raise."""

    def __init__(self) -> None:
        self._files: dict[str, bytearray] = {}
        self._folders: set[str] = {""}

    def _named(self, path: str) -> str:
        name = path.strip("/")
        folder = name.rpartition("/")[0]
        if folder not in self._folders:
            raise FileNotFoundError(f"no folder {folder!r}")
        return name

    def _existing(self, path: str) -> str:
        name = self._named(path)
        if name not in self._files:
            raise FileNotFoundError(f"no file {path!r}")
        return name

    def read(self, path: str) -> bytes:
        return bytes(self._files[self._existing(path)])

    def write(self, path: str, content: bytes) -> None:
        self._files[self._named(path)] = bytearray(content)

    def open(self, path: str) -> MemoryFile:
        return MemoryFile(self._files.setdefault(self._named(path), bytearray()))

    def rename(self, old: str, new: str) -> None:
        content = self._files.pop(self._existing(old))
        self._files[self._named(new)] = content

    def remove(self, path: str) -> None:
        del self._files[self._existing(path)]

    def list(self, path: str) -> list[str]:
        folder = path.strip("/")
        if folder not in self._folders:
            raise FileNotFoundError(f"no folder {path!r}")
        prefix = folder + "/" if folder else ""
        names = {name for name in (*self._files, *self._folders) if name != folder and name.startswith(prefix)}
        return sorted({name[len(prefix) :].partition("/")[0] for name in names})

    def make_folder(self, path: str) -> None:
        parts = path.strip("/").split("/")
        for count in range(1, len(parts) + 1):
            self._folders.add("/".join(parts[:count]))

    def sync_folder(self, path: str) -> None:
        """Everything is as stable as it will ever be."""
