import pytest

from onebill.domain.account import BooksDoNotBalance, Pruning
from onebill.domain.money import parse_usd
from tests.builders import a_hold, an_account
from tests.unit.domain.holds import TODAY, place, spent


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
