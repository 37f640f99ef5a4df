"""What DynamoDB can answer, in our words, whichever client asked.

::

    DynamoDbError
    ├── ConditionFailed         the condition was false; `item` is what was there instead
    ├── TransactionCancelled    `reasons`, one per action
    ├── Contended               a transaction holds the item, or a throttle: ask again
    ├── Unreachable             no usable answer came: the write may or may not have happened
    └── Rejected                everything else: a bug, a missing table, a missing permission
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Item = dict[str, Any]
"""A stored item in DynamoDB's own notation: ``{"avail": {"N": "5"}}``."""

CONDITION_FAILED = "ConditionalCheckFailedException"
CONDITION_FAILED_REASON = "ConditionalCheckFailed"
_CONTENDED_REASONS = frozenset(
    {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
)
_CANCELLED = "TransactionCanceledException"
_CONTENDED = frozenset(
    {
        "TransactionConflictException",
        "TransactionInProgressException",
        "ThrottlingException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "LimitExceededException",
    }
)
_TRANSIENT = frozenset({"InternalServerError", "InternalFailure", "ServiceUnavailable"})
_SERVER_ERROR = 500


class DynamoDbError(Exception):
    """A call to DynamoDB did not do what was asked."""


class ConditionFailed(DynamoDbError):
    """The condition of a single write was false; `item` is None if there was no item."""

    def __init__(self, item: Item | None) -> None:
        super().__init__("the condition was false")
        self.item = item


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one action of a transaction did not happen; code ``None`` if it was not to blame."""

    code: str
    item: Item | None


class TransactionCancelled(DynamoDbError):
    """None of the actions happened."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(f"transaction cancelled: {[reason.code for reason in reasons]}")
        self.reasons = reasons

    @property
    def is_contended(self) -> bool:
        """Tell whether others were in the way, or too much was going on, and nothing else."""
        codes = {reason.code for reason in self.reasons} - {"None"}
        return bool(codes) and codes <= _CONTENDED_REASONS


class Contended(DynamoDbError):
    """Nothing happened, and the same call may succeed a moment later."""


class Unreachable(DynamoDbError):
    """The outcome is unknown. Only writes that are safe to send twice may be sent again."""


class Rejected(DynamoDbError):
    """The call itself is wrong, or not allowed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


def error_from(*, status: int, code: str, message: str, body: Mapping[str, Any]) -> DynamoDbError:
    """Translate an error answer. `code` may carry a namespace, as ``com.amazon…#Code`` does."""
    name = code.rpartition("#")[2]
    if name == CONDITION_FAILED:
        return ConditionFailed(body.get("Item"))
    if name == _CANCELLED:
        reasons = body.get("CancellationReasons") or []
        return TransactionCancelled(
            [Reason(reason.get("Code", "None"), reason.get("Item")) for reason in reasons]
        )
    if name in _CONTENDED:
        return Contended(f"{name}: {message}")
    if name in _TRANSIENT or status >= _SERVER_ERROR:
        return Unreachable(f"{status} {name}: {message}")
    return Rejected(name, message)
