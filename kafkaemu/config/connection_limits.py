"""The value of ``max.connections.per.ip.overrides``: ``host:limit,...`` (SocketServerConfigs)."""

from __future__ import annotations

from kafkaemu.config.values import ConfigError

KEY = "max.connections.per.ip.overrides"


def address_limits(text: str) -> dict[str, int]:
    """Limits by host. Raises `ConfigError` with the sentences that Java has for pairs and numbers that are none."""
    limits: dict[str, int] = {}
    for entry in filter(None, map(str.strip, text.split(","))):
        host, colon, limit = entry.rpartition(":")
        if not colon:
            raise ConfigError(f"Error parsing configuration property '{KEY}': begin 0, end -1, length {len(entry)}")
        try:
            limits[host.strip()] = int(limit)
        except ValueError:
            raise ConfigError(f'For input string: "{limit.strip()}"') from None
    return limits
