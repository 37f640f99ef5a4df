"""The most a request can cost, and the most output a budget buys."""

import pytest

from onebill.domain.bounds import InputBound, WorstCase
from onebill.domain.usage import Usage
from tests.builders import a_price, some_rates


def a_worst_case(price=None, **overrides):
    fields = {
        "price": price or a_price(),
        "input": InputBound(tokens=1_000, audio_tokens=0),
        "choices": 1,
        "with_audio": False,
    }
    return WorstCase(**(fields | overrides))


class TestTheHold:
    def test_is_the_input_and_the_whole_output(self):
        worst_case = a_worst_case(a_price(input=1_000, output=2_000))

        assert worst_case.hold_nano_usd(500) == 1_000 + 500 * 2

    @pytest.mark.parametrize("rate", ["input", "cache_read", "cache_write_5m", "cache_write_1h"])
    def test_takes_the_dearest_rate_for_the_input(self, rate):
        cheap = {"cache_read": 1_000, "cache_write_5m": 1_000, "cache_write_1h": 1_000}
        price = a_price(**({"input": 1_000, "output": 2_000} | cheap | {rate: 9_000}))

        assert a_worst_case(price).hold_nano_usd(0) == 9_000

    @pytest.mark.parametrize("rate", ["output", "reasoning"])
    def test_takes_the_dearest_rate_for_the_output(self, rate):
        price = a_price(**({"input": 0, "output": 1_000, "reasoning": 1_000} | {rate: 9_000}))

        assert a_worst_case(price).hold_nano_usd(10) == 90

    def test_takes_the_rate_of_audio_for_the_output_only_if_audio_is_wanted(self):
        price = a_price(input=0, output=1_000, audio_output=9_000)

        assert a_worst_case(price, with_audio=True).hold_nano_usd(10) == 90
        assert a_worst_case(price, with_audio=False).hold_nano_usd(10) == 10

    def test_has_the_output_once_per_choice_and_the_input_once(self):
        worst_case = a_worst_case(a_price(input=1_000, output=2_000), choices=3)

        assert worst_case.hold_nano_usd(500) == 1_000 + 3 * 500 * 2

    def test_has_audio_at_its_own_rate(self):
        worst_case = a_worst_case(
            a_price(input=1_000, audio_input=30_000),
            input=InputBound(tokens=100, audio_tokens=20),
        )

        assert worst_case.hold_nano_usd(0) == 100 + 20 * 30

    # Once: 120. A provider that does not tell audio apart reports it as plain prompt tokens.
    def test_covers_audio_that_is_reported_as_text_and_text_is_dearer(self):
        price = a_price(input=2_000, audio_input=1_000)
        worst_case = a_worst_case(price, input=InputBound(tokens=50, audio_tokens=20))

        assert worst_case.hold_nano_usd(0) >= price.cost_nano_usd(Usage(uncached_input_tokens=70))

    def test_has_the_fee_per_request_once(self):
        price = a_price(input=0, output=0, request=5_000_000)

        assert a_worst_case(price, choices=4).hold_nano_usd(100) == 5_000

    def test_is_rounded_up_once(self):
        price = a_price(input=1, output=1, request=1)

        assert (
            a_worst_case(price, input=InputBound(tokens=1, audio_tokens=0)).hold_nano_usd(1) == 1
        )

    def test_is_that_of_the_dearest_tier_the_input_can_reach(self):
        price = a_price(
            (0, some_rates(input=1_000, output=0)), (999, some_rates(input=5_000, output=0))
        )
        below = InputBound(tokens=999, audio_tokens=0)
        above = InputBound(tokens=999, audio_tokens=1)

        assert a_worst_case(price, input=below).hold_nano_usd(0) == 999
        assert a_worst_case(price, input=above).hold_nano_usd(0) == 1_000 * 5

    def test_covers_a_short_input_that_a_dear_base_tier_bills(self):
        price = a_price(
            (0, some_rates(input=5_000, output=0)), (500, some_rates(input=1_000, output=0))
        )

        assert a_worst_case(price).hold_nano_usd(0) == 5_000


class TestAffordableOutputTokens:
    worst_case = a_worst_case(a_price(input=1_000, output=2_000), choices=2)

    @pytest.mark.parametrize(
        ("budget_nano_usd", "expected"),
        [
            pytest.param(1_000, 0, id="the input and nothing more"),
            pytest.param(1_003, 0, id="not quite one token per choice"),
            pytest.param(1_004, 1, id="exactly one token per choice"),
            pytest.param(1_399, 99, id="not quite a hundred"),
            pytest.param(1_400, 100, id="exactly a hundred"),
        ],
    )
    def test_are_as_many_as_the_budget_holds(self, budget_nano_usd, expected):
        assert self.worst_case.affordable_output_tokens(budget_nano_usd) == expected

    @pytest.mark.parametrize("budget_nano_usd", [0, 500, 999])
    def test_are_less_than_none_if_not_even_the_input_fits(self, budget_nano_usd):
        assert self.worst_case.affordable_output_tokens(budget_nano_usd) < 0

    def test_are_those_of_the_dearest_tier_the_input_can_reach(self):
        price = a_price(
            (0, some_rates(input=1_000, output=1_000)),
            (999, some_rates(input=1_000, output=4_000)),
        )

        assert a_worst_case(price).affordable_output_tokens(1_400) == 100

    @pytest.mark.parametrize(
        ("budget_nano_usd", "fits"),
        [
            pytest.param(999, False, id="just too little"),
            pytest.param(1_000, True, id="just enough"),
            pytest.param(5_000, True, id="more than enough"),
        ],
    )
    def test_where_output_is_free_are_none_or_some(self, budget_nano_usd, fits):
        worst_case = a_worst_case(a_price(input=1_000, output=0))

        assert (worst_case.affordable_output_tokens(budget_nano_usd) >= 0) is fits
