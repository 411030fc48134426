"""DescribeTransactions: of a broker that coordinates none; transactions are not built.

Behavior:
    Each transactional id is answered on its own: "" 42, any other 16, as a broker answers that leads no partition of
    `__transaction_state`. All other fields are zero.

Versions:
    0 only.
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
