from dataclasses import replace
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from onebill.domain.pricing import Price, Rates, Tier
from tests.properties.effort import PROPERTY
from tests.properties.strategies import BUCKETS, RATE_OF, any_rates, prices, usages


def exact_pico_usd(used, price):
    """The cost by the book: the rates of the last tier the input exceeds, times the counts."""
    tier = [each for each in price.tiers if used.input_tokens > each.above_input_tokens][-1:]
    chosen = (tier or price.tiers)[0].rates
    return sum(getattr(used, bucket) * getattr(chosen, RATE_OF[bucket]) for bucket in BUCKETS)


def at_least(cheaper, dearer):
    """Rates none of which is below another's."""
    return Rates(
        **{name: max(getattr(cheaper, name), getattr(dearer, name)) for name in RATE_OF.values()}
    )


@st.composite
def rising_prices(draw):
    """Prices whose long-context tiers are nowhere cheaper."""
    price = draw(prices())
    rising = accumulate((tier.rates for tier in price.tiers), at_least)
    return Price(
        version="rising",
        tiers=tuple(
            Tier(above_input_tokens=tier.above_input_tokens, rates=each)
            for tier, each in zip(price.tiers, rising, strict=True)
        ),
    )


class TestTheCost:
    @PROPERTY
    @given(usages, prices())
    def test_is_exact_but_for_one_rounding_upwards(self, used, price):
        exact = exact_pico_usd(used, price)

        assert 0 <= price.cost_nano_usd(used) * 1_000 - exact < 1_000

    @PROPERTY
    @given(st.sampled_from(BUCKETS), usages, rising_prices(), st.integers(1, 500_000))
    def test_never_falls_with_more_of_a_bucket(self, bucket, used, price, more):
        greater = replace(used, **{bucket: getattr(used, bucket) + more})

        assert price.cost_nano_usd(greater) >= price.cost_nano_usd(used)


class TestTiers:
    @PROPERTY
    @given(prices(), st.integers(0, 2), st.sampled_from([0, 1]))
    def test_change_between_the_threshold_and_one_more(self, price, index, more):
        place = index % len(price.tiers)
        threshold = price.tiers[place].above_input_tokens

        chosen = price.rates_for(threshold + more)

        assert chosen is price.tiers[max(0, place - 1 + more)].rates

    @PROPERTY
    @given(prices(), st.integers(0, 400_000), st.integers(0, 400_000))
    def test_are_reachable_by_every_input_within_the_bound(self, price, input_tokens, slack):
        assert price.rates_for(input_tokens) in price.reachable(input_tokens + slack)


class TestTheDearestInput:
    @PROPERTY
    @given(any_rates, usages)
    def test_is_never_less_than_what_text_costs(self, each, used):
        text = replace(
            used,
            audio_input_tokens=0,
            output_tokens=0,
            reasoning_tokens=0,
            audio_output_tokens=0,
            requests=0,
        )

        assert each.cost_pico_usd(text) <= text.input_tokens * each.dearest_input
