import pytest

from onebill.domain.account import (
    Account,
    AccountState,
    BooksDoNotBalance,
    Configuration,
    SpendLimits,
)
from onebill.domain.money import parse_usd
from onebill.domain.windows import Window, WindowIds, day_number
from tests.builders import NOW, a_configuration, a_hold, an_account

TODAY = day_number(NOW)


class TestSpendLimits:
    def test_are_none_unless_set(self):
        assert SpendLimits().by_window() == []

    def test_are_listed_from_the_shortest_window_to_the_longest(self):
        limits = SpendLimits(day_nano_usd=1, week_nano_usd=2, month_nano_usd=3)

        assert limits.by_window() == [(Window.DAY, 1), (Window.WEEK, 2), (Window.MONTH, 3)]

    def test_leave_out_the_windows_without_one(self):
        assert SpendLimits(week_nano_usd=2).by_window() == [(Window.WEEK, 2)]

    @pytest.mark.parametrize("window", ["day_nano_usd", "week_nano_usd", "month_nano_usd"])
    @pytest.mark.parametrize("limit_nano_usd", [0, -1])
    def test_must_be_positive(self, window, limit_nano_usd):
        with pytest.raises(ValueError, match="must be positive"):
            SpendLimits(**{window: limit_nano_usd})

    def test_can_be_set_and_lifted_one_by_one(self):
        limits = SpendLimits(day_nano_usd=1, week_nano_usd=2)

        changed = limits.changed({Window.DAY: None, Window.MONTH: 3})

        assert changed == SpendLimits(week_nano_usd=2, month_nano_usd=3)


class TestConfiguration:
    def test_lets_an_account_spend_without_limits_unless_told_otherwise(self):
        assert Configuration() == Configuration(
            version=1, state=AccountState.ACTIVE, limits=SpendLimits(), in_flight_max=64
        )


class TestHold:
    def test_bills_the_windows_of_the_day_it_started_on(self):
        hold = a_hold(day=day_number(NOW))

        assert hold.windows == WindowIds("d:2026-11-23", "w:2026-W48", "m:2026-11")


class TestAccount:
    def test_begins_with_nothing(self):
        account = Account(id="acme")

        assert (account.available_nano_usd, account.held_nano_usd) == (0, 0)
        assert (account.holds, account.windows) == ({}, {})

    @pytest.mark.parametrize(
        "books",
        [
            pytest.param({"available_nano_usd": 1}, id="credit from nowhere"),
            pytest.param({"credited_nano_usd": 1}, id="credit that went nowhere"),
            pytest.param({"debited_nano_usd": 1}, id="a debit nobody paid"),
            pytest.param(
                {"available_nano_usd": 1, "debited_nano_usd": 1}, id="a debit that added credit"
            ),
            pytest.param({"held_nano_usd": 1, "holds": {"h": a_hold("0.000000001")}}, id="a hold"),
        ],
    )
    def test_is_never_made_with_money_unaccounted_for(self, books):
        with pytest.raises(BooksDoNotBalance, match="I1 broken on account acme"):
            Account(id="acme", **books)

    @pytest.mark.parametrize(
        ("held_nano_usd", "holds"),
        [
            pytest.param(1, {}, id="no hold for what is held"),
            pytest.param(0, {"h": a_hold("0.000000001")}, id="a hold of what is not held"),
            pytest.param(2, {"h": a_hold("0.000000001")}, id="a hold of less than is held"),
        ],
    )
    def test_is_never_made_with_holds_that_do_not_add_up(self, held_nano_usd, holds):
        with pytest.raises(BooksDoNotBalance, match="I2 broken on account acme"):
            Account(
                id="acme",
                available_nano_usd=-held_nano_usd,
                held_nano_usd=held_nano_usd,
                holds=holds,
            )

    def test_may_owe_after_a_refund_or_an_overrun(self):
        account = an_account("0", available_nano_usd=-5, debited_nano_usd=5)

        assert account.available_nano_usd == -5


class TestHeldIn:
    @pytest.fixture
    def account(self):
        holds = {
            "today": a_hold("1.00", id="today", day=TODAY),
            "yesterday": a_hold("0.20", id="yesterday", day=TODAY - 1),  # A Sunday.
            "last month": a_hold("0.03", id="last month", day=TODAY - 23),
        }
        return an_account(
            "5.00",
            available_nano_usd=parse_usd("3.77"),
            held_nano_usd=parse_usd("1.23"),
            holds=holds,
            configuration=a_configuration(day="9.00"),
        )

    @pytest.mark.parametrize(
        ("window", "day", "expected"),
        [
            pytest.param(Window.DAY, TODAY, "1.00", id="today"),
            pytest.param(Window.DAY, TODAY - 1, "0.20", id="yesterday"),
            pytest.param(Window.WEEK, TODAY, "1.00", id="this week"),
            pytest.param(Window.WEEK, TODAY - 1, "0.20", id="last week"),
            pytest.param(Window.MONTH, TODAY, "1.20", id="this month"),
            pytest.param(Window.MONTH, TODAY - 23, "0.03", id="last month"),
            pytest.param(Window.DAY, TODAY + 1, "0", id="a day without requests"),
        ],
    )
    def test_adds_the_holds_that_bill_the_window(self, account, window, day, expected):
        assert account.held_in(window, day) == parse_usd(expected)
