"""What every implementation of the stores promises: the shared tests.

A test class per implementation inherits from these and provides the fixture `stores`, with
no accounts in it. Ids are fresh per test, so one database can serve all of them.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from onebill.domain.account import AccountState, Pruning
from onebill.domain.errors import (
    AccountExists,
    AccountFrozen,
    AccountNotFound,
    ApiKeyExists,
    ApiKeyNotFound,
    GrantExists,
    InsufficientCredits,
    SpendLimitExceeded,
    TooManyInFlight,
)
from onebill.domain.ledger import ConfigurationChanged, HoldNotOpen
from onebill.domain.money import parse_usd
from onebill.domain.operation import HoldClosed, HoldSettled, decode_operation
from onebill.domain.windows import Window, window_ids
from tests.builders import (
    NOW,
    a_configuration,
    a_hold,
    a_settlement,
    an_account,
    an_api_key,
)

UNTIL = int(NOW.timestamp()) + 120


@pytest.fixture
def account_id():
    return f"acme-{uuid4().hex[:12]}"


@pytest.fixture
async def open_account(stores, account_id):
    """Opens the account of the test: `await open_account(available="5.00", day="1.00")`."""

    async def open_it(available="5.00", **configuration):
        account = an_account(
            id=account_id, available="0", configuration=a_configuration(**configuration)
        )
        await stores.accounts.create(account)
        if parse_usd(available):
            account = await stores.ledger.grant_credit(
                account_id,
                grant_id=f"grant-{account_id}",
                amount_nano_usd=parse_usd(available),
                now=NOW,
            )
        return account

    return open_it


async def place(stores, account, hold, **overrides):
    arguments = {"configuration": account.configuration, "now": NOW} | overrides
    placement = await stores.ledger.place_hold(account.id, hold=hold, **arguments)
    return placement.account


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


class GrantingCredit:
    async def test_raises_what_is_available(self, stores, open_account):
        account = await open_account("5.00")

        after = await stores.ledger.grant_credit(
            account.id, grant_id=f"second-{account.id}", amount_nano_usd=7, now=NOW
        )

        assert after.available_nano_usd == parse_usd("5.00") + 7
        assert after.credited_nano_usd == parse_usd("5.00") + 7
        assert after.sequence == account.sequence + 1

    async def test_happens_once_per_grant_id(self, stores, open_account):
        account = await open_account("5.00")

        after = await stores.ledger.grant_credit(
            account.id,
            grant_id=f"grant-{account.id}",
            amount_nano_usd=parse_usd("5.00"),
            now=NOW,
        )

        assert after == account

    async def test_refuses_a_grant_id_that_meant_something_else(self, stores, open_account):
        account = await open_account("5.00")

        with pytest.raises(GrantExists):
            await stores.ledger.grant_credit(
                account.id, grant_id=f"grant-{account.id}", amount_nano_usd=1, now=NOW
            )

    async def test_needs_an_account(self, stores, account_id):
        with pytest.raises(AccountNotFound):
            await stores.ledger.grant_credit(
                account_id, grant_id=f"grant-{account_id}", amount_nano_usd=1, now=NOW
            )


class KeepingAccounts:
    async def test_reads_back_what_was_created(self, stores, account_id):
        configuration = a_configuration(day="1.00", month="20.00", in_flight_max=3)
        account = an_account(id=account_id, available="0", configuration=configuration)

        await stores.accounts.create(account)

        assert await stores.accounts.get(account_id) == account

    async def test_creates_an_account_once(self, stores, open_account):
        account = await open_account("5.00")

        with pytest.raises(AccountExists):
            await stores.accounts.create(an_account(id=account.id, available="0", name="Other"))

    async def test_takes_the_same_creation_twice(self, stores, account_id):
        account = an_account(id=account_id, available="0")
        await stores.accounts.create(account)

        await stores.accounts.create(account)

        assert await stores.accounts.get(account_id) == account

    async def test_does_not_know_an_account_nobody_created(self, stores, account_id):
        with pytest.raises(AccountNotFound):
            await stores.accounts.get(account_id)

    async def test_replaces_a_configuration_and_raises_its_version(self, stores, open_account):
        account = await open_account("5.00", day="1.00", week="2.00")
        wanted = a_configuration(month="9.00", in_flight_max=7)

        after = await stores.accounts.configure(
            account.id, configuration=wanted, change="limits set", now=NOW
        )

        assert after.configuration == replace(wanted, version=2)
        assert after.sequence == account.sequence + 1
        assert await stores.accounts.get(account.id) == after

    async def test_refuses_a_configuration_made_from_a_stale_one(self, stores, open_account):
        account = await open_account("5.00")
        await stores.accounts.configure(
            account.id, configuration=account.configuration, change="first", now=NOW
        )

        with pytest.raises(ConfigurationChanged):
            await stores.accounts.configure(
                account.id, configuration=account.configuration, change="second", now=NOW
            )

    async def test_cannot_configure_an_account_nobody_created(self, stores, account_id):
        with pytest.raises(AccountNotFound):
            await stores.accounts.configure(
                account_id, configuration=a_configuration(), change="any", now=NOW
            )


class KeepingApiKeys:
    @pytest.fixture
    def api_key(self, account_id):
        return an_api_key(account_id=account_id, key_hash=uuid4().hex * 2)

    async def test_finds_a_key_by_its_hash(self, stores, open_account, api_key):
        await open_account()
        expiring = replace(api_key, expires_at=NOW + timedelta(days=1))

        await stores.api_keys.create(expiring)

        assert await stores.api_keys.find(api_key.key_hash) == expiring

    async def test_finds_nothing_under_an_unknown_hash(self, stores):
        assert await stores.api_keys.find("0" * 64) is None

    async def test_stores_a_key_only_for_an_account(self, stores, api_key):
        with pytest.raises(AccountNotFound):
            await stores.api_keys.create(api_key)

    async def test_takes_the_same_key_twice(self, stores, open_account, api_key):
        await open_account()
        await stores.api_keys.create(api_key)

        await stores.api_keys.create(api_key)

        assert await stores.api_keys.find(api_key.key_hash) == api_key

    async def test_lists_the_keys_of_one_account_oldest_first(self, stores, open_account, api_key):
        await open_account()
        newer = replace(
            api_key, key_hash=uuid4().hex, id="key-0", created_at="2026-11-02T00:00:00+00:00"
        )
        await stores.api_keys.create(newer)
        await stores.api_keys.create(api_key)

        assert await stores.api_keys.of_account(api_key.account_id) == [api_key, newer]

    async def test_revokes_a_key_and_refuses_every_stale_configuration(
        self, stores, open_account, api_key
    ):
        account = await open_account()
        await stores.api_keys.create(api_key)

        await stores.api_keys.revoke(account.id, key_id=api_key.id, now=NOW)

        found = await stores.api_keys.find(api_key.key_hash)
        assert found == replace(api_key, revoked=True)
        with pytest.raises(ConfigurationChanged):
            await place(stores, account, a_hold())

    async def test_revokes_one_key_and_leaves_the_others(self, stores, open_account, api_key):
        await open_account()
        other = replace(api_key, key_hash=uuid4().hex, id="key-0")
        await stores.api_keys.create(other)
        await stores.api_keys.create(api_key)

        await stores.api_keys.revoke(api_key.account_id, key_id=api_key.id, now=NOW)

        listed = await stores.api_keys.of_account(api_key.account_id)
        assert [(each.id, each.revoked) for each in listed] == [("key-0", False), ("key-1", True)]

    async def test_refuses_another_key_under_the_same_hash(self, stores, open_account, api_key):
        await open_account()
        await stores.api_keys.create(api_key)

        with pytest.raises(ApiKeyExists):
            await stores.api_keys.create(replace(api_key, name="other"))

    async def test_cannot_revoke_a_key_of_another_account(self, stores, open_account, api_key):
        await open_account()
        await stores.api_keys.create(api_key)

        with pytest.raises(ApiKeyNotFound):
            await stores.api_keys.revoke("another-account", key_id=api_key.id, now=NOW)


PARTS = (PlacingAHold, ClosingAHold, GrantingCredit, KeepingAccounts, KeepingApiKeys)


class StoresContract(*PARTS):
    """Everything together."""


def test_no_part_of_the_contract_hides_a_test_of_another():
    names = [name for part in PARTS for name in vars(part) if name.startswith("test_")]

    assert sorted(names) == sorted(set(names))
