from fractions import Fraction
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from onebill.domain.money import ceil_div, format_usd, nano_usd_from_pico_usd, parse_usd
from tests.properties.effort import PROPERTY

LARGEST = 10**21 - 1

dollars = st.from_regex(r"-?[0-9]{1,12}(\.[0-9]{1,9})?", fullmatch=True)


class TestDollars:
    @PROPERTY
    @given(st.integers(-LARGEST, LARGEST))
    def test_written_and_read_are_the_same(self, amount_nano_usd):
        assert parse_usd(format_usd(amount_nano_usd)) == amount_nano_usd

    @PROPERTY
    @given(dollars)
    def test_read_are_exactly_what_they_say(self, text):
        assert parse_usd(text) == Fraction(text) * 10**9

    @PROPERTY
    @given(st.integers(-LARGEST, LARGEST))
    def test_written_have_two_to_nine_decimals_and_no_idle_zero(self, amount_nano_usd):
        _, decimals = format_usd(amount_nano_usd).split(".")

        assert 2 <= len(decimals) <= 9
        assert len(decimals) == 2 or not decimals.endswith("0")


class TestRounding:
    @PROPERTY
    @given(st.integers(), st.integers(1, 10**9))
    def test_is_always_upwards(self, dividend, divisor):
        assert ceil_div(dividend, divisor) == ceil(Fraction(dividend, divisor))

    @PROPERTY
    @given(st.integers(0, 10**30))
    def test_of_a_cost_never_loses_and_never_adds_a_nano_dollar(self, amount_pico_usd):
        assert 0 <= nano_usd_from_pico_usd(amount_pico_usd) * 1_000 - amount_pico_usd < 1_000
