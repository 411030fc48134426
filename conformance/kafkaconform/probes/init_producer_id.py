"""InitProducerId without a transactional id: a fresh producer id for idempotent writes."""

from kafkaconform.prepare import new_producer_id
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.init_producer_id import InitProducerIdRequest

#: Far beyond what a broker hands out during a recording.
KNOWN = 4_000_000_000


@probe
def every_version(session: Session) -> None:
    """Without a transactional id: a new id each time, epoch 0."""
    new_producer_id(session)
    session.connect().ask_all_versions(InitProducerIdRequest(transactional_id=None, transaction_timeout_ms=60_000))


@probe
def timeout_is_not_looked_at(session: Session) -> None:
    """Without a transactional id the timeout may be anything."""
    connection = session.connect()
    for timeout_ms in (0, -1, 2_147_483_647):
        connection.ask(InitProducerIdRequest(transactional_id=None, transaction_timeout_ms=timeout_ms), 4)


@probe
def known_id_and_epoch(session: Session) -> None:
    """An id and epoch the client brings along: both or neither, 42 otherwise; an idempotent producer gets a
    new id anyway.
    """
    connection = session.connect()
    for producer_id, epoch in ((-1, -1), (KNOWN, 0), (-1, 0), (KNOWN, -1), (-2, -2)):
        request = InitProducerIdRequest(
            transactional_id=None, transaction_timeout_ms=60_000, producer_id=producer_id, producer_epoch=epoch
        )
        for version in (3, 5):
            connection.ask(request, version)


@probe
def empty_transactional_id(session: Session) -> None:
    """An empty transactional id is not the same as none: 42."""
    connection = session.connect()
    for version in (0, 2, 4, 5):
        connection.ask(InitProducerIdRequest(transactional_id="", transaction_timeout_ms=60_000), version)


@probe
def many_ids(session: Session) -> None:
    """No id is given twice, on whatever connection."""
    new_producer_id(session)
    first, second = session.connect(), session.connect()
    for _ in range(3):
        for connection in (first, second):
            connection.ask(InitProducerIdRequest(transactional_id=None, transaction_timeout_ms=60_000), 5)


@probe
def order_of_checks(session: Session) -> None:
    """An id without an epoch, or an epoch without an id, is refused whatever else there is: 42."""
    connection = session.connect()
    for transactional_id in (None, ""):
        for producer_id, epoch in ((KNOWN, -1), (-1, 0), (-2, -1), (-1, -2), (2**63 - 1, 32_767), (-(2**63), -32_768)):
            request = InitProducerIdRequest(
                transactional_id=transactional_id,
                transaction_timeout_ms=-1,
                producer_id=producer_id,
                producer_epoch=epoch,
            )
            connection.ask(request, 4)
