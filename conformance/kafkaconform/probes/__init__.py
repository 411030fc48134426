"""The probes, one module per API. A probe is a function marked with `kafkaconform.registry.probe`."""
