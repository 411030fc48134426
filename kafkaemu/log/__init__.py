"""The log of a partition: segments in memory, indexes, producer state, leader epochs, retention and compaction."""
