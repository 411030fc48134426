"""A management command that reads a topic into the database. Run with: python manage.py test

pip install kafkaemu django confluent-kafka
"""

from django.core.management import call_command
from django.test import TestCase

from kafkaemu.testing import BrokerTestCase
from orders.models import Order


class ReadOrdersTest(BrokerTestCase, TestCase):
    kafka_topics = ["web-orders"]

    def setUp(self):
        self.enterContext(self.settings(KAFKA_BOOTSTRAP_SERVERS=self.broker.bootstrap_servers))

    def test_orders_are_in_the_database_once(self):
        self.broker.produce("web-orders", "espresso", key="1")
        self.broker.produce("web-orders", "latte", key="2")
        self.broker.produce("web-orders", "espresso", key="1")
        call_command("read_orders", limit=3)
        self.assertEqual(dict(Order.objects.values_list("number", "drink")), {"1": "espresso", "2": "latte"})
        self.assertEqual(self.broker.lag("orders"), 0)

    def test_a_second_run_goes_on_where_the_first_has_ended(self):
        self.broker.produce("web-orders", "espresso", key="1")
        call_command("read_orders", limit=1)
        self.broker.produce("web-orders", "latte", key="2")
        call_command("read_orders", limit=1)
        self.assertEqual(Order.objects.count(), 2)
        self.assertEqual(self.broker.committed("orders"), {("web-orders", 0): 2})
