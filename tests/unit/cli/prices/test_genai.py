from datetime import date

import pytest

from cli.prices import reasons
from cli.prices.genai import read_genai_prices
from cli.prices.records import SourceChanged
from tests.unit.cli.prices.builders import genai_model, genai_module


def read(*models):
    return read_genai_prices(genai_module(*models))["openai"]


def read_prices(prices):
    return read(genai_model("gpt", prices)).find("gpt")


def a_price(**rates):
    return f"ModelPrice({', '.join(f'{key}={value}' for key, value in rates.items())})"


TEXT = {"input_mtok": "Decimal('1')", "output_mtok": "Decimal('4')"}


class TestReadGenaiPrices:
    def test_reads_rates_in_pico_dollars_per_token(self):
        model = read_prices(
            a_price(**TEXT, cache_write_mtok="Decimal('1.25')", input_audio_mtok="Decimal('40')")
        )

        (tier,) = model.prices[0].tiers
        assert tier.rates == {
            "input": 1_000_000,
            "output": 4_000_000,
            "cache_write_5m": 1_250_000,
            "audio_input": 40_000_000,
        }
        assert model.max_input_tokens == 128_000

    def test_gives_every_tier_all_rates(self):
        tiered = "TieredPrices(base=Decimal('1'), tiers=[Tier(start=200000, price=Decimal('2'))])"

        model = read_prices(a_price(input_mtok=tiered, output_mtok="Decimal('4')"))

        low, high = model.prices[0].tiers
        assert (low.above_input_tokens, low.rates["input"]) == (0, 1_000_000)
        assert (high.above_input_tokens, high.rates["input"]) == (200_000, 2_000_000)
        assert high.rates["output"] == low.rates["output"] == 4_000_000

    def test_reads_dated_prices_oldest_first(self):
        later = a_price(**(TEXT | {"input_mtok": "Decimal('3')"}))
        started = "StartDateConstraint(start_date=datetime.date(2026, 3, 13))"

        model = read_prices(
            f"[ConditionalPrice(prices={a_price(**TEXT)}), "
            f"ConditionalPrice(constraint={started}, prices={later})]"
        )

        assert [price.from_day for price in model.prices] == [None, date(2026, 3, 13)]
        assert model.price_on(date(2026, 3, 12)).tiers[0].rates["input"] == 1_000_000
        assert model.price_on(date(2026, 3, 13)).tiers[0].rates["input"] == 3_000_000

    @pytest.mark.parametrize(
        ("prices", "reason"),
        [
            pytest.param(a_price(), reasons.NO_PRICE, id="free"),
            pytest.param(
                a_price(**TEXT, requests_kcount="Decimal('12')"), reasons.REQUEST_FEE, id="fee"
            ),
            pytest.param(
                a_price(**TEXT, audio_hours="Decimal('1')"), reasons.DURATION, id="by the hour"
            ),
            pytest.param(
                a_price(**TEXT, output_image_mtok="Decimal('30')"),
                reasons.MEDIA_OUTPUT,
                id="image output",
            ),
            pytest.param(
                a_price(**TEXT, smell_mtok="Decimal('1')"),
                reasons.unknown_component("smell_mtok"),
                id="something new",
            ),
            pytest.param(
                "[ConditionalPrice(prices=ModelPrice(input_mtok=Decimal('1'), "
                "output_mtok=Decimal('1'))), ConditionalPrice(constraint=TimeOfDateConstraint("
                "start_time=datetime.time(1, 0, tzinfo=datetime.UTC)), prices=ModelPrice())]",
                reasons.TIME_OF_DAY,
                id="by the time of day",
            ),
        ],
    )
    def test_says_why_tokens_alone_do_not_make_the_bill(self, prices, reason):
        model = read_prices(prices)

        assert (model.unfit, model.prices) == (reason, ())

    def test_ignores_what_a_request_that_is_let_through_never_incurs(self):
        model = read_prices(a_price(**TEXT, web_searches_kcount="Decimal('10')"))

        assert model.unfit is None

    def test_does_not_sell_what_is_deprecated(self):
        module = genai_model("gpt").replace("prices=", "deprecated=True, prices=")

        assert read(module).find("gpt").unfit == reasons.DEPRECATED

    def test_finds_the_first_model_that_a_name_means(self):
        provider = read(genai_model("gpt-5-2025-08-07"), genai_model("gpt-5"))

        assert provider.find("GPT-5-20250807").name == "gpt-5-2025-08-07"
        assert provider.find("gpt-6") is None

    @pytest.mark.parametrize(
        "prices",
        [
            pytest.param("Decimal('1')", id="a bare number"),
            pytest.param("ModelPrice(input_mtok=1)", id="a rate that is no decimal"),
            pytest.param("ModelPrice(input_mtok=Decimal('-1'))", id="a negative rate"),
            pytest.param("[ConditionalPrice(prices=None)]", id="no prices"),
            pytest.param(
                "[ConditionalPrice(prices=ModelPrice(input_mtok=Decimal('1'), "
                "output_mtok=Decimal('1'))), ConditionalPrice(constraint=MoonPhase(), "
                "prices=ModelPrice())]",
                id="a new kind of constraint",
            ),
        ],
    )
    def test_refuses_a_source_it_no_longer_understands(self, prices):
        with pytest.raises(SourceChanged):
            read_prices(prices)
