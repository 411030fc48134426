"""A producer with retries: what the cluster cannot take now is sent again, and is there once; what it never takes is told.

The cluster lacks replicas for a while: a topic that wants two in sync, on a broker that is alone.

pip install kafkaemu pytest confluent-kafka
"""

from confluent_kafka import KafkaError, Producer
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType


class Billing:
    """Sends bills, and notes what became of each."""

    def __init__(self, bootstrap_servers):
        settings = {"bootstrap.servers": bootstrap_servers, "enable.idempotence": True, "retry.backoff.ms": 20}
        self._producer = Producer(settings)
        self.outcomes = {}

    def send(self, bill):
        self._producer.produce("to-pay", bill, on_delivery=self._note)

    def _note(self, error, message):
        self.outcomes[message.value()] = error.code() if error else None

    def finish(self, timeout=10):
        return self._producer.flush(timeout)


def set_min_insync_replicas(bootstrap_servers, count):
    entry = ConfigEntry("min.insync.replicas", str(count), incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, "to-pay", incremental_configs=[entry])
    admin = AdminClient({"bootstrap.servers": bootstrap_servers})
    admin.incremental_alter_configs([resource])[resource].result(10)


def test_bills_are_sent_again_until_there_are_replicas_enough(kafka_broker):
    kafka_broker.create_topic("to-pay", config={"min.insync.replicas": 2})
    billing = Billing(kafka_broker.bootstrap_servers)
    for number in range(3):
        billing.send(b"bill %d" % number)
    assert billing.finish(timeout=0.2) == 3
    assert kafka_broker.records("to-pay") == []

    set_min_insync_replicas(kafka_broker.bootstrap_servers, 1)
    assert billing.finish() == 0
    assert [record.value for record in kafka_broker.records("to-pay")] == [b"bill 0", b"bill 1", b"bill 2"]
    assert set(billing.outcomes.values()) == {None}


def test_a_bill_that_is_too_large_is_not_sent_again(kafka_broker):
    kafka_broker.create_topic("to-pay", config={"max.message.bytes": 1000})
    billing = Billing(kafka_broker.bootstrap_servers)
    billing.send(b"x" * 2000)
    assert billing.finish() == 0
    assert list(billing.outcomes.values()) == [KafkaError.MSG_SIZE_TOO_LARGE]
    assert kafka_broker.records("to-pay") == []
