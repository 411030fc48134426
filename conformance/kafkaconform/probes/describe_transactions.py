"""DescribeTransactions: of a broker that coordinates none."""

from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.describe_transactions import DescribeTransactionsRequest


@probe
def before_any_transaction(session: Session) -> None:
    """Where nobody has ever asked for a coordinator of transactions there is none: 16; an empty id: 42, whatever else is.

    To be recorded on a fresh cluster: FindCoordinator for a transactional id makes the topic of the coordinators.
    """
    connection = session.connect()
    for ids in (["payments"], [""], ["payments", "", "refunds"], ["payments", "payments"], []):
        for version in session.versions(DescribeTransactionsRequest):
            connection.ask(DescribeTransactionsRequest(transactional_ids=ids), version)
