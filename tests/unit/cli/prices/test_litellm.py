import json
from datetime import date

import pytest

from cli.prices import reasons
from cli.prices.litellm import read_litellm
from cli.prices.records import SourceChanged
from tests.unit.cli.prices.builders import TODAY, litellm_entry, litellm_map


def read(**changes):
    entry = litellm_entry(**changes)
    models = read_litellm(litellm_map(gpt=entry), today=TODAY)
    return models[entry["litellm_provider"]]["gpt"]


class TestReadLitellm:
    def test_reads_rates_in_pico_dollars_per_token(self):
        model = read(
            input_cost_per_token=1.5e-07,
            cache_read_input_token_cost=7.500000000000001e-08,
            cache_creation_input_token_cost_above_1hr=3e-07,
        )

        (tier,) = model.prices[0].tiers
        assert tier.rates == {
            "input": 150_000,
            "output": 4_000_000,
            "cache_read": 75_000,
            "cache_write_1h": 300_000,
        }

    def test_takes_from_the_base_what_a_tier_does_not_name(self):
        model = read(input_cost_per_token_above_272k_tokens=2e-06)

        low, high = model.prices[0].tiers
        assert (low.above_input_tokens, high.above_input_tokens) == (0, 272_000)
        assert high.rates == {"input": 2_000_000, "output": 4_000_000}

    def test_lets_the_tiers_of_xai_begin_at_the_threshold_itself(self):
        model = read(litellm_provider="xai", input_cost_per_token_above_200k_tokens=2e-06)

        assert model.prices[0].tiers[1].above_input_tokens == 199_999

    def test_reads_limits_and_media(self):
        model = read(max_output_tokens=4096.0, supports_vision=True, supports_pdf_input=False)

        assert (model.max_input_tokens, model.max_output_tokens) == (128_000, 4_096)
        assert model.media == {"image"}

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"deprecation_date": "2026-11-23"}, reasons.DEPRECATED),
            ({"mode": "responses"}, reasons.NOT_CHAT),
            ({"supported_endpoints": ["/v1/responses"]}, reasons.NOT_CHAT),
            ({"supported_output_modalities": ["audio"]}, reasons.MEDIA_OUTPUT),
            ({"off_peak_pricing": {"windows": []}}, reasons.TIME_OF_DAY),
            ({"tiered_pricing": []}, reasons.GRADUATED),
            ({"input_cost_per_request": 0.005}, reasons.REQUEST_FEE),
            ({"citation_cost_per_token": 2e-06}, reasons.CITATION_FEE),
            ({"input_cost_per_image_token": 2e-06}, reasons.OWN_IMAGE_RATE),
            ({"provider_specific_entry": {"moon": 2}}, "provider_specific_entry"),
            ({"input_cost_per_smell": 1e-06}, "input_cost_per_smell"),
            ({"input_cost_per_smell_above_200k_tokens": 1e-06}, "input_cost_per_smell"),
        ],
        ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
    )
    def test_says_why_a_model_cannot_be_sold(self, changes, reason):
        model = read(**changes)

        assert reason in model.unfit
        assert model.prices == ()

    @pytest.mark.parametrize(
        "changes",
        [
            {"deprecation_date": "2026-11-24"},
            {"input_cost_per_token_batches": 5e-07},
            {"output_cost_per_token_above_272k_tokens_ultrafast": 9e-05},
            {"cache_creation_input_token_cost_above_12hr": 2e-06},
            {"search_context_cost_per_query": {"search_context_size_low": 0.01}},
            {"regional_processing_uplift_multiplier_eu": 1.1},
            {"provider_specific_entry": {"us": 1.1, "fast": 2}},
            {"input_cost_per_image_token": 1e-06},
            {"input_cost_per_video_per_second": 0},
        ],
        ids=lambda value: next(iter(value)),
    )
    def test_ignores_what_a_request_that_is_let_through_never_incurs(self, changes):
        assert read(**changes).unfit is None

    def test_says_when_there_is_no_price(self):
        entry = litellm_entry()
        del entry["output_cost_per_token"]

        models = read_litellm(litellm_map(gpt=entry), today=TODAY)

        assert models["openai"]["gpt"].unfit == reasons.NO_PRICE

    def test_leaves_out_what_nobody_takes_for_a_chat_model(self):
        text = litellm_map(ada=litellm_entry(mode="embedding"))

        assert read_litellm(text, today=TODAY) == {}

    @pytest.mark.parametrize("amount", [-1e-06, "a dollar", float("nan")])
    def test_refuses_a_source_it_no_longer_understands(self, amount):
        with pytest.raises(SourceChanged):
            read(input_cost_per_token=amount)

    def test_refuses_a_map_that_is_none(self):
        with pytest.raises(SourceChanged):
            read_litellm(json.dumps([]), today=date(2026, 11, 23))
