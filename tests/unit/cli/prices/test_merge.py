import pytest

from cli.prices.merge import AGREED, DISPUTED, ONE_SOURCE, Dispute, alone, merge
from tests.unit.cli.prices.builders import a_tier, tiers


def merged(genai, litellm, max_input_tokens=1_000_000):
    return merge("m", genai=genai, litellm=litellm, max_input_tokens=max_input_tokens)


class TestMerge:
    def test_agrees_when_both_say_the_same(self):
        result = merged(tiers(cache_read=100_000), tiers(cache_read=100_000))

        assert (result.status, result.disputes, result.one_source) == (AGREED, (), {})
        assert result.tiers == tiers(cache_read=100_000)

    def test_takes_the_dearer_of_two_and_lists_the_dispute(self):
        result = merged(tiers(input=270_000), tiers(input=280_000))

        assert result.status == DISPUTED
        assert result.tiers == tiers(input=280_000)
        assert result.disputes == (
            Dispute(
                model="m",
                above_input_tokens=0,
                rate="input",
                genai_prices=270_000,
                litellm=280_000,
                taken=280_000,
            ),
        )

    @pytest.mark.parametrize(
        ("genai", "litellm", "source"),
        [
            pytest.param({"cache_read": 100_000}, {}, "genai-prices", id="genai-prices"),
            pytest.param({}, {"cache_read": 100_000}, "litellm", id="litellm"),
        ],
    )
    def test_takes_a_rate_only_one_gives_and_notes_which(self, genai, litellm, source):
        result = merged(tiers(**genai), tiers(**litellm))

        assert result.status == AGREED
        assert result.tiers == tiers(cache_read=100_000)
        assert result.one_source == {"cache_read": source}

    def test_gives_no_discount_on_a_price_the_other_source_set(self):
        result = merged(tiers(input=2_000_000), tiers(input=500_000, cache_read=50_000))

        assert result.tiers == tiers(input=2_000_000)

    def test_keeps_a_surcharge_on_a_price_the_other_source_set(self):
        result = merged(tiers(input=2_000_000), tiers(input=500_000, cache_write_5m=2_500_000))

        assert result.tiers[0].rates["cache_write_5m"] == 2_500_000

    def test_drops_a_rate_that_repeats_what_it_falls_back_on(self):
        result = merged(tiers(reasoning=4_000_000, cache_write_1h=1_000_000), tiers())

        assert (result.tiers, result.one_source) == (tiers(), {})

    def test_keeps_an_audio_rate_because_it_means_that_audio_is_sold(self):
        result = merged(tiers(audio_input=1_000_000), tiers(audio_input=1_000_000))

        assert result.tiers[0].rates["audio_input"] == 1_000_000

    def test_treats_a_rate_of_zero_as_absent(self):
        result = merged(tiers(cache_write_5m=0), tiers())

        assert result.tiers == tiers()


class TestMergeOfTiers:
    def test_keeps_a_tier_both_know(self):
        both = (a_tier(input=1, output=4), a_tier(272_000, input=2, output=6))

        assert merged(both, both).tiers == both

    def test_disputes_a_tier_only_one_knows(self):
        tiered = (a_tier(input=1, output=4), a_tier(272_000, input=2, output=4))

        result = merged((a_tier(input=1, output=4),), tiered)

        assert result.tiers == tiered
        assert [(d.above_input_tokens, d.rate, d.taken) for d in result.disputes] == [
            (272_000, "input", 2)
        ]

    def test_takes_the_dearer_at_every_size_when_thresholds_differ(self):
        early = (a_tier(input=1, output=4), a_tier(128_000, input=2, output=4))
        late = (a_tier(input=1, output=4), a_tier(200_000, input=3, output=4))

        result = merged(early, late)

        assert [(t.above_input_tokens, t.rates["input"]) for t in result.tiers] == [
            (0, 1),
            (128_000, 2),
            (200_000, 3),
        ]

    def test_drops_a_tier_that_begins_where_the_context_window_ends(self):
        tiered = (a_tier(input=1, output=4), a_tier(200_000, input=2, output=4))

        result = merged(tiered, (a_tier(input=1, output=4),), max_input_tokens=200_000)

        assert (result.status, result.tiers) == (AGREED, (a_tier(input=1, output=4),))

    def test_joins_tiers_that_come_to_the_same(self):
        tiered = (a_tier(input=1, output=4), a_tier(200_000, input=1, output=4))

        assert merged(tiered, tiered).tiers == (a_tier(input=1, output=4),)


class TestAlone:
    def test_takes_what_one_source_says_of_another_day(self):
        result = alone(tiers(reasoning=4_000_000), max_input_tokens=128_000)

        assert (result.status, result.tiers) == (ONE_SOURCE, tiers())
