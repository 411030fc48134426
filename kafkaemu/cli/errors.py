"""What is wrong with a command line."""

from __future__ import annotations


class UsageError(Exception):
    """A command line that cannot be obeyed: one sentence, exit code 2."""
