"""Producer snapshots: the file beside a log that says what producers have written, so that it need not be read again.

It begins with a version of two bytes; then comes `ProducerSnapshot`.
"""

from __future__ import annotations

from kafkawire.declare import Array, Int16, Int32, Int64, Message, TopLevel, UInt32, record, since, struct


@struct
class ProducerEntry(Message):
    """What is known of a producer in one partition."""

    producer_id: int = Int64("Its id.", since(1))
    epoch: int = Int16("Its epoch.", since(1))
    last_sequence: int = Int32("Sequence number of its last record; -1: none.", since(1))
    last_offset: int = Int64("Offset of that record; -1: none.", since(1))
    offset_delta: int = Int32("How many records its last batch has, less one.", since(1))
    timestamp: int = Int64("Greatest timestamp of that batch in ms since 1970.", since(1))
    coordinator_epoch: int = Int32("Epoch of the coordinator that ended its last transaction; -1: none did.", since(1))
    current_txn_first_offset: int = Int64("First offset of its open transaction; -1: none is open.", since(1))


@record(-1, versions=(1, 1))
class ProducerSnapshot(TopLevel):
    """The file: version (two bytes), then this."""

    crc: int = UInt32("CRC-32C of the entries, that is of everything behind it.")
    producer_entries: list[ProducerEntry] = Array(ProducerEntry, "The producers.")
