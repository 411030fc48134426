"""A Kafka-compatible broker in one Python process. `kafkaemu.broker` and `kafkaemu.cluster` are the first files to read."""
