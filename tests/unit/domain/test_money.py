import pytest

from onebill.domain.money import ceil_div, format_usd, nano_usd_from_pico_usd, parse_usd


class TestCeilDiv:
    @pytest.mark.parametrize(
        ("dividend", "expected"),
        [
            pytest.param(0, 0, id="nothing"),
            pytest.param(1, 1, id="the smallest part"),
            pytest.param(999, 1, id="almost one"),
            pytest.param(1_000, 1, id="exactly one"),
            pytest.param(1_001, 2, id="a little more than one"),
            pytest.param(-1, 0, id="a little less than nothing"),
            pytest.param(-1_000, -1, id="exactly minus one"),
        ],
    )
    def test_rounds_towards_plus_infinity(self, dividend, expected):
        assert ceil_div(dividend, 1_000) == expected

    def test_is_exact_where_a_float_is_not(self):
        assert ceil_div(10**30 + 1, 10) == 10**29 + 1


class TestNanoUsdFromPicoUsd:
    def test_rounds_any_part_of_a_nano_dollar_up(self):
        assert nano_usd_from_pico_usd(2_000) == 2
        assert nano_usd_from_pico_usd(2_001) == 3


class TestParseUsd:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param("0", 0, id="nothing"),
            pytest.param("5", 5_000_000_000, id="whole dollars"),
            pytest.param("12.50", 12_500_000_000, id="cents"),
            pytest.param("0.000000001", 1, id="one nano-dollar"),
            pytest.param("0.1", 100_000_000, id="a tenth, which no float is"),
            pytest.param("-3.20", -3_200_000_000, id="less than nothing"),
            pytest.param("-0", 0, id="minus nothing"),
            pytest.param("007.5", 7_500_000_000, id="leading zeros"),
            pytest.param("999999999999.999999999", 10**21 - 1, id="the longest"),
        ],
    )
    def test_reads_a_decimal_string_exactly(self, text, expected):
        assert parse_usd(text) == expected

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("", id="nothing"),
            pytest.param(".5", id="no whole part"),
            pytest.param("5.", id="no decimals after the point"),
            pytest.param("1.0000000001", id="ten decimals"),
            pytest.param("1234567890123", id="thirteen digits"),
            pytest.param("+5", id="a plus sign"),
            pytest.param("--5", id="two signs"),
            pytest.param("1e3", id="an exponent"),
            pytest.param("1_000", id="an underscore"),
            pytest.param("1,000", id="a thousands separator"),
            pytest.param("$5", id="a currency sign"),
            pytest.param(" 5", id="a space before"),
            pytest.param("5\n", id="a line end after"),
            pytest.param("\u0665", id="a digit of another script"),
            pytest.param("nan", id="not a number"),
            pytest.param("Infinity", id="no number of dollars"),
        ],
    )
    def test_refuses_anything_else(self, text):
        with pytest.raises(ValueError, match="at most 9 decimals"):
            parse_usd(text)


class TestFormatUsd:
    @pytest.mark.parametrize(
        ("amount_nano_usd", "expected"),
        [
            pytest.param(0, "0.00", id="nothing"),
            pytest.param(5_000_000_000, "5.00", id="whole dollars"),
            pytest.param(12_500_000_000, "12.50", id="cents"),
            pytest.param(420_000, "0.00042", id="less than a cent"),
            pytest.param(1, "0.000000001", id="one nano-dollar"),
            pytest.param(1_230_000_000, "1.23", id="no trailing zeros"),
            pytest.param(-1, "-0.000000001", id="just less than nothing"),
            pytest.param(-1_500_000_000, "-1.50", id="less than nothing"),
            pytest.param(9_007_199_254_740_993, "9007199.254740993", id="beyond a double"),
        ],
    )
    def test_writes_every_digit_and_at_least_two_decimals(self, amount_nano_usd, expected):
        assert format_usd(amount_nano_usd) == expected
