"""The broker with very much of something: partitions, connections, members of a group, bytes in a batch, time."""
