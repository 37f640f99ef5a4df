from dataclasses import replace

import pytest

from onebill.domain.account import AccountState
from onebill.domain.errors import (
    AccountFrozen,
    InsufficientCredits,
    SpendLimitExceeded,
    TooManyInFlight,
)
from onebill.domain.ledger import ConfigurationChanged, HoldNotOpen, refuse_hold
from onebill.domain.money import parse_usd
from onebill.domain.windows import Window, day_number, resets_at
from tests.builders import NOW, a_configuration, a_hold, an_account
from tests.unit.domain.holds import place, spent


class TestAHoldIsRefused:
    def test_if_it_was_closed_before_and_a_copy_of_its_placing_comes_late(self):
        account = an_account(closed={"hold-1": 1_800_000_000})

        with pytest.raises(HoldNotOpen) as refused:
            place(account, a_hold(id="hold-1"))

        assert refused.value.account is account

    @pytest.mark.parametrize("stale_version", [1, 3])
    def test_if_the_caller_knows_another_configuration(self, stale_version):
        account = an_account(configuration=a_configuration(version=2))

        with pytest.raises(ConfigurationChanged, match="acme is at version 2") as refused:
            place(account, a_hold(), configuration=a_configuration(version=stale_version))

        assert refused.value.account is account

    @pytest.mark.parametrize("state", [AccountState.FROZEN, AccountState.CLOSED])
    def test_if_the_account_is_not_active(self, state):
        account = an_account(configuration=a_configuration(state=state))

        with pytest.raises(AccountFrozen, match=f"is {state}"):
            place(account, a_hold())

    def test_if_as_many_are_open_as_may_be(self):
        account = an_account(configuration=a_configuration(in_flight_max=2))
        one_open = place(account, a_hold("0.10", id="first"))
        two_open = place(one_open, a_hold("0.10", id="second"))

        with pytest.raises(TooManyInFlight) as refused:
            place(two_open, a_hold("0.10", id="third"))

        assert refused.value.in_flight_max == 2

    def test_for_want_of_a_nano_dollar(self):
        with pytest.raises(InsufficientCredits) as refused:
            place(an_account("4.999999999"), a_hold("5.00"))

        assert refused.value.missing_nano_usd == 1

    @pytest.mark.parametrize("window", ["day", "week", "month"])
    def test_for_a_nano_dollar_over_a_limit(self, window):
        configuration = a_configuration(**{window: "3.00"})
        account = an_account(windows=spent("2.00"), configuration=configuration)

        with pytest.raises(SpendLimitExceeded) as refused:
            place(account, a_hold("1.000000001"))

        assert refused.value.window == window
        assert refused.value.limit_nano_usd == parse_usd("3.00")
        assert refused.value.spent_nano_usd == parse_usd("2.00")
        assert refused.value.required_nano_usd == parse_usd("1.000000001")
        assert refused.value.resets_at == resets_at(Window(window), NOW)

    @pytest.mark.parametrize("window", ["day", "week", "month"])
    def test_but_not_for_reaching_a_limit_exactly(self, window):
        configuration = a_configuration(**{window: "3.00"})
        account = an_account(windows=spent("2.00"), configuration=configuration)

        assert place(account, a_hold("1.00")).windows == spent("3.00")

    def test_over_a_limit_in_a_window_nothing_was_spent_in_yet(self):
        account = an_account(configuration=a_configuration(day="0.50"))

        with pytest.raises(SpendLimitExceeded) as refused:
            place(account, a_hold("1.00"))

        assert refused.value.spent_nano_usd == 0

    def test_for_what_is_held_though_nothing_is_spent(self):
        account = an_account(configuration=a_configuration(day="1.50"))
        account = place(account, a_hold("1.00", id="in flight"))

        with pytest.raises(SpendLimitExceeded):
            place(account, a_hold("1.00"))

    def test_for_the_shortest_window_first(self):
        configuration = a_configuration(day="0.10", week="0.10", month="0.10")

        with pytest.raises(SpendLimitExceeded) as refused:
            place(an_account(configuration=configuration), a_hold("1.00"))

        assert refused.value.window is Window.DAY

    def test_by_the_windows_it_bills_itself(self):
        yesterday = a_hold("1.00", day=day_number(NOW) - 1)
        account = an_account(
            windows={"d:2026-11-22": parse_usd("2.50")}, configuration=a_configuration(day="3.00")
        )

        with pytest.raises(SpendLimitExceeded):
            place(account, yesterday)

    def test_for_the_first_reason_the_caller_can_act_on(self):
        everything_wrong = a_configuration(state=AccountState.FROZEN, in_flight_max=0, day="0.01")
        stale = replace(everything_wrong, version=9)
        active = replace(everything_wrong, state=AccountState.ACTIVE)
        with_room = replace(active, in_flight_max=1)
        hold = a_hold("1.00")
        closed = an_account("0", configuration=everything_wrong, closed={hold.id: 1})

        with pytest.raises(HoldNotOpen):
            place(closed, hold, configuration=stale)
        with pytest.raises(ConfigurationChanged):
            place(an_account("0", configuration=everything_wrong), hold, configuration=stale)
        with pytest.raises(AccountFrozen):
            place(an_account("0", configuration=everything_wrong), hold)
        with pytest.raises(TooManyInFlight):
            place(an_account("0", configuration=active), hold)
        with pytest.raises(SpendLimitExceeded):
            place(an_account("0", configuration=with_room), hold)
        with pytest.raises(InsufficientCredits):
            place(an_account("0"), hold)


class TestRefuseHold:
    def test_says_nothing_if_the_hold_fits(self):
        account = an_account("1.00")

        refusal = refuse_hold(
            account, hold=a_hold("1.00"), configuration=account.configuration, now=NOW
        )

        assert refusal is None
