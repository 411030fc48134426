"""Names of broker keys, and what looks like one."""

from __future__ import annotations

from kafkaemu.config.table import BROKER

#: How near a key of a file, or of a variable, has to be to one of Kafka's to be taken for a typo: keys of plugins and of clients look
#: like Kafka's, too.
TYPO_RATIO = 0.9
#: The same for what can be nothing else than a key of Kafka.
SETTING_RATIO = 0.6


def near_key(name: str, ratio: float = TYPO_RATIO) -> str | None:
    """The broker key of Kafka that ``name`` is a typo of; None if none is as near as ``ratio``, where 1 is the same."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, list(BROKER), n=1, cutoff=ratio)), None)


def is_known(name: str) -> bool:
    """Whether Kafka has a broker key of that name, with or without a listener's prefix."""
    return name in BROKER or name.startswith("listener.name.")
