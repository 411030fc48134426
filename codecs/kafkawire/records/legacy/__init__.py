"""Message sets: the formats before record batches, magic 0 (until 0.9) and magic 1 (0.10, KIP-31 and KIP-32), both ways.

A message set is a row of messages, each with its own offset and CRC-32; there is no header for all of them. Compression is
nesting: the value of a *wrapper* message is a compressed message set. Apache Kafka 4 takes none of this from producers any more;
it is for those who read old segments and captures, or talk to old clients and brokers.

Import the submodule you need: `message` for one message, `iterate` for records, `builder` to write, `validate` for what brokers
checked, `convert` from and to record batches.
"""
