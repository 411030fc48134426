"""DescribeTransactions: of a broker that coordinates none."""

from kafkaconform.registry import probe
from kafkaconform.releases import NotAskable
from kafkaconform.session import Session
from kafkawire.messages.describe_transactions import DescribeTransactionsRequest
from kafkawire.messages.metadata import MetadataRequest, MetadataRequestTopic


@probe
def before_any_transaction(session: Session) -> None:
    """Where nobody has ever asked for a coordinator of transactions there is none: 16; an empty id: 42, whatever else is.

    To be recorded on a fresh cluster: FindCoordinator for a transactional id makes the topic of the coordinators.
    """
    asked = [MetadataRequestTopic(name="__transaction_state")]
    request = MetadataRequest(topics=asked, allow_auto_topic_creation=False)
    if session.service.quietly(request, 12).topics[0].error_code == 0:
        raise NotAskable("somebody has asked this broker for a coordinator of transactions before: start it anew")
    connection = session.connect()
    for ids in (["payments"], [""], ["payments", "", "refunds"], ["payments", "payments"], []):
        for version in session.versions(DescribeTransactionsRequest):
            connection.ask(DescribeTransactionsRequest(transactional_ids=ids), version)
