"""Producers: plain ones, and idempotent ones that send again what they do not know the outcome of."""

import time
from collections.abc import Sequence
from typing import Any

import attrs

from kafkaconform.batches import Record, batch
from kafkaconform.histories.client import Unexpected
from kafkaconform.histories.history import Ending, Partition, Send
from kafkaconform.histories.surroundings import Surroundings
from kafkaconform.prepare import produce_request
from kafkawire.messages.produce import ProduceRequest

#: As many as the broker can tell from new ones when they come again.
IN_FLIGHT_MAX = 4
CUT_CHANCE = 0.05
RECORDS_PER_BATCH_MAX = 8
DUPLICATE_SEQUENCE_NUMBER = 46


@attrs.define
class _Batch:
    """What was sent at once to one partition, and is not settled."""

    partition: Partition
    values: Sequence[bytes]
    first_number: int
    request: ProduceRequest
    began: int
    is_sent: bool = False


class Producer:
    """Sends batches to all partitions, several at a time, and cuts its connection now and then.

    With a ``producer_id`` it is idempotent. Without one it goes on as another producer then, since what it has sent may overtake what
    it sends now. Between its requests it waits for up to ``pause_ms``.
    """

    def __init__(self, around: Surroundings, name: str, *, producer_id: int | None, pause_ms: int) -> None:
        self._around = around
        self._name = name
        self._chance = around.chance(name)
        self._client = around.client(name)
        self._is_idempotent = producer_id is not None
        self._pause_ms = pause_ms
        self._number = 0
        self._life = 1
        self._producer_id = -1 if producer_id is None else producer_id
        self._sequences = dict.fromkeys(around.partitions, 0)
        self._unsettled: list[_Batch] = []

    def run(self, records: int) -> None:
        """Sends ``records`` records, or as many as there is time for; an idempotent producer settles what it has begun."""
        while not self._around.stopped.is_set():
            if not self._unsettled:
                if self._number >= records or self._around.is_over:
                    break
                self._unsettled = [self._new_batch() for _ in range(self._chance.randint(1, IN_FLIGHT_MAX))]
            self._exchange()
            if self._pause_ms:
                self._around.stopped.wait(self._chance.random() * self._pause_ms / 1000)

    def _exchange(self) -> None:
        """Sends what is unsettled, and settles what is answered before the connection is cut, if it is."""
        batches = self._unsettled
        is_cut = self._chance.random() < CUT_CHANCE
        at = self._chance.randrange(len(batches)) if is_cut else len(batches)
        is_torn = is_cut and self._chance.random() < 0.5
        sent = []
        for each in batches[:at] if is_torn else batches:
            each.is_sent = True
            sent.append(self._client.send(each.request))
        if is_torn:
            batches[at].is_sent = True
            self._client.send_part(batches[at].request, self._chance.random())
        answered = 0 if is_torn else at
        for each, correlation_id in zip(batches[:answered], sent, strict=False):
            self._settle(each, self._client.receive(each.request, correlation_id))
        self._unsettled = batches[answered:]
        if is_cut:
            self._client.cut()
            if not self._is_idempotent:
                self._give_up()

    def _settle(self, each: _Batch, answer: Any) -> None:
        result = answer.responses[0].partition_responses[0]
        code = int(result.error_code)
        if code and not (self._is_idempotent and code == DUPLICATE_SEQUENCE_NUMBER):
            raise Unexpected(f"Produce of {self._name} to {each.partition}: error {code}.")
        self._note(each, Ending.DONE, self._around.history.tick(), None if code else int(result.base_offset))

    def _give_up(self) -> None:
        for each in self._unsettled:
            if each.is_sent:
                self._note(each, Ending.UNKNOWN, None, None)
        self._unsettled = []
        self._life += 1

    def _note(self, each: _Batch, ending: Ending, ended: int | None, base_offset: int | None) -> None:
        for place, value in enumerate(each.values):
            self._around.history.sends.append(
                Send(
                    began=each.began,
                    ended=ended,
                    producer=f"{self._name}.{self._life}",
                    number=each.first_number + place,
                    partition=each.partition,
                    value=value,
                    ending=ending,
                    offset=None if base_offset is None else base_offset + place,
                )
            )

    def _new_batch(self) -> _Batch:
        partition = self._chance.choice(self._around.partitions)
        first, count = self._number, self._chance.randint(1, RECORDS_PER_BATCH_MAX)
        values = [f"{self._name}/{number}".encode() for number in range(first, first + count)]
        sequence = self._sequences[partition] if self._is_idempotent else -1
        data = batch(
            [Record(value=value) for value in values],
            producer_id=self._producer_id,
            producer_epoch=0 if self._is_idempotent else -1,
            base_sequence=sequence,
            # A broker forgets a producer whose last record is a day old by its own timestamp.
            base_timestamp=int(time.time() * 1000),
        )
        self._number += count
        self._sequences[partition] += count
        request = produce_request(partition.topic, data, partition=partition.number)
        return _Batch(partition, values, first, request, self._around.history.tick())
