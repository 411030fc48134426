"""The conformance runner: compares what a broker answers with what Apache Kafka answers.

It speaks to any bootstrap address and knows the protocol from ``kafkawire`` alone; nothing here may
import ``kafkaemu``, so that a mistake of the emulator can never excuse itself. See
``conformance/README.md`` for the golden format and for how to add a probe.
"""
