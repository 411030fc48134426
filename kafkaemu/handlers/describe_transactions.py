"""DescribeTransactions: of a broker that coordinates none; transactions are not built.

Behavior:
    - Each transactional id is answered on its own, as often as it comes. [describe_transactions/before_any_transaction]
    - "" is INVALID_REQUEST. [describe_transactions/before_any_transaction]
    - Any other NOT_COORDINATOR, as a broker answers that leads no partition of ``__transaction_state``.
      [describe_transactions/before_any_transaction]
    - All other fields are zero. [describe_transactions/before_any_transaction]

Versions:
    - 0 is the only one. [describe_transactions/before_any_transaction]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.describe_transactions import (
    DescribeTransactionsRequest,
    DescribeTransactionsResponse,
    TransactionState,
)


def handle(context: Context, request: Request, body: DescribeTransactionsRequest) -> Answer:
    """See the module."""
    return DescribeTransactionsResponse(
        transaction_states=[
            TransactionState(
                transactional_id=transactional_id,
                error_code=ErrorCode.NOT_COORDINATOR if transactional_id else ErrorCode.INVALID_REQUEST,
            )
            for transactional_id in body.transactional_ids
        ]
    )
