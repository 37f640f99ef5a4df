"""The one call every DynamoDB adapter makes, who can carry it, and how often it is repeated.

The adapters build requests in DynamoDB's own notation and hand them to a `DynamoDb`:
`boto3_client` for everything, `light_client` where each microsecond is paid per request.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from onebill.adapters.dynamodb.errors import Contended, Rejected, TransactionCancelled, Unreachable
from onebill.domain.errors import LedgerUnavailable

CONNECT_TIMEOUT_SECONDS = 1.0
READ_TIMEOUT_SECONDS = 2.0

ATTEMPTS_MAX = 4
"""How often a call is sent while a caller waits for a yes or no: 9 seconds at the worst."""

ATTEMPTS_TO_CLOSE_MAX = 12
"""The same for closing a hold, where giving up would lose a charge: half a minute."""

PAUSE_FIRST_SECONDS = 0.02
PAUSE_MAX_SECONDS = 0.5


class DynamoDb(Protocol):
    """Something that carries one call to DynamoDB, once."""

    async def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Send one operation and return its answer. Raises DynamoDbError."""
        ...

    async def close(self) -> None:
        """Give back connections and threads."""
        ...


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer, and how many earlier copies of the request went unanswered.

    Such a copy may have been applied, may be applied later, or may be lost.
    """

    answer: dict[str, Any]
    unanswered: int


Pause = Callable[[float], Awaitable[None]]


class Patient:
    """Repeats calls that got no answer or met contention, with full jitter.

    The only retry policy: the clients below send once. Every request that goes through here
    must be safe to apply twice, because an unanswered one may have been applied.
    """

    def __init__(self, client: DynamoDb, *, pause: Pause = asyncio.sleep) -> None:
        self._client = client
        self._pause = pause

    async def call(
        self, operation: str, request: Mapping[str, Any], *, attempts_max: int = ATTEMPTS_MAX
    ) -> dict[str, Any]:
        """Return DynamoDB's answer.

        Raises LedgerUnavailable after the last attempt, or at once if the call is refused, and
        what a condition has to say: ConditionFailed, TransactionCancelled.
        """
        sent = await self.send(operation, request, attempts_max=attempts_max)
        return sent.answer

    async def send(
        self, operation: str, request: Mapping[str, Any], *, attempts_max: int = ATTEMPTS_MAX
    ) -> Sent:
        """The same, and how many copies got no answer on the way."""
        attempt, unanswered = 1, 0
        while True:
            try:
                answer = await self._client.call(operation, request)
                return Sent(answer, unanswered)
            except (Contended, Unreachable, TransactionCancelled) as error:
                if isinstance(error, TransactionCancelled) and not error.is_contended:
                    raise
                unanswered += isinstance(error, Unreachable)
                if attempt == attempts_max:
                    raise LedgerUnavailable(operation) from error
            except Rejected as error:
                raise LedgerUnavailable(operation, str(error)) from error
            ceiling_seconds = min(PAUSE_FIRST_SECONDS * 2**attempt, PAUSE_MAX_SECONDS)
            await self._pause(random.uniform(0, ceiling_seconds))  # noqa: S311  (jitter)
            attempt += 1
