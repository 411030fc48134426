from confluent_kafka import Consumer
from django.conf import settings
from django.core.management.base import BaseCommand

from orders.models import Order


class Command(BaseCommand):
    help = "Reads orders from Kafka into the database. An order that comes twice is kept once."

    def add_arguments(self, parser):
        parser.add_argument("--limit", type=int, help="end after so many orders")

    def handle(self, *args, limit=None, **options):
        consumer = Consumer(
            {
                "bootstrap.servers": settings.KAFKA_BOOTSTRAP_SERVERS,
                "group.id": "orders",
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
            }
        )
        consumer.subscribe(["web-orders"])
        read = 0
        try:
            while limit is None or read < limit:
                message = consumer.poll(1)
                if message is None or message.error():
                    continue
                Order.objects.get_or_create(number=message.key().decode(), defaults={"drink": message.value().decode()})
                consumer.commit(message, asynchronous=False)
                read += 1
        finally:
            consumer.close()
