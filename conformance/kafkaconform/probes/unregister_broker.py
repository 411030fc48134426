"""UnregisterBroker: a broker that is gone for good is forgotten."""

from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.unregister_broker import UnregisterBrokerRequest


@probe
def unknown_brokers(session: Session) -> None:
    """A broker that there is not: 102, with a sentence."""
    connection = session.connect()
    for broker_id in (4711, -1, 2147483647):
        connection.ask_all_versions(UnregisterBrokerRequest(broker_id=broker_id))
