"""The `Ledger` port on DynamoDB: one `UpdateItem` to place a hold, one to close it.

Every client sends a write again after a lost answer. When a condition then fails, the item
that came back with the failure tells whether an earlier copy of the same write had landed.
"""

from datetime import datetime

from onebill.adapters.dynamodb import expressions
from onebill.adapters.dynamodb.accounts import DynamoDbAccounts
from onebill.adapters.dynamodb.client import ATTEMPTS_TO_CLOSE_MAX, Patient
from onebill.adapters.dynamodb.errors import (
    CONDITION_FAILED_REASON,
    ConditionFailed,
    TransactionCancelled,
)
from onebill.adapters.dynamodb.table import TableNames, decode_account, number, text
from onebill.domain.account import Account, Configuration, Hold, Pruning
from onebill.domain.errors import AccountNotFound, GrantExists
from onebill.domain.ledger import NOTHING_TO_PRUNE, HoldNotOpen, refuse_hold
from onebill.domain.operation import (
    HoldClosed,
    HoldSettled,
    encode_operation,
    milliseconds,
)
from onebill.ports import Placement


class ConditionContradictsDomain(AssertionError):
    """The database refused what the domain allows: the two have drifted apart. An alarm."""


class DynamoDbLedger:
    """Holds and credit on the Accounts and Payments tables."""

    def __init__(self, client: Patient, *, tables: TableNames) -> None:
        self._client = client
        self._tables = tables
        self._accounts = DynamoDbAccounts(client, tables=tables)

    async def place_hold(
        self,
        account_id: str,
        *,
        hold: Hold,
        configuration: Configuration,
        now: datetime,
        pruning: Pruning = NOTHING_TO_PRUNE,
    ) -> Placement:
        """See `ports.Ledger`: one conditional write and no read."""
        limits = configuration.limits.by_window()
        if any(limit_nano_usd < hold.amount_nano_usd for _, limit_nano_usd in limits):
            # No state of the windows can allow it, so only the explanation is fetched.
            account = await self._accounts.get(account_id)
        else:
            request = expressions.place_hold(
                self._tables,
                account_id,
                hold=hold,
                configuration=configuration,
                now=now,
                pruning=pruning,
            )
            try:
                sent = await self._client.send("UpdateItem", request)
                account = decode_account(sent.answer["Attributes"])
                return Placement(account=account, sent_again=sent.unanswered > 0)
            except ConditionFailed as failed:
                if failed.item is None:
                    raise AccountNotFound(account_id) from failed
                account = decode_account(failed.item)
        if account.holds.get(hold.id) == hold:
            # An earlier copy of this write landed and its answer was lost.
            return Placement(account=account, sent_again=True)
        refuse_hold(account, hold=hold, configuration=configuration, now=now)
        raise ConditionContradictsDomain(account)

    async def settle_hold(
        self,
        account_id: str,
        *,
        hold: Hold,
        settlement: HoldSettled,
        remember_until: int | None = None,
    ) -> Account:
        """See `ports.Ledger`: one conditional write and no read."""
        operation = encode_operation(settlement)
        cost_nano_usd = settlement.cost_nano_usd
        return await self._close(account_id, hold, cost_nano_usd, operation, remember_until)

    async def release_hold(
        self,
        account_id: str,
        *,
        hold: Hold,
        reason: str,
        now: datetime,
        remember_until: int | None = None,
    ) -> Account:
        """See `ports.Ledger`: settling at cost 0."""
        closed = HoldClosed(
            at_ms=milliseconds(now),
            hold_id=hold.id,
            held_nano_usd=hold.amount_nano_usd,
            reason=reason,
        )
        return await self._close(account_id, hold, 0, encode_operation(closed), remember_until)

    async def grant_credit(
        self, account_id: str, *, grant_id: str, amount_nano_usd: int, now: datetime
    ) -> Account:
        """See `ports.Ledger`: the marker and the money in one transaction."""
        request = expressions.grant_credit(
            self._tables,
            account_id,
            grant_id=grant_id,
            amount_nano_usd=amount_nano_usd,
            now=now,
        )
        try:
            await self._client.call("TransactWriteItems", request)
        except TransactionCancelled as cancelled:
            marker, account = cancelled.reasons
            if marker.code != CONDITION_FAILED_REASON:
                if account.code != CONDITION_FAILED_REASON:
                    raise
                raise AccountNotFound(account_id) from cancelled
            stored = marker.item or {}
            if (stored["acct"], stored["amt"]) != (text(account_id), number(amount_nano_usd)):
                raise GrantExists(grant_id) from cancelled
        return await self._accounts.get(account_id)

    async def _close(
        self,
        account_id: str,
        hold: Hold,
        cost_nano_usd: int,
        operation: str,
        remember_until: int | None,
    ) -> Account:
        request = expressions.close_hold(
            self._tables,
            account_id,
            hold=hold,
            cost_nano_usd=cost_nano_usd,
            operation=operation,
            remember_until=remember_until,
        )
        try:
            answer = await self._client.call(
                "UpdateItem", request, attempts_max=ATTEMPTS_TO_CLOSE_MAX
            )
        except ConditionFailed as failed:
            account = None if failed.item is None else decode_account(failed.item)
            raise HoldNotOpen(account) from failed
        return decode_account(answer["Attributes"])
