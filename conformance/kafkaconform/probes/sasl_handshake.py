"""SaslHandshake on a listener without SASL."""

from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.sasl_handshake import SaslHandshakeRequest


@probe
def on_a_plaintext_listener(session: Session) -> None:
    """There is nothing to shake hands about: 34, no mechanisms; the connection stays."""
    connection = session.connect()
    connection.ask_all_versions(SaslHandshakeRequest(mechanism="PLAIN"))
    connection.ask_all_versions(SaslHandshakeRequest(mechanism=""))
