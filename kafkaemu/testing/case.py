"""For unittest: a broker for every test of a class."""

from __future__ import annotations

import unittest
from collections.abc import Iterable, Mapping
from typing import ClassVar

from kafkaemu.testing.embedded import Broker


class BrokerTestCase(unittest.TestCase):
    """Mix it in: every test has a fresh ``self.broker``, which is stopped after `tearDown` and clean-ups that the test adds.

    ``kafka_topics``, ``kafka_config`` and ``kafka_as_version`` of the class are what `Broker` takes.
    """

    kafka_topics: ClassVar[Iterable[str] | Mapping[str, int]] = ()
    kafka_config: ClassVar[Mapping[str, object]] = {}
    kafka_as_version: ClassVar[str | None] = None
    broker: Broker

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """Run the test with a broker of its own, which is there before ``setUp``, whether that calls ``super().setUp()`` or not."""
        broker = Broker(topics=self.kafka_topics, config=self.kafka_config, as_version=self.kafka_as_version)
        with broker as self.broker:
            return super().run(result)
