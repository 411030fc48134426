"""Where a consumer begins to read: where it is put, or as it was told for lack of a place."""

from __future__ import annotations

from scenario import Reader, Record, Settings, Shared, closing, expected, wait


class Positions(Shared):
    """Scenarios of seeks and resets."""

    def seek(self) -> str:
        """Reads on from the beginning, an offset, the end."""
        topic = self.create("seek", 1)
        self.fill(topic, 1, 0, 10)
        with closing(self.client.reader(topic)) as reader:
            self.read(reader.poll, 10, 0)
            reader.seek(6)
            self.read(reader.poll, 4, 6)
            reader.seek_to_beginning()
            self.read(reader.poll, 10, 0)
            reader.seek(3)
            reader.seek_to_end()
            first = self.first_of_new(topic, reader)
            assert first >= 10, f"{first} after the end"
        return "0, 6, 0, the end"

    def reset(self) -> str:
        """Without a commit and with an offset out of range: earliest, latest, none."""
        topic = self.create("reset", 1)
        self.fill(topic, 1, 0, 10)
        self.client.delete_records(topic, 4)
        for begin in (None, 1, 1000):
            group = f"{self.prefix}-reset-{begin}"
            with closing(self.client.reader(topic, Settings(f"{group}-earliest", "earliest"), begin)) as reader:
                end = reader.offsets()[1]
                self.read(reader.poll, end - 4, 4)
            with closing(self.client.reader(topic, Settings(f"{group}-latest", "latest"), begin)) as reader:
                first = self.first_of_new(topic, reader)
                assert first >= end, f"latest began at {first}"
            with closing(self.client.reader(topic, Settings(f"{group}-none", "none"), begin)) as reader:
                error = self.error_of(reader)
        return f"4, the end, {error}"

    def first_of_new(self, topic: str, reader: Reader) -> int:
        """The offset that a reader begins at which stands at the end, or will soon: records are produced until it gets one."""
        found: list[Record] = []

        def produce() -> None:
            end = reader.offsets()[1]
            self.fill(topic, 1, end, end + 1)
            found.extend(reader.poll(0.5))

        wait("a new record", lambda: bool(found), produce)
        assert found[0] == expected(0, found[0].offset), found[0]
        return found[0].offset

    def error_of(self, reader: Reader) -> str:
        """What a library raises when it is asked for records."""
        errors: list[str] = []

        def poll() -> None:
            try:
                found = reader.poll()
            except Exception as error:
                errors.append(type(error).__name__)
            else:
                assert not found, f"{found[0]} instead of an error"

        wait("an error", lambda: bool(errors), poll)
        return errors[0]
