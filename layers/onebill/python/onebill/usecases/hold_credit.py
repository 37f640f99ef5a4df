"""Set credit aside for the worst case of a request, shrinking the answer if credit is short.

Nothing is sent to a provider before this has succeeded, and what it returns ends exactly once:
by `OpenHold.settle` or `OpenHold.release`, or by the sweeper after its expiry.
"""

from dataclasses import dataclass
from datetime import datetime

from onebill.domain.account import Account, Hold
from onebill.domain.bounds import OUTPUT_TOKENS_MIN, WorstCase
from onebill.domain.errors import LedgerUnavailable, Unaffordable
from onebill.domain.ledger import ConfigurationChanged, HoldNotOpen
from onebill.domain.operation import HoldSettled, milliseconds
from onebill.domain.usage import Usage
from onebill.domain.windows import day_number
from onebill.ports import Clock, Ids, Ledger
from onebill.usecases.admit_key import Access, AdmitKey

REQUEST_SECONDS_MAX = 900
"""The longest a request may run: Lambda's own limit."""

HOLD_SECONDS = REQUEST_SECONDS_MAX + 120
"""After this nobody who could settle the hold is still running, so it may be expired."""

COPY_SECONDS_MAX = 120
"""How long an unanswered copy of a write is thought to be able to arrive after all."""

PLACE_ATTEMPTS_MAX = 4
"""Reloads and shrinks before giving up: each needs another writer to have interfered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """How a hold ended. `account` is None when the ledger did not answer in time.

    `late` says the hold was gone after its expiry: the cost was not debited here.
    """

    cost_nano_usd: int
    account: Account | None
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHold:
    """A hold that was placed, and the output cap it pays for."""

    access: Access
    hold: Hold
    sent_again: bool
    output_tokens: int
    ledger: Ledger
    clock: Clock
    admit_key: AdmitKey

    async def settle(
        self, *, model: str, price_version: str, usage: Usage, cost_nano_usd: int, estimated: bool
    ) -> Closed:
        """Pay for what was used and give back the rest. Never raises for an absent ledger."""
        settlement = HoldSettled(
            at_ms=milliseconds(self.clock.now()),
            hold_id=self.hold.id,
            held_nano_usd=self.hold.amount_nano_usd,
            cost_nano_usd=cost_nano_usd,
            key_id=self.access.api_key.id,
            model=model,
            price_version=price_version,
            usage=usage,
            estimated=estimated,
        )
        account_id = self.access.api_key.account_id
        try:
            account = await self.ledger.settle_hold(
                account_id,
                hold=self.hold,
                settlement=settlement,
                remember_until=self._remember_until,
            )
        except HoldNotOpen as closed:
            return self._closed_before(closed, cost_nano_usd)
        except LedgerUnavailable:
            return Closed(cost_nano_usd=cost_nano_usd, account=None)
        self.admit_key.remember(account)
        return Closed(cost_nano_usd=cost_nano_usd, account=account)

    async def release(self, reason: str) -> Closed:
        """Give everything back. Never raises for an absent ledger: the hold then expires."""
        account_id = self.access.api_key.account_id
        try:
            account = await self.ledger.release_hold(
                account_id,
                hold=self.hold,
                reason=reason,
                now=self.clock.now(),
                remember_until=self._remember_until,
            )
        except HoldNotOpen as closed:
            return self._closed_before(closed, 0)
        except LedgerUnavailable:
            return Closed(cost_nano_usd=0, account=None)
        self.admit_key.remember(account)
        return Closed(cost_nano_usd=0, account=account)

    @property
    def _remember_until(self) -> int | None:
        """A hold that was sent once cannot come back, and needs no memory."""
        return int(self.clock.now().timestamp()) + COPY_SECONDS_MAX if self.sent_again else None

    def _closed_before(self, closed: HoldNotOpen, cost_nano_usd: int) -> Closed:
        """Before its expiry only its owner closes a hold: an earlier copy of this write did."""
        late = self.clock.now().timestamp() >= self.hold.expires_at
        return Closed(cost_nano_usd=cost_nano_usd, account=closed.account, late=late)


class HoldCredit:
    """Places holds."""

    def __init__(self, *, ledger: Ledger, admit_key: AdmitKey, clock: Clock, ids: Ids) -> None:
        self._ledger = ledger
        self._admit_key = admit_key
        self._clock = clock
        self._ids = ids

    async def __call__(
        self, access: Access, *, worst_case: WorstCase, output_tokens: int, now: datetime
    ) -> OpenHold:
        """Hold the worst case of an answer of so many tokens, or of a shorter one.

        Raises what `domain.ledger.refuse_hold` raises, when not even a minimal answer fits.
        """
        for _ in range(PLACE_ATTEMPTS_MAX - 1):
            try:
                return await self._place(access, worst_case, output_tokens, now)
            except ConfigurationChanged as changed:
                access = await self._admit_key.again(access, changed.account, now=now)
            except Unaffordable as refusal:
                output_tokens = _shrink(worst_case, output_tokens, refusal)
        return await self._place(access, worst_case, output_tokens, now)

    async def _place(
        self, access: Access, worst_case: WorstCase, output_tokens: int, now: datetime
    ) -> OpenHold:
        """Try once. Every try has an id of its own: a delayed copy of one is not the next."""
        hold = Hold(
            id=self._ids.hold_id(),
            amount_nano_usd=worst_case.hold_nano_usd(output_tokens),
            expires_at=int(now.timestamp()) + HOLD_SECONDS,
            day=day_number(now),
        )
        placement = await self._ledger.place_hold(
            access.api_key.account_id,
            hold=hold,
            configuration=access.configuration,
            now=now,
            pruning=access.pruning(now),
        )
        self._admit_key.remember(placement.account)
        return OpenHold(
            access=access,
            hold=hold,
            sent_again=placement.sent_again,
            output_tokens=output_tokens,
            ledger=self._ledger,
            clock=self._clock,
            admit_key=self._admit_key,
        )


def _shrink(worst_case: WorstCase, output_tokens: int, refusal: Unaffordable) -> int:
    """The output cap that fits what is left; the refusal itself if that is no answer at all."""
    affordable = worst_case.affordable_output_tokens(refusal.affordable_nano_usd)
    if affordable < min(output_tokens, OUTPUT_TOKENS_MIN):
        raise refusal
    return affordable
