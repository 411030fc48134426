"""What old producers send on its way into a log: message sets become batches. Imported by the first of them."""

from __future__ import annotations

from kafkaemu.log.errors import LogError
from kafkawire.records.batch import Buffer
from kafkawire.records.iterate import MalformedRecord
from kafkawire.records.legacy.message import iterate_entries
from kafkawire.records.legacy.validate import validate_message_set
from kafkawire.records.validate import InvalidBatch, ProduceRules


def is_empty(message_set: Buffer) -> bool:
    """Whether there is no whole message in it: then nothing is appended, and nothing is wrong."""
    try:
        return next(iterate_entries(message_set), None) is None
    except MalformedRecord:
        return False


def batch_of(message_set: Buffer, rules: ProduceRules, now_ms: int) -> Buffer:
    """The one batch that a message set becomes; raises LogError for what the reference refuses."""
    try:
        return validate_message_set(message_set, rules, now_ms).batch
    except InvalidBatch as error:
        raise LogError(error.error_code, error.reason, error.error_message, error.record_errors) from error
