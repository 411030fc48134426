"""Ask a broker for its answers to `produce_cases` and write them down: `python record_produce_answers.py HOST:PORT`.

Only needed when a case is added or the reference changes. The broker must be fresh, with the defaults of
Apache Kafka 4.3.1.
"""

from __future__ import annotations

import base64
import json
import socket
import sys
import time
from pathlib import Path
from struct import pack, unpack_from
from typing import Any

import produce_cases
from confluent_kafka.admin import AdminClient, NewTopic

ANSWERS = Path(__file__).with_name("produce_answers.json")


class Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.position = data, 0

    def number(self, code: str) -> int:
        (value,) = unpack_from(">" + code, self.data, self.position)
        self.position += {"b": 1, "h": 2, "i": 4, "q": 8}[code]
        return int(value)

    def text(self) -> str | None:
        length = self.number("h")
        if length < 0:
            return None
        self.position += length
        return self.data[self.position - length : self.position].decode()

    def data_bytes(self) -> bytes:
        length = self.number("i")
        if length < 0:
            return b""
        self.position += length
        return self.data[self.position - length : self.position]


def text(value: str | None) -> bytes:
    return pack(">h", -1) if value is None else pack(">h", len(value)) + value.encode()


class Connection:
    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.socket = socket.create_connection(address, timeout=10)

    def call(self, key: int, version: int, body: bytes) -> Reader:
        frame = pack(">hhi", key, version, 7) + text("probe") + body
        self.socket.sendall(pack(">i", len(frame)) + frame)
        answer = self._exactly(unpack_from(">i", self._exactly(4))[0])
        return Reader(answer[4:])

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise ConnectionError("closed")
            data += part
        return data

    def produce(self, topic: str, version: int, records: bytes) -> dict[str, Any]:
        body = text(None) + pack(">hi", -1, 5000) + pack(">i", 1) + text(topic) + pack(">ii", 1, 0)
        answer = self.call(0, version, body + pack(">i", len(records)) + records)
        answer.number("i")
        answer.text()
        answer.number("i")
        answer.number("i")
        result: dict[str, Any] = {
            "error_code": answer.number("h"),
            "base_offset": answer.number("q"),
            "log_append_time": answer.number("q"),
        }
        if version >= 5:
            answer.number("q")
        if version >= 8:
            count = answer.number("i")
            result["record_errors"] = [[answer.number("i"), answer.text()] for _ in range(count)]
            result["error_message"] = answer.text()
        return result

    def fetch(self, topic: str, offset: int) -> bytes:
        body = pack(">iiiibi", -1, 500, 1, 1 << 20, 0, 1) + text(topic) + pack(">iiqi", 1, 0, offset, 1 << 20)
        answer = self.call(1, 4, body)
        answer.number("i")
        answer.number("i")
        answer.text()
        answer.number("i")
        answer.number("i")
        answer.number("h")
        answer.number("q")
        answer.number("q")
        for _ in range(max(answer.number("i"), 0)):
            answer.number("q")
            answer.number("q")
        return answer.data_bytes()


def main(bootstrap: str) -> None:
    host, _, port = bootstrap.rpartition(":")
    admin = AdminClient({"bootstrap.servers": bootstrap})
    topics = [NewTopic(name, 1, 1, config=config) for name, config in produce_cases.TOPICS.items()]
    for future in admin.create_topics(topics).values():
        future.result()
    connection = Connection((host, int(port)))
    for topic in produce_cases.TOPICS:
        for _ in range(50):
            if connection.produce(topic, 8, produce_cases.batch(produce_cases.record()))["error_code"] == 0:
                break
            time.sleep(0.1)
    answers = []
    now_ms = int(time.time() * 1000)
    for case in produce_cases.cases(now_ms):
        asked_ms = int(time.time() * 1000)
        try:
            answer: dict[str, Any] = connection.produce(case.topic, case.version, case.payload)
        except (OSError, ConnectionError) as error:
            answer = {"closed": str(error)}
            connection = Connection(connection.address)
        if answer.get("error_code") == 0:
            stored = connection.fetch(case.topic, answer["base_offset"])
            answer["stored"] = base64.b64encode(stored).decode()
        answers.append(
            {
                "name": case.name,
                "topic": case.topic,
                "version": case.version,
                "asked_ms": asked_ms,
                "payload": base64.b64encode(case.payload).decode(),
                "answer": answer,
            }
        )
    document = {"broker": "Apache Kafka 4.3.1", "topics": produce_cases.TOPICS, "cases": answers}
    ANSWERS.write_text(json.dumps(document, indent=1) + "\n")
    print(len(answers), "answers in", ANSWERS)


if __name__ == "__main__":
    main(sys.argv[1])
