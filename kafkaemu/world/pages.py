"""Large blocks of memory straight from the operating system, and whether anybody still looks into one.

Anonymous private mappings: pages that were never written take no memory, and a block that is freed goes back to the system at
once. Where the platform has no private mappings (Windows), or the system refuses another one, a block is a bytearray.
"""

from __future__ import annotations

import mmap
from typing import TypeAlias

#: A block of writable memory; it never moves.
Pages: TypeAlias = "mmap.mmap | bytearray"

#: Whether this platform can give private mappings; a test run may turn it off to take the fallback.
has_private_mappings: bool = hasattr(mmap, "MAP_PRIVATE") and hasattr(mmap, "MAP_ANONYMOUS")


def allocate_pages(size_bytes: int) -> Pages:
    """A zeroed block of ``size_bytes`` (at least 1). Raises MemoryError."""
    if has_private_mappings:
        try:
            return mmap.mmap(-1, size_bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        except OSError:
            # The number of mappings of a process is limited where neighbours cannot be merged.
            pass
    return bytearray(size_bytes)


def is_unshared(pages: Pages) -> bool:
    """Whether no memoryview or other export of ``pages`` exists, so that its bytes may be used anew.

    Asked of the interpreter, which refuses to resize what is exported; the block keeps its size. False where the platform
    cannot tell.
    """
    try:
        if isinstance(pages, bytearray):
            pages.append(pages.pop())
        else:
            pages.resize(len(pages))
    except BufferError:
        return False
    except (AttributeError, SystemError):
        return False
    return True
