from dataclasses import replace

import pytest

from onebill.domain.account import AccountState
from onebill.domain.ledger import HoldNotOpen, close_hold, reconfigure
from onebill.domain.money import parse_usd
from onebill.domain.windows import day_number
from tests.builders import NOW, a_configuration, a_hold, an_account
from tests.unit.domain.holds import place, spent


def close(account, hold, cost):
    return close_hold(account, hold=hold, cost_nano_usd=parse_usd(cost), operation="C|0|closed")


class TestCloseHold:
    hold = a_hold("1.00")

    @pytest.fixture
    def account(self):
        return place(an_account("5.00", sequence=1), self.hold)

    def test_pays_the_cost_and_gives_back_the_rest(self, account):
        closed = close(account, self.hold, "0.25")

        assert closed.available_nano_usd == parse_usd("4.75")
        assert closed.held_nano_usd == 0
        assert closed.debited_nano_usd == parse_usd("0.25")
        assert closed.holds == {}

    def test_leaves_the_cost_in_the_windows(self, account):
        assert close(account, self.hold, "0.25").windows == spent("0.25")

    def test_at_no_cost_gives_everything_back(self, account):
        closed = close(account, self.hold, "0")

        assert closed.available_nano_usd == parse_usd("5.00")
        assert closed.debited_nano_usd == 0
        assert closed.windows == spent("0")

    def test_pays_a_cost_above_the_hold_in_full(self, account):
        closed = close(account, self.hold, "7.00")

        assert closed.available_nano_usd == parse_usd("-2.00")
        assert closed.debited_nano_usd == parse_usd("7.00")
        assert closed.windows == spent("7.00")

    def test_is_one_write_and_says_which(self, account):
        closed = close(account, self.hold, "0.25")

        assert (closed.sequence, closed.operation) == (3, "C|0|closed")

    def test_leaves_the_other_holds_open(self, account):
        other = a_hold("0.50", id="other")

        closed = close(place(account, other), self.hold, "0.25")

        assert closed.holds == {"other": other}
        assert closed.windows == spent("0.75")

    def test_bills_the_windows_the_request_started_in(self):
        yesterday = a_hold("1.00", day=day_number(NOW) - 1)
        account = place(an_account("5.00"), yesterday)

        closed = close(account, yesterday, "0.25")

        assert set(closed.windows) == {"d:2026-11-22", "w:2026-W47", "m:2026-11"}
        assert set(closed.windows.values()) == {parse_usd("0.25")}

    @pytest.mark.parametrize("state", [AccountState.FROZEN, AccountState.CLOSED])
    def test_works_in_every_state_because_it_is_owed(self, account, state):
        configuration = a_configuration(state=state)
        stopped = reconfigure(account, configuration=configuration, operation="F|0|stopped")

        assert close(stopped, self.hold, "0.25").debited_nano_usd == parse_usd("0.25")

    def test_leaves_the_account_it_was_given_alone(self, account):
        close(account, self.hold, "0.25")

        assert account == place(an_account("5.00", sequence=1), self.hold)

    def test_remembers_the_hold_as_long_as_it_is_told_to(self, account):
        account = replace(account, closed={"earlier": 5})

        closed = close_hold(
            account,
            hold=self.hold,
            cost_nano_usd=0,
            operation="X|0|h",
            remember_until=1_800_000_000,
        )

        assert closed.closed == {"earlier": 5, "hold-1": 1_800_000_000}

    def test_remembers_nothing_unless_told_to(self, account):
        assert close(replace(account, closed={"earlier": 5}), self.hold, "0").closed == {
            "earlier": 5
        }

    def test_happens_once(self, account):
        closed = close(account, self.hold, "0.25")

        with pytest.raises(HoldNotOpen) as refused:
            close(closed, self.hold, "0.25")

        assert refused.value.account is closed

    @pytest.mark.parametrize(
        "other",
        [
            pytest.param(a_hold("1.00", id="another"), id="of another id"),
            pytest.param(a_hold("1.01"), id="of another amount"),
            pytest.param(a_hold("1.00", day=0), id="of another day"),
            pytest.param(a_hold("1.00", expires_at=1), id="of another expiry"),
        ],
    )
    def test_needs_exactly_the_hold_that_is_open_not_one(self, account, other):
        with pytest.raises(HoldNotOpen):
            close(account, other, "0.25")
