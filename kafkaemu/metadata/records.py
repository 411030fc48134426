"""Metadata records as bytes: a frame around each message, as the reference's MetadataRecordSerde writes it.

A record has no key; its value is an unsigned varint frame version (1), one with the record's type, one with the version of its
schema, then the message.
"""

from __future__ import annotations

from kafkawire.compiler import raw_decoder, raw_encoder
from kafkawire.declare import TopLevel
from kafkawire.internal import cluster_metadata as schemas
from kafkawire.internal import cluster_security as security
from kafkawire.primitives import MalformedMessage, Part, read_uvarint, write_uvarint

FRAME_VERSION = 1

#: The version in which each record is written at metadata.version 30 (4.3-IV0).
WRITTEN_VERSIONS: dict[type[TopLevel], int] = {
    schemas.RegisterBrokerRecord: 4,
    schemas.UnregisterBrokerRecord: 0,
    schemas.BrokerRegistrationChangeRecord: 3,
    schemas.RegisterControllerRecord: 0,
    schemas.TopicRecord: 0,
    schemas.PartitionRecord: 2,
    schemas.PartitionChangeRecord: 2,
    schemas.RemoveTopicRecord: 0,
    schemas.ConfigRecord: 0,
    schemas.ClientQuotaRecord: 0,
    security.UserScramCredentialRecord: 0,
    security.RemoveUserScramCredentialRecord: 0,
    schemas.FeatureLevelRecord: 0,
    schemas.ProducerIdsRecord: 0,
    schemas.BeginTransactionRecord: 0,
    schemas.EndTransactionRecord: 0,
    schemas.AbortTransactionRecord: 0,
    schemas.NoOpRecord: 0,
}
_BY_KEY = {cls.KEY: cls for cls in WRITTEN_VERSIONS}


class UnknownRecord(ValueError):
    """A record of a type or version that this version of kafkaemu does not know: its log was written by a newer one."""


def encode_record(record: TopLevel) -> bytes:
    """The value of the log record that carries ``record``."""
    cls = type(record)
    version = WRITTEN_VERSIONS[cls]
    frame = bytearray((FRAME_VERSION,))
    write_uvarint(frame, cls.KEY)
    write_uvarint(frame, version)
    before: list[Part] = []
    return bytes(raw_encoder(cls, version)(record, frame, before))


def decode_record(value: bytes) -> TopLevel:
    """The metadata record in a log record's value. Raises `UnknownRecord` or `MalformedMessage`."""
    try:
        frame_version, position = read_uvarint(value, 0)
        key, position = read_uvarint(value, position)
        version, position = read_uvarint(value, position)
    except IndexError as error:
        raise MalformedMessage("metadata record", 0, "frame", 0, "the record ends inside its frame") from error
    if frame_version != FRAME_VERSION:
        raise UnknownRecord(f"metadata record with frame version {frame_version}")
    cls = _BY_KEY.get(key)
    if cls is None or not cls.VERSIONS[0] <= version <= cls.VERSIONS[1]:
        raise UnknownRecord(f"metadata record of type {key}, version {version}")
    return raw_decoder(cls, version)(value, position)[0]
