"""Records of an internal topic as bytes: two bytes of type or version, then the message (CoordinatorRecordSerde)."""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct

from kafkaemu.coordinator.result import CoordinatorRecord
from kafkawire.compiler import decode, encode
from kafkawire.declare import TopLevel
from kafkawire.primitives import Buffer
from kafkawire.records.record import Record

_PREFIX = Struct(">h")


class UnknownRecordType(ValueError):
    """A record type that this release does not know, written by a newer one; it is passed over."""


class RecordFormat:
    """The record types of one internal topic, as pairs of a key class and a value class that share their type (``KEY``)."""

    def __init__(self, types: Iterable[tuple[type[TopLevel], type[TopLevel]]]) -> None:
        self._types = {key.KEY: (key, value) for key, value in types}

    def encode(self, record: CoordinatorRecord, now_ms: int) -> Record:
        """The record as it is put into a batch, with ``now_ms`` as its timestamp."""
        key = _PREFIX.pack(record.key.KEY) + encode(record.key, record.key_version)
        value = None
        if record.value is not None:
            value = _PREFIX.pack(record.value_version) + encode(record.value, record.value_version)
        return Record(key=key, value=value, timestamp_ms=now_ms)

    def decode(self, key: Buffer, value: Buffer | None) -> CoordinatorRecord:
        """The messages of a record. Raises `UnknownRecordType`, or MalformedMessage for bytes that are none."""
        (kind,) = _PREFIX.unpack_from(key)
        if kind not in self._types:
            raise UnknownRecordType(f"record type {kind}")
        key_class, value_class = self._types[kind]
        key_message = decode(key_class, 0, memoryview(key)[2:])
        if value is None:
            return CoordinatorRecord(key_message, None)
        (version,) = _PREFIX.unpack_from(value)
        return CoordinatorRecord(key_message, decode(value_class, version, memoryview(value)[2:]), version)
