"""ListTransactions: of a coordinator that has none; transactions are not built.

Behavior:
    - A pattern that RE2 does not take: INVALID_REGULAR_EXPRESSION (128), and nothing else is answered.
      [list_transactions/by_pattern, list_transactions/several_faults]
    - States that do not exist come back, each once; the case of their letters matters. [list_transactions/by_state]
    - Producer ids and durations are not checked. [list_transactions/by_producer_and_duration]

Versions:
    - 1 adds the duration (KIP-994), 2 the pattern (KIP-1152); null and empty ask for all. [list_transactions/every_version,
      list_transactions/by_producer_and_duration, list_transactions/by_pattern]
"""

from __future__ import annotations

from kafkaemu.config.re2 import is_re2
from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.list_transactions import ListTransactionsRequest, ListTransactionsResponse

_STATES = frozenset(
    {
        "Empty",
        "Ongoing",
        "PrepareCommit",
        "PrepareAbort",
        "CompleteCommit",
        "CompleteAbort",
        "PrepareEpochFence",
        "Dead",
    }
)


def handle(context: Context, request: Request, body: ListTransactionsRequest) -> Answer:
    """See the module."""
    if body.transactional_id_pattern and not is_re2(body.transactional_id_pattern):
        return ListTransactionsResponse(error_code=ErrorCode.INVALID_REGULAR_EXPRESSION)
    unknown = [state for state in dict.fromkeys(body.state_filters) if state not in _STATES]
    return ListTransactionsResponse(unknown_state_filters=unknown)
