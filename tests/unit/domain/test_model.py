from datetime import date

import pytest

from onebill.domain.errors import ModelNotFound
from onebill.domain.model import DatedPrice, Provider
from tests.builders import a_model, a_price, a_provider, some_rates

FIRST = a_price(version="base", input=1)
SECOND = a_price(version="from January", input=2)
THIRD = a_price(version="from March", input=3)


class TestPriceOn:
    model = a_model(
        prices=(
            DatedPrice(from_day=None, price=FIRST),
            DatedPrice(from_day=date(2026, 1, 1), price=SECOND),
            DatedPrice(from_day=date(2026, 3, 1), price=THIRD),
        )
    )

    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            pytest.param(date(1999, 1, 1), FIRST, id="long before any date"),
            pytest.param(date(2025, 12, 31), FIRST, id="the day before the first date"),
            pytest.param(date(2026, 1, 1), SECOND, id="the first date"),
            pytest.param(date(2026, 2, 28), SECOND, id="the day before the second date"),
            pytest.param(date(2026, 3, 1), THIRD, id="the second date"),
            pytest.param(date(2099, 1, 1), THIRD, id="long after"),
        ],
    )
    def test_is_the_last_that_has_begun(self, day, expected):
        assert self.model.price_on(day) is expected

    def test_before_the_first_known_day_is_an_error_and_never_zero(self):
        model = a_model(prices=(DatedPrice(from_day=date(2026, 1, 1), price=FIRST),))

        with pytest.raises(ModelNotFound, match="openai/gpt-4o-mini"):
            model.price_on(date(2025, 12, 31))

    def test_there_is_one_from_the_first_known_day_on(self):
        model = a_model(prices=(DatedPrice(from_day=date(2026, 1, 1), price=FIRST),))

        assert not model.is_priced_on(date(2025, 12, 31))
        assert model.is_priced_on(date(2026, 1, 1))


class TestBaseRatesOn:
    def test_are_those_of_a_short_prompt(self):
        price = a_price((0, some_rates(input=5)), (200_000, some_rates(input=9)))
        model = a_model(price=price)

        assert model.base_rates_on(date(2026, 11, 23)).input == 5


class TestProvider:
    def test_takes_and_reports_what_openai_does_unless_told_otherwise(self):
        provider = a_provider()

        assert provider.takes_stream_options
        assert provider.ends_with_done
        assert not provider.reports_reasoning_apart
        assert provider.refused_options == frozenset()

    def test_adds_nothing_to_a_request_unless_told_otherwise(self):
        provider = a_provider()

        assert isinstance(provider, Provider)
        assert dict(provider.sent_always) == dict(provider.extra_headers) == {}
