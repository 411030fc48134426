"""Record batches as Kafka writes them: header view, validation, reading, building, compression.

These are of magic 2 (KIP-98), the only one a producer of protocol version 3 or above may send.
Import the submodule you need: `batch` for headers, `iterate` for records, `builder` to write, `validate`
for what a broker checks on Produce; `legacy` for message sets, the formats before (magic 0 and 1).
Importing this package, or any of its submodules, loads no compression library.
"""
