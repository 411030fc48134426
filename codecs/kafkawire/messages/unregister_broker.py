"""UnregisterBroker (key 64): forgets a broker that is gone for good (KIP-500)."""

from __future__ import annotations

from kafkawire.declare import Int16, Int32, String, TopLevel, nullable, request, response


@request(64, versions=(0, 0), flexible=0)
class UnregisterBrokerRequest(TopLevel):
    """Removes a broker's registration; if it runs it will register again."""

    broker_id: int = Int32("Id of the broker.")


@response(64, versions=(0, 0), flexible=0)
class UnregisterBrokerResponse(TopLevel):
    """Whether it is forgotten."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    error_code: int = Int16("NONE, BROKER_ID_NOT_REGISTERED, NOT_CONTROLLER or CLUSTER_AUTHORIZATION_FAILED.")
    error_message: str | None = String("What is wrong in words, or null.", nullable())
