"""AllocateProducerIds (key 67): a broker asks the controller for a block of producer ids (KIP-730)."""

from __future__ import annotations

from kafkawire.declare import Int16, Int32, Int64, TopLevel, request, response


@request(67, versions=(0, 0), flexible=0)
class AllocateProducerIdsRequest(TopLevel):
    """Asks for the next block."""

    broker_id: int = Int32("Id of the broker.")
    broker_epoch: int = Int64("Epoch of its registration; -1: unknown.", default=-1)


@response(67, versions=(0, 0), flexible=0)
class AllocateProducerIdsResponse(TopLevel):
    """A block that nobody else gets."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16(
        "NONE; STALE_BROKER_EPOCH or BROKER_ID_NOT_REGISTERED: the broker is not the one registered."
    )
    producer_id_start: int = Int64("First id of the block.")
    producer_id_len: int = Int32("Number of ids in it.")
