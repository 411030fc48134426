"""What producers are promised: once and in order, the last value of every key, and an end to waiting."""

from __future__ import annotations

import time

from scenario import FIRST_TIMESTAMP_MS, Record, Shared, closing, wait

#: A few records of `Producing.plain` in each batch.
SMALL_BATCH_BYTES = 500
LIMIT_S = 2.0


class Producing(Shared):
    """Scenarios of idempotence, compaction and timeouts."""

    def idempotence(self) -> str:
        """Hundreds of records in many batches: once, in order, without gaps."""
        topic = self.create("idempotence", 1)
        records = [plain(offset, b"key", b"value-%d" % offset) for offset in range(300)]
        with closing(self.client.sender(batch_bytes=SMALL_BATCH_BYTES)) as sender:
            offsets = sender.send(topic, records)
        assert offsets == list(range(300)), offsets
        found: list[Record] = []
        with closing(self.client.reader(topic)) as reader:
            wait("300 records", lambda: len(found) >= 300, lambda: found.extend(reader.poll()))
            assert reader.offsets() == (0, 300), reader.offsets()
        assert found == records, next(pair for pair in zip(found, records) if pair[0] != pair[1])  # noqa: B905
        return "300 records"

    def compaction(self) -> str:
        """A reader that folds a compacted topic has the last values; a record without a key is refused."""
        topic = self.create("compaction", 1, **{"cleanup.policy": "compact"})
        last: dict[bytes | None, bytes | None] = {}
        count = 0
        for turn in range(4):
            with closing(self.client.sender()) as sender:
                values = {b"key-%d" % key: b"%d" % turn if (key + turn) % 3 else None for key in range(5)}
                sender.send(topic, [plain(count + at, *pair) for at, pair in enumerate(values.items())])
            last.update(values)
            count += len(values)
        folded: dict[bytes | None, bytes | None] = {}
        read_to = 0
        with closing(self.client.reader(topic)) as reader:

            def fold() -> None:
                nonlocal read_to
                for found in reader.poll():
                    folded[found.key] = found.value
                    read_to = found.offset + 1

            wait(f"offset {count - 1}", lambda: read_to == count, fold)
        assert {key: value for key, value in folded.items() if value} == {k: v for k, v in last.items() if v}, folded
        return f"{sum(value is not None for value in last.values())} keys; without a key: {self.refusal(topic)}"

    def refusal(self, topic: str) -> str:
        """What becomes of a record without a key."""
        try:
            with closing(self.client.sender(limit_s=LIMIT_S)) as sender:
                sender.send(topic, [plain(0, None, b"value")])
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            # aiokafka, and old releases of others, have no name for that code.
            assert any(word in said for word in ("InvalidRecord", "INVALID_RECORD", "UnknownError")), said
            return said.partition(":")[0]
        raise AssertionError("a record without a key was taken")

    def timeouts(self) -> str:
        """A poll of nothing ends when it should; sending to a partition that is not there fails."""
        topic = self.create("timeouts", 2)
        with closing(self.client.reader(topic)) as reader:
            reader.offsets()
            begin = time.monotonic()
            found = reader.poll(1.0)
            polled_s = time.monotonic() - begin
        assert not found, found
        assert 0.8 < polled_s < 6.0, f"a poll of 1 s ended after {polled_s:.2f} s"
        begin = time.monotonic()
        try:
            with closing(self.client.sender(limit_s=LIMIT_S)) as sender:
                sender.send(topic, [plain(0, b"key", b"value")._replace(partition=99)])
        except Exception as error:
            sent_s, refused = time.monotonic() - begin, type(error).__name__
        else:
            raise AssertionError("a record for partition 99 was taken")
        assert sent_s < LIMIT_S + 5.0, f"sending failed after {sent_s:.2f} s only"
        return f"a poll of 1 s, {polled_s:.2f} s; partition 99: {refused} after {sent_s:.2f} s"


def plain(offset: int, key: bytes | None, value: bytes | None) -> Record:
    """A record without headers."""
    return Record(0, offset, key, value, (), FIRST_TIMESTAMP_MS + offset)
