"""What every ledger promises who places a hold."""

from datetime import timedelta

import pytest

from onebill.domain.account import AccountState, Pruning
from onebill.domain.errors import (
    AccountFrozen,
    AccountNotFound,
    InsufficientCredits,
    SpendLimitExceeded,
    TooManyInFlight,
)
from onebill.domain.ledger import ConfigurationChanged, HoldNotOpen
from onebill.domain.money import parse_usd
from onebill.domain.operation import decode_operation
from onebill.domain.windows import Window, window_ids
from tests.builders import NOW, a_hold, a_settlement, an_account
from tests.contract.holds import UNTIL, place


class PlacingAHold:
    async def test_moves_credit_from_available_to_held(self, stores, open_account):
        account = await open_account("5.00")

        after = await place(stores, account, a_hold("1.50"))

        assert after.available_nano_usd == parse_usd("3.50")
        assert after.held_nano_usd == parse_usd("1.50")
        assert after.holds == {"hold-1": a_hold("1.50")}

    async def test_counts_the_hold_in_all_three_windows(self, stores, open_account):
        account = await open_account("5.00")

        after = await place(stores, account, a_hold("1.50"))

        ids = window_ids(a_hold().day)
        assert after.windows == dict.fromkeys((ids.day, ids.week, ids.month), parse_usd("1.50"))

    async def test_raises_the_sequence_by_one_and_says_what_it_did(self, stores, open_account):
        account = await open_account("5.00")

        after = await place(stores, account, a_hold("1.50"))

        assert after.sequence == account.sequence + 1
        assert decode_operation(after.operation).held_nano_usd == parse_usd("1.50")

    async def test_can_take_the_last_nano_dollar(self, stores, open_account):
        account = await open_account("5.00")

        after = await place(stores, account, a_hold("5.00"))

        assert after.available_nano_usd == 0

    async def test_twice_is_once(self, stores, open_account):
        account = await open_account("5.00")
        first = await place(stores, account, a_hold("3.00"))

        second = await place(stores, account, a_hold("3.00"))

        assert second == first

    async def test_is_refused_without_an_account(self, stores, account_id):
        with pytest.raises(AccountNotFound):
            await place(stores, an_account(id=account_id), a_hold())

    async def test_is_refused_one_nano_dollar_short(self, stores, open_account):
        account = await open_account("5.00")

        with pytest.raises(InsufficientCredits) as refused:
            await place(stores, account, a_hold("5.000000001"))

        assert refused.value.missing_nano_usd == 1
        assert refused.value.affordable_nano_usd == parse_usd("5.00")

    async def test_leaves_no_trace_when_refused(self, stores, open_account):
        account = await open_account("5.00")

        with pytest.raises(InsufficientCredits):
            await place(stores, account, a_hold("6.00"))

        assert await stores.accounts.get(account.id) == account

    async def test_is_refused_on_a_frozen_account(self, stores, open_account):
        account = await open_account("5.00", state=AccountState.FROZEN)

        with pytest.raises(AccountFrozen):
            await place(stores, account, a_hold())

    async def test_is_refused_with_a_stale_configuration_and_brings_the_current_one(
        self, stores, open_account
    ):
        account = await open_account("5.00")
        current = await stores.accounts.configure(
            account.id, configuration=account.configuration, change="anything", now=NOW
        )

        with pytest.raises(ConfigurationChanged) as refused:
            await place(stores, account, a_hold())

        assert refused.value.account == current

    async def test_is_refused_beyond_the_in_flight_cap(self, stores, open_account):
        account = await open_account("5.00", in_flight_max=2)
        await place(stores, account, a_hold("0.10", id="hold-1"))
        await place(stores, account, a_hold("0.10", id="hold-2"))

        with pytest.raises(TooManyInFlight):
            await place(stores, account, a_hold("0.10", id="hold-3"))

    @pytest.mark.parametrize("window", list(Window))
    async def test_fills_a_window_to_its_limit_and_not_beyond(self, stores, open_account, window):
        account = await open_account("5.00", **{window.value: "2.00"})
        await place(stores, account, a_hold("2.00"))

        with pytest.raises(SpendLimitExceeded) as refused:
            await place(stores, account, a_hold("0.000000001", id="hold-2"))

        assert refused.value.window is window
        assert refused.value.spent_nano_usd == parse_usd("2.00")
        assert refused.value.affordable_nano_usd == 0

    async def test_is_refused_when_it_exceeds_a_limit_by_itself(self, stores, open_account):
        account = await open_account("5.00", day="1.00")

        with pytest.raises(SpendLimitExceeded) as refused:
            await place(stores, account, a_hold("1.50"))

        assert refused.value.affordable_nano_usd == parse_usd("1.00")

    async def test_in_a_new_day_starts_with_an_empty_window(self, stores, open_account):
        account = await open_account("5.00", day="2.00")
        await place(stores, account, a_hold("2.00"))
        tomorrow = a_hold("2.00", id="hold-2", day=a_hold().day + 1)

        after = await place(stores, account, tomorrow, now=NOW + timedelta(days=1))

        assert after.windows[window_ids(tomorrow.day).day] == parse_usd("2.00")

    async def test_drops_the_windows_it_is_told_to_prune(self, stores, open_account):
        account = await open_account("5.00")
        ancient = a_hold("0.50", day=a_hold().day - 400)
        account = await place(stores, account, ancient)
        await stores.ledger.release_hold(account.id, hold=ancient, reason="test", now=NOW)
        old = window_ids(ancient.day)

        after = await place(
            stores,
            account,
            a_hold("1.00", id="hold-2"),
            pruning=Pruning(window_ids=(old.day, old.week, old.month)),
        )

        assert not {old.day, old.week, old.month} & after.windows.keys()

    async def test_that_was_remembered_as_closed_is_refused(self, stores, open_account):
        account = await place(stores, await open_account("5.00"), hold := a_hold("1.00"))
        await stores.ledger.release_hold(
            account.id, hold=hold, reason="test", now=NOW, remember_until=UNTIL
        )

        with pytest.raises(HoldNotOpen):
            await place(stores, account, hold)

        assert (await stores.accounts.get(account.id)).held_nano_usd == 0

    async def test_forgets_a_closed_hold_it_is_told_to_prune(self, stores, open_account):
        account = await place(stores, await open_account("5.00"), hold := a_hold("1.00"))
        await stores.ledger.settle_hold(
            account.id, hold=hold, settlement=a_settlement(hold), remember_until=UNTIL
        )

        after = await place(
            stores, account, a_hold("1.00", id="hold-2"), pruning=Pruning(closed_ids=(hold.id,))
        )

        assert after.closed == {}
