"""What the machine has."""

from __future__ import annotations

import os
from pathlib import Path

#: Where a container's limit stands (cgroup 2, cgroup 1).
_LIMIT_FILES = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def memory_bytes(limit_files: tuple[str, ...] = _LIMIT_FILES) -> int | None:
    """Memory of the machine or of the container it is, in bytes; None where the platform does not tell."""
    found = []
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for name in limit_files:
        try:
            text = Path(name).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if text.isdecimal():
            found.append(int(text))
    return min(found, default=None)
