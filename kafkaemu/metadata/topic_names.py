"""Which topic names are legal (org.apache.kafka.common.internals.Topic), with the reference's sentences."""

from __future__ import annotations

TOPIC_NAME_LENGTH_MAX = 249
_LEGAL = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-")


def name_error(name: str) -> str | None:
    """Why ``name`` cannot be a topic's, or None if it can."""
    if _LEGAL.issuperset(name) and 0 < len(name) <= TOPIC_NAME_LENGTH_MAX and name not in (".", ".."):
        return None
    if not name:
        reason = "the empty string is not allowed"
    elif name in (".", ".."):
        reason = f"'{name}' is not allowed"
    elif len(name) > TOPIC_NAME_LENGTH_MAX:
        reason = f"the length of '{name}' is longer than the max allowed length {TOPIC_NAME_LENGTH_MAX}"
    else:
        reason = f"'{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
    return f"Topic name is invalid: {reason}"


def collision_key(name: str) -> str | None:
    """What two names that would share a metric's name have in common; None for a name that cannot collide."""
    if "." in name or "_" in name:
        return name.replace(".", "_")
    return None
