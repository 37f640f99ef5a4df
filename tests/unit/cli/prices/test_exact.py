from decimal import Decimal

import pytest

from cli.prices.exact import pico_usd, pico_usd_per_token


class TestPicoUsd:
    @pytest.mark.parametrize(
        ("amount_usd_per_mtok", "expected"),
        [
            pytest.param("0.15", 150_000, id="gpt-4o-mini's input"),
            pytest.param("0.0375", 37_500, id="command-r7b's input"),
            pytest.param("0.0011", 1_100, id="the smallest published rate"),
            pytest.param("600", 600_000_000, id="the largest published rate"),
            pytest.param("0", 0, id="nothing"),
        ],
    )
    def test_reads_published_rates_exactly(self, amount_usd_per_mtok, expected):
        assert pico_usd_per_token(Decimal(amount_usd_per_mtok)) == expected

    @pytest.mark.parametrize(
        "noisy",
        [
            pytest.param("1.5000000000000002e-07", id="a little more"),
            pytest.param("1.4999999999999998e-07", id="a little less"),
        ],
    )
    def test_takes_float_noise_away(self, noisy):
        assert pico_usd(Decimal(noisy)) == 150_000

    def test_rounds_a_real_fraction_up(self):
        assert pico_usd(Decimal("1.00001e-12")) == 2

    def test_takes_one_millionth_for_noise_and_no_more(self):
        at_the_limit = pico_usd(Decimal("100.0001e-12"))
        beyond_it = pico_usd(Decimal("100.0002e-12"))

        assert (at_the_limit, beyond_it) == (100, 101)
