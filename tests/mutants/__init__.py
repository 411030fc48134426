"""Brokers with one deliberate defect each, which the conformance runner has to find."""
