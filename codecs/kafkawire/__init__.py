"""Kafka's binary protocol as a library: declarations of messages, their codec, record batches, and the sans-IO halves of a
connection. It does no I/O and knows no broker.

- `kafkawire.index.APIS`: which APIs there are; ``kafkawire.messages.<api>``: their requests and responses
- `kafkawire.compiler.encode` / `decode`: one message to and from bytes
- `kafkawire.framing`, `kafkawire.client`: the server's and the client's half of a connection
- `kafkawire.records`: record batches
- `kafkawire.errors.ErrorCode`
"""
