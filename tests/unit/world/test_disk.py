"""Both disks do the same, with and without gathered writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from kafkaemu.world.interface import Disk
from kafkaemu.world.memory import MemoryDisk
from kafkaemu.world.real import RealDisk


@pytest.fixture(params=["real", "fallbacks", "memory"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Disk:
    if request.param == "memory":
        return MemoryDisk()
    return RealDisk(str(tmp_path), fallbacks=request.param == "fallbacks")


def test_files_are_written_read_renamed_and_removed(disk: Disk) -> None:
    disk.make_folder("a/b")
    disk.make_folder("a/b")
    disk.write("a/b/one", b"1")
    disk.write("a/b/two", b"22")
    assert disk.list("a/b") == ["one", "two"]
    assert disk.list("a") == ["b"]
    disk.rename("a/b/two", "a/b/one")
    assert disk.read("a/b/one") == b"22"
    assert disk.list("a/b") == ["one"]
    disk.sync_folder("a/b")
    disk.remove("a/b/one")
    assert disk.list("a/b") == []


def test_what_is_not_there_is_file_not_found(disk: Disk) -> None:
    for attempt in (
        lambda: disk.read("absent"),
        lambda: disk.list("absent"),
        lambda: disk.remove("absent"),
        lambda: disk.rename("absent", "b"),
        lambda: disk.write("absent/x", b""),
    ):
        with pytest.raises(FileNotFoundError):
            attempt()


def test_an_open_file_appends_reads_and_truncates(disk: Disk) -> None:
    file = disk.open("log")
    assert file.append([b"abc", bytearray(b"de"), memoryview(b"f")]) == 0
    assert file.append([b"gh"]) == 6
    assert file.read_at(2, 4) == b"cdef"
    assert file.read_at(6, 100) == b"gh"
    file.truncate(4)
    assert file.append([b"X"]) == 4
    file.sync()
    file.close()
    assert disk.read("log") == b"abcdX"
    again = disk.open("log")
    assert again.append([b"Y"] * 600) == 5
    again.close()
    assert disk.read("log") == b"abcdX" + b"Y" * 600
