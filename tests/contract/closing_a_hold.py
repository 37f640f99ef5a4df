"""What every ledger promises who settles or releases a hold."""

from dataclasses import replace

import pytest

from onebill.domain.account import AccountState
from onebill.domain.ledger import HoldNotOpen
from onebill.domain.money import parse_usd
from onebill.domain.operation import HoldClosed, HoldSettled, decode_operation
from onebill.domain.windows import window_ids
from tests.builders import NOW, a_hold, a_settlement
from tests.contract.holds import UNTIL, place


class ClosingAHold:
    async def test_remembers_it_if_told_to(self, stores, open_account):
        account = await place(stores, await open_account("5.00"), hold := a_hold("1.00"))

        after = await stores.ledger.settle_hold(
            account.id, hold=hold, settlement=a_settlement(hold, "0.25"), remember_until=UNTIL
        )

        assert after.closed == {hold.id: UNTIL}
        assert after.holds == {}
        assert after.debited_nano_usd == parse_usd("0.25")

    async def test_pays_the_cost_and_gives_back_the_rest(self, stores, open_account):
        account = await place(stores, await open_account("5.00"), hold := a_hold("1.00"))

        after = await stores.ledger.settle_hold(
            account.id, hold=hold, settlement=a_settlement(hold, "0.25")
        )

        assert after.available_nano_usd == parse_usd("4.75")
        assert after.debited_nano_usd == parse_usd("0.25")
        assert (after.held_nano_usd, after.holds) == (0, {})

    async def test_leaves_only_the_cost_in_the_windows(self, stores, open_account):
        account = await place(stores, await open_account("5.00"), hold := a_hold("1.00"))

        after = await stores.ledger.settle_hold(
            account.id, hold=hold, settlement=a_settlement(hold, "0.25")
        )

        assert set(after.windows.values()) == {parse_usd("0.25")}

    async def test_records_what_was_used(self, stores, open_account):
        account = await place(stores, await open_account("5.00"), hold := a_hold("1.00"))
        settlement = a_settlement(hold, "0.25", estimated=True)

        after = await stores.ledger.settle_hold(account.id, hold=hold, settlement=settlement)

        assert decode_operation(after.operation) == settlement
        assert isinstance(decode_operation(after.operation), HoldSettled)

    async def test_pays_a_cost_above_the_hold_even_below_zero(self, stores, open_account):
        account = await place(stores, await open_account("1.00"), hold := a_hold("1.00"))

        after = await stores.ledger.settle_hold(
            account.id, hold=hold, settlement=a_settlement(hold, "1.25")
        )

        assert after.available_nano_usd == parse_usd("-0.25")

    async def test_twice_debits_once(self, stores, open_account):
        account = await place(stores, await open_account("5.00"), hold := a_hold("1.00"))
        settlement = a_settlement(hold, "0.25")
        first = await stores.ledger.settle_hold(account.id, hold=hold, settlement=settlement)

        with pytest.raises(HoldNotOpen) as closed:
            await stores.ledger.settle_hold(account.id, hold=hold, settlement=settlement)

        assert closed.value.account == first

    async def test_after_a_release_debits_nothing(self, stores, open_account):
        account = await place(stores, await open_account("5.00"), hold := a_hold("1.00"))
        await stores.ledger.release_hold(account.id, hold=hold, reason="test", now=NOW)

        with pytest.raises(HoldNotOpen) as closed:
            await stores.ledger.settle_hold(
                account.id, hold=hold, settlement=a_settlement(hold, "0.25")
            )

        assert closed.value.account.debited_nano_usd == 0

    async def test_works_on_a_frozen_account(self, stores, open_account):
        account = await place(stores, await open_account("5.00"), hold := a_hold("1.00"))
        frozen = replace(account.configuration, state=AccountState.FROZEN)
        await stores.accounts.configure(account.id, configuration=frozen, change="f", now=NOW)

        after = await stores.ledger.settle_hold(
            account.id, hold=hold, settlement=a_settlement(hold, "0.25")
        )

        assert after.debited_nano_usd == parse_usd("0.25")

    async def test_after_midnight_bills_the_day_it_started(self, stores, open_account):
        yesterday = a_hold("1.00", day=a_hold().day - 1)
        account = await place(stores, await open_account("5.00"), yesterday)

        after = await stores.ledger.settle_hold(
            account.id, hold=yesterday, settlement=a_settlement(yesterday, "0.25")
        )

        assert after.windows[window_ids(yesterday.day).day] == parse_usd("0.25")
        assert window_ids(a_hold().day).day not in after.windows

    async def test_by_release_gives_everything_back(self, stores, open_account):
        account = await place(stores, await open_account("5.00"), hold := a_hold("1.00"))

        after = await stores.ledger.release_hold(account.id, hold=hold, reason="why", now=NOW)

        assert after.available_nano_usd == parse_usd("5.00")
        assert set(after.windows.values()) == {0}
        assert decode_operation(after.operation).reason == "why"
        assert isinstance(decode_operation(after.operation), HoldClosed)

    async def test_on_no_account_is_a_closed_hold(self, stores, account_id):
        with pytest.raises(HoldNotOpen) as closed:
            await stores.ledger.release_hold(account_id, hold=a_hold(), reason="x", now=NOW)

        assert closed.value.account is None
