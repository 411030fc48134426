"""Clients that ask which of their metrics are wanted, and push them (KIP-714, ClientMetricsManager).

Theory. What is wanted of a client is the union over all client metrics resources that match it, at the shortest of their
intervals. A client is known by an id that the broker gave it, from its first request until the connection of that request is
closed, or until it has been silent for three intervals. Changing any resource makes every client a new one. A client may ask
once and push once per interval, in that order; asking again at once is allowed only after a push was refused for a reason that
asking mends. There is nobody to give metrics to, so what is pushed is never looked into.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import google_crc32c

from kafkaemu.config.dynamic import CLIENT_METRICS
from kafkaemu.config.java_pattern import java_pattern
from kafkaemu.config.values import parse
from kafkaemu.coordinator.java_hash import hash_map_order
from kafkaemu.metadata.image import MetadataImage, ResourceType
from kafkawire.errors import ErrorCode

#: Clients known at most: beyond that the one that was silent for longest is forgotten.
CLIENTS_MAX = 16384
#: How long a client is remembered at least without a word from it.
SILENCE_MS_MIN = 60_000
SILENT_INTERVALS_MAX = 3
#: The name that stands for every metric.
EVERYTHING = "*"
#: Compressions of pushed metrics, best first: zstd, lz4, gzip, snappy. None (0) is taken, too.
ACCEPTED_COMPRESSIONS = (4, 3, 1, 2)
#: Refusals that a client mends by asking at once.
_MENDED_BY_ASKING = (ErrorCode.UNKNOWN_SUBSCRIPTION_ID, ErrorCode.UNSUPPORTED_COMPRESSION_TYPE)
#: Before any time there is.
_NEVER_MS = -(2**62)
_NO_UUIDS = (bytes(16), bytes(15) + b"\x01")


@attrs.frozen
class Refused(Exception):
    """A request that is not taken, and why."""

    code: ErrorCode


@attrs.define(eq=False)
class Client:
    """One run of a client: what it is asked for, and when it last did what."""

    metrics: list[str]
    interval_ms: int
    subscription_id: int
    asked_ms: int = _NEVER_MS
    pushed_ms: int = _NEVER_MS
    seen_ms: int = _NEVER_MS
    terminating: bool = False
    last_error: ErrorCode = ErrorCode.NONE

    def is_forgotten(self, now_ms: int) -> bool:
        """Whether it has been silent for so long that it is nobody any more."""
        return now_ms - self.seen_ms >= max(SILENCE_MS_MIN, SILENT_INTERVALS_MAX * self.interval_ms)

    def ask(self, now_ms: int, *, is_forgiven: bool = True) -> None:
        """It wants to know what to push; raises `Refused` where it has asked or pushed a moment ago. ``is_forgiven`` lets it ask where
        that mends a refusal.
        """
        if now_ms - max(self.asked_ms, self.pushed_ms) >= self.interval_ms:
            self.asked_ms = now_ms
        elif not is_forgiven or self.last_error not in _MENDED_BY_ASKING:
            raise Refused(ErrorCode.THROTTLING_QUOTA_EXCEEDED)
        self.last_error = ErrorCode.NONE

    def push(self, subscription_id: int, compression: int, *, is_too_large: bool, is_last: bool, now_ms: int) -> None:
        """It pushes metrics; raises `Refused`: 42, 89, 117, 76 or 118, in this order."""
        self.last_error = self._push_error(subscription_id, compression, is_too_large, is_last, now_ms)
        self.terminating = is_last
        if self.last_error != ErrorCode.NONE:
            raise Refused(self.last_error)

    def _push_error(
        self, subscription_id: int, compression: int, is_too_large: bool, is_last: bool, now_ms: int
    ) -> ErrorCode:
        if self.terminating:
            return ErrorCode.INVALID_REQUEST
        # Clients wait for half to one and a half intervals after they asked: the first push behind an answer is never too early.
        in_time = self.asked_ms > self.pushed_ms or now_ms - self.pushed_ms >= self.interval_ms
        if in_time:
            self.pushed_ms = now_ms
        elif not is_last:
            return ErrorCode.THROTTLING_QUOTA_EXCEEDED
        if subscription_id != self.subscription_id:
            return ErrorCode.UNKNOWN_SUBSCRIPTION_ID
        if compression and compression not in ACCEPTED_COMPRESSIONS:
            return ErrorCode.UNSUPPORTED_COMPRESSION_TYPE
        return ErrorCode.TELEMETRY_TOO_LARGE if is_too_large else ErrorCode.NONE


class Clients:
    """The clients that one broker knows."""

    def __init__(self) -> None:
        #: By id, the one that was silent for longest first.
        self._clients: dict[bytes, Client] = {}
        #: Client metrics resources, as of this offset of the metadata.
        self._resources: dict[str, dict[str, str]] = {}
        self._offset = -1

    def client(
        self, uuid: bytes, attributes: Mapping[str, str], image: MetadataImage, now_ms: int
    ) -> tuple[Client, bool]:
        """The client of this id, and whether it is new; ``attributes`` are what resources may match."""
        self._look_at(image)
        known = self._clients.pop(uuid, None)
        if known is not None and known.is_forgotten(now_ms):
            known = None
        client = known or self._subscribed(uuid, attributes)
        client.seen_ms = now_ms
        self._clients[uuid] = client
        if len(self._clients) > CLIENTS_MAX:
            del self._clients[next(iter(self._clients))]
        return client, known is None

    def _look_at(self, image: MetadataImage) -> None:
        """Begin anew where a client metrics resource has changed."""
        if image.offset == self._offset:
            return
        self._offset = image.offset
        resources = {
            name: dict(configs)
            for (kind, name), configs in image.configs_by_resource.items()
            if kind == ResourceType.CLIENT_METRICS
        }
        if resources != self._resources:
            self._resources = resources
            self._clients.clear()

    def forget(self, uuid: bytes) -> None:
        """The connection that the client came with is closed."""
        self._clients.pop(uuid, None)

    def _subscribed(self, uuid: bytes, attributes: Mapping[str, str]) -> Client:
        metrics: list[str] = []
        interval_ms = int(CLIENT_METRICS["interval.ms"][1])
        for name in hash_map_order(self._resources):
            values: dict[str, Any] = {
                key: parse(key, kind, self._resources[name].get(key, default))
                for key, (kind, default) in CLIENT_METRICS.items()
            }
            if all(_matches(match, attributes) for match in values["match"] if match):
                metrics += values["metrics"]
                interval_ms = min(interval_ms, values["interval.ms"])
        # Their order is that of a hash set of the reference, and is part of the subscription's number.
        wanted = [EVERYTHING] if EVERYTHING in metrics else hash_map_order(metrics)
        crc = google_crc32c.value(f"[{', '.join(wanted)}]{interval_ms}".encode())
        return Client(wanted, interval_ms, _signed(crc ^ _uuid_hash(uuid)))


def is_client(uuid: bytes) -> bool:
    """Whether an id can be a client's: the reserved ones cannot."""
    return uuid not in _NO_UUIDS


def _matches(match: str, attributes: Mapping[str, str]) -> bool:
    key, _, pattern = match.partition("=")
    return java_pattern(pattern.strip()).matches(attributes[key.strip()])


def _uuid_hash(uuid: bytes) -> int:
    """``Uuid.hashCode`` of the reference, unsigned."""
    whole = int.from_bytes(uuid[:8], "big") ^ int.from_bytes(uuid[8:], "big")
    return whole >> 32 ^ whole & 0xFFFFFFFF


def _signed(value: int) -> int:
    return value - 2**32 if value >= 2**31 else value
