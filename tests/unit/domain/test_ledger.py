from dataclasses import replace

import pytest

from onebill.domain.account import AccountState, BooksDoNotBalance, Pruning
from onebill.domain.errors import (
    AccountFrozen,
    InsufficientCredits,
    SpendLimitExceeded,
    TooManyInFlight,
)
from onebill.domain.ledger import (
    ConfigurationChanged,
    HoldNotOpen,
    add_credit,
    close_hold,
    place_hold,
    reconfigure,
    refuse_hold,
)
from onebill.domain.money import parse_usd
from onebill.domain.windows import Window, day_number, resets_at
from tests.builders import NOW, a_configuration, a_hold, an_account

TODAY = ("d:2026-11-23", "w:2026-W48", "m:2026-11")


def place(account, hold, **options):
    """Place a hold as a caller whose knowledge is fresh."""
    fields = {"configuration": account.configuration, "now": NOW, "operation": "R|0|placed"}
    return place_hold(account, hold=hold, **(fields | options))


def close(account, hold, cost):
    return close_hold(account, hold=hold, cost_nano_usd=parse_usd(cost), operation="C|0|closed")


def spent(amount):
    """What all three windows of today look like when only this was spent."""
    return dict.fromkeys(TODAY, parse_usd(amount))


class TestPlaceHold:
    def test_moves_credit_from_available_to_held(self):
        placed = place(an_account("5.00"), a_hold("1.25"))

        assert placed.available_nano_usd == parse_usd("3.75")
        assert placed.held_nano_usd == parse_usd("1.25")
        assert placed.debited_nano_usd == 0

    def test_remembers_the_hold_beside_the_others(self):
        first, second = a_hold("1.00", id="first"), a_hold("2.00", id="second")

        placed = place(place(an_account("5.00"), first), second)

        assert placed.holds == {"first": first, "second": second}

    def test_counts_in_the_day_the_week_and_the_month(self):
        placed = place(an_account("5.00"), a_hold("1.25"))

        assert placed.windows == spent("1.25")

    def test_counts_on_top_of_what_was_spent(self):
        account = an_account("5.00", windows=spent("2.00"))

        assert place(account, a_hold("1.25")).windows == spent("3.25")

    def test_is_one_write_and_says_which(self):
        placed = place(an_account(sequence=7), a_hold(), operation="R|1|hold-1")

        assert (placed.sequence, placed.operation) == (8, "R|1|hold-1")

    def test_drops_the_windows_it_is_told_to(self):
        account = an_account(windows={"d:2026-11-01": 5, "d:2026-11-22": 6})

        pruning = Pruning(window_ids=("d:2026-11-01", "d:2025-01-01"))
        placed = place(account, a_hold("1.00"), pruning=pruning)

        assert placed.windows == {"d:2026-11-22": 6} | spent("1.00")

    def test_forgets_the_closed_holds_it_is_told_to(self):
        account = an_account(closed={"long ago": 5, "just now": 6})

        placed = place(account, a_hold("1.00"), pruning=Pruning(closed_ids=("long ago", "never")))

        assert placed.closed == {"just now": 6}

    def test_forgets_nothing_unless_told_to(self):
        account = an_account(windows={"d:2026-11-01": 5}, closed={"long ago": 5})

        placed = place(account, a_hold("1.00"))

        assert placed.closed == {"long ago": 5}
        assert placed.windows == {"d:2026-11-01": 5} | spent("1.00")

    def test_leaves_the_account_it_was_given_alone(self):
        account = an_account("5.00", windows=spent("2.00"), closed={"earlier": 1})

        place(account, a_hold("1.25"), pruning=Pruning(window_ids=TODAY, closed_ids=("earlier",)))

        assert account == an_account("5.00", windows=spent("2.00"), closed={"earlier": 1})

    def test_may_take_the_last_of_the_credit(self):
        placed = place(an_account("5.00"), a_hold("5.00"))

        assert placed.available_nano_usd == 0

    def test_may_be_of_nothing_for_a_model_that_is_free(self):
        placed = place(an_account("0"), a_hold("0"))

        assert placed.windows == spent("0")

    def test_crashes_rather_than_lose_a_hold_of_the_same_id(self):
        account = place(an_account("5.00"), a_hold("1.00"))

        with pytest.raises(BooksDoNotBalance):
            place(account, a_hold("2.00"))


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


class TestAddCredit:
    def test_raises_what_is_available_and_what_was_ever_credited(self):
        credited = add_credit(
            an_account("1.00", sequence=4), amount_nano_usd=parse_usd("2.50"), operation="G|0|g|1"
        )

        assert credited.available_nano_usd == parse_usd("3.50")
        assert credited.credited_nano_usd == parse_usd("3.50")
        assert (credited.sequence, credited.operation) == (5, "G|0|g|1")

    def test_works_in_every_state(self):
        account = an_account("0", configuration=a_configuration(state=AccountState.FROZEN))

        credited = add_credit(account, amount_nano_usd=1, operation="G|0|g|1")

        assert credited.available_nano_usd == 1

    def test_leaves_the_windows_alone(self):
        account = an_account(windows=spent("2.00"))

        credited = add_credit(account, amount_nano_usd=1, operation="G|0|g|1")

        assert credited.windows == spent("2.00")


class TestReconfigure:
    def test_raises_the_version_whatever_it_is_given(self):
        account = an_account(configuration=a_configuration(version=7), sequence=4)

        changed = reconfigure(
            account, configuration=a_configuration(version=99, day="1.00"), operation="F|0|limit"
        )

        assert changed.configuration == a_configuration(version=8, day="1.00")
        assert (changed.sequence, changed.operation) == (5, "F|0|limit")

    def test_moves_no_money(self):
        account = place(an_account("5.00"), a_hold("1.00"))

        changed = reconfigure(account, configuration=a_configuration(), operation="F|0|limit")

        assert changed.available_nano_usd == parse_usd("4.00")
        assert changed.holds == account.holds
        assert changed.windows == spent("1.00")
