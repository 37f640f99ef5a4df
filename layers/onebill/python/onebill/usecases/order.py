"""One request between its hold and its receipt."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from onebill.domain.bounds import WorstCase
from onebill.domain.chat_request import ChatRequest
from onebill.domain.estimate import estimate_usage
from onebill.domain.json_value import JsonValue
from onebill.domain.model import Model
from onebill.domain.stated_usage import usage_with_cost
from onebill.domain.usage_report import read_usage
from onebill.usecases.answers import Outcome, Receipt
from onebill.usecases.hold_credit import OpenHold

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked, at which price, and what is held for it."""

    request_id: str
    request: ChatRequest
    model: Model
    worst_case: WorstCase
    open_hold: OpenHold
    deadline: datetime

    @property
    def output_cap(self) -> int | None:
        """The cap in force, if it is not the one the client chose."""
        cap = self.open_hold.output_tokens
        return None if cap == self.request.requested_output_tokens else cap

    async def settle(
        self, reported: JsonValue, *, estimate_output_tokens: Callable[[], int], outcome: Outcome
    ) -> Receipt:
        """Pay what the provider reports; if it reports nothing, an estimate within the hold."""
        price, hold = self.worst_case.price, self.open_hold.hold
        provider = self.model.provider
        report = read_usage(reported, reasoning_apart=provider.reports_reasoning_apart)
        if report is None:
            usage = estimate_usage(
                self.request, bound=self.worst_case.input, output_tokens=estimate_output_tokens()
            )
            cost_nano_usd = min(price.cost_nano_usd(usage), hold.amount_nano_usd)
        else:
            usage = report.usage
            cost_nano_usd = price.cost_nano_usd(usage)
        closed = await uninterrupted(
            self.open_hold.settle(
                model=self.model.id,
                price_version=price.version,
                usage=usage,
                cost_nano_usd=cost_nano_usd,
                estimated=report is None,
            )
        )
        api_key = self.open_hold.access.api_key
        return Receipt(
            request_id=self.request_id,
            account_id=api_key.account_id,
            key_id=api_key.id,
            hold_id=hold.id,
            model=self.model.id,
            price_version=price.version,
            usage=usage,
            stated_usage=usage_with_cost(reported, usage=usage, cost_nano_usd=cost_nano_usd),
            held_nano_usd=hold.amount_nano_usd,
            cost_nano_usd=cost_nano_usd,
            available_nano_usd=closed.account.available_nano_usd if closed.account else None,
            outcome=outcome,
            estimated=report is None,
            contradictory=report is not None and report.contradictory,
            unsettled=closed.account is None,
            late=closed.late,
        )

    async def release(self, reason: str) -> None:
        """Give everything back: the request produced nothing."""
        await uninterrupted(self.open_hold.release(reason))


async def uninterrupted(work: Coroutine[object, object, _Result]) -> _Result:
    """Await work that must not stop half-way, however often the awaiting task is cancelled."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            if task.cancelled():
                raise
            cancelled = error
    if cancelled is not None:
        raise cancelled
    return task.result()
