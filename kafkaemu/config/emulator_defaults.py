"""Where kafkaemu's defaults differ from Kafka's, and why: the one place.

They count like lines of a properties file that every other source overrides, and DescribeConfigs says so (static broker
config, with Kafka's own default among the synonyms).
"""

from __future__ import annotations

EMULATOR_DEFAULTS: dict[str, str] = {
    # A test that joins a group should not wait three seconds for members who are not coming.
    "group.initial.rebalance.delay.ms": "0",
    # One broker can hold one replica; with Kafka's defaults of three (and two in sync) no group and no transaction could run.
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # The metadata log is kept in memory and a snapshot costs no disk: a short log is worth more than a rare snapshot.
    "metadata.log.max.record.bytes.between.snapshots": "1048576",
    # The system lets buffers grow as data flows, which Kafka's fixed ones would forbid; and one thread accepts, besides all else.
    "socket.listen.backlog.size": "1024",
    "socket.receive.buffer.bytes": "-1",
    "socket.send.buffer.bytes": "-1",
    # Kafka has no defaults for these: a node in combined mode, as the quick start of Kafka configures it.
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
}
