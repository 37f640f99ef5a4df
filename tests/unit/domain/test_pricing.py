from dataclasses import fields

import pytest

from onebill.domain.pricing import Price, Rates, Tier
from onebill.domain.usage import Usage
from tests.builders import a_price, some_rates

RATES = [field.name for field in fields(Rates)]


class TestRates:
    @pytest.mark.parametrize("rate", RATES)
    def test_are_never_negative(self, rate):
        with pytest.raises(ValueError, match=f"rate {rate} is negative"):
            some_rates(**{rate: -1})

    def test_may_be_zero_where_a_provider_says_so(self):
        assert some_rates(input=0, output=0).cost_pico_usd(Usage(output_tokens=5)) == 0

    @pytest.mark.parametrize(
        ("bucket", "rate"),
        [
            ("uncached_input_tokens", "input"),
            ("cache_read_tokens", "cache_read"),
            ("cache_write_5m_tokens", "cache_write_5m"),
            ("cache_write_1h_tokens", "cache_write_1h"),
            ("audio_input_tokens", "audio_input"),
            ("output_tokens", "output"),
            ("reasoning_tokens", "reasoning"),
            ("audio_output_tokens", "audio_output"),
            ("requests", "request"),
        ],
    )
    def test_charge_each_bucket_at_its_own_rate(self, bucket, rate):
        rates = some_rates(**({"input": 0, "output": 0} | {rate: 7}))

        assert rates.cost_pico_usd(Usage(**({"requests": 0} | {bucket: 11}))) == 77

    @pytest.mark.parametrize("rate", ["input", "cache_read", "cache_write_5m", "cache_write_1h"])
    def test_know_the_most_a_text_token_of_the_input_can_cost(self, rate):
        cheap = {"input": 1, "cache_read": 1, "cache_write_5m": 1, "cache_write_1h": 1}
        rates = some_rates(**(cheap | {rate: 9}), audio_input=100, output=1_000)

        assert rates.dearest_input == 9


class TestPrice:
    @pytest.mark.parametrize(
        "thresholds",
        [
            pytest.param([], id="no tier"),
            pytest.param([1], id="no base tier"),
            pytest.param([0, 200, 100], id="tiers that fall"),
            pytest.param([0, 100, 100], id="two tiers from the same threshold"),
            pytest.param([0, 0], id="two base tiers"),
        ],
    )
    def test_needs_a_base_tier_and_rising_thresholds(self, thresholds):
        tiers = tuple(Tier(above_input_tokens=above, rates=some_rates()) for above in thresholds)

        with pytest.raises(ValueError, match="must start at 0 and rise"):
            Price(version="base@test", tiers=tiers)

    def test_is_rounded_up_once_for_the_whole_request(self):
        price = a_price(input=400, output=500, request=600)

        cost_nano_usd = price.cost_nano_usd(Usage(uncached_input_tokens=1, output_tokens=1))

        assert cost_nano_usd == 2

    def test_of_nothing_is_nothing(self):
        assert a_price(request=5_000).cost_nano_usd(Usage(requests=0)) == 0

    @pytest.mark.parametrize(
        ("usage", "price", "expected_nano_usd"),
        [
            pytest.param(
                Usage(uncached_input_tokens=200, output_tokens=50),
                a_price(input=150_000, output=600_000),
                60_000,
                id="gpt-4o-mini, 200 in, 50 out: $0.00006",
            ),
            pytest.param(
                Usage(uncached_input_tokens=3, cache_write_5m_tokens=12_304, output_tokens=550),
                a_price(input=3_000_000, cache_write_5m=3_750_000, output=15_000_000),
                54_399_000,
                id="Anthropic's console: $0.054399 (litellm#9812)",
            ),
            pytest.param(
                Usage(
                    uncached_input_tokens=9_992,
                    cache_read_tokens=128,
                    output_tokens=1_499,
                    reasoning_tokens=2_809,
                ),
                a_price(input=1_250_000, cache_read=200_000, output=2_500_000),
                23_285_600,
                id="xAI: 232,856,000 ticks of $1e-10 (sub2api#5771)",
            ),
        ],
    )
    def test_agrees_with_published_bills(self, usage, price, expected_nano_usd):
        assert price.cost_nano_usd(usage) == expected_nano_usd


class TestALongContextTier:
    price = a_price(
        (0, some_rates(input=1_000, output=1_000)),
        (200_000, some_rates(input=2_000, output=3_000)),
        (272_000, some_rates(input=5_000, output=7_000)),
    )

    @pytest.mark.parametrize(
        ("input_tokens", "expected_nano_usd"),
        [
            pytest.param(199_999, 199_999 + 1, id="below the first threshold"),
            pytest.param(200_000, 200_000 + 1, id="at the first threshold"),
            pytest.param(200_001, 200_001 * 2 + 3, id="above the first threshold"),
            pytest.param(272_000, 272_000 * 2 + 3, id="at the second threshold"),
            pytest.param(272_001, 272_001 * 5 + 7, id="above the second threshold"),
        ],
    )
    def test_replaces_all_rates_just_above_its_threshold(self, input_tokens, expected_nano_usd):
        usage = Usage(uncached_input_tokens=input_tokens, output_tokens=1)

        assert self.price.cost_nano_usd(usage) == expected_nano_usd

    @pytest.mark.parametrize(
        "bucket",
        [
            "uncached_input_tokens",
            "cache_read_tokens",
            "cache_write_5m_tokens",
            "cache_write_1h_tokens",
            "audio_input_tokens",
        ],
    )
    def test_is_reached_by_input_of_every_kind(self, bucket):
        usage = Usage(**{bucket: 272_001})

        assert self.price.cost_nano_usd(usage) == 272_001 * 5

    def test_is_not_reached_by_output(self):
        usage = Usage(uncached_input_tokens=1, output_tokens=1_000_000)

        assert self.price.rates_for(usage.input_tokens).input == 1_000

    @pytest.mark.parametrize(
        ("bound", "expected_inputs"),
        [
            pytest.param(0, [1_000], id="nothing"),
            pytest.param(200_000, [1_000], id="at the first threshold"),
            pytest.param(200_001, [1_000, 2_000], id="above the first threshold"),
            pytest.param(272_000, [1_000, 2_000], id="at the second threshold"),
            pytest.param(272_001, [1_000, 2_000, 5_000], id="above the second threshold"),
        ],
    )
    def test_is_reachable_only_above_its_threshold(self, bound, expected_inputs):
        assert [rates.input for rates in self.price.reachable(bound)] == expected_inputs
