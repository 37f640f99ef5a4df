from datetime import date

import pytest

from cli.prices import reasons
from cli.prices.records import SourcePrice
from cli.prices.scope import SCOPES
from cli.prices.selection import propose
from tests.unit.cli.prices.builders import (
    TODAY,
    a_genai_provider,
    a_source_model,
    an_unfit_model,
    tiers,
)

NO_MEDIA = dict.fromkeys(SCOPES, frozenset())


def proposed(ours=None, theirs=None, *, key="gpt", media=frozenset(), provider="openai"):
    scope = SCOPES[provider]
    return propose(
        genai={scope.genai_id: a_genai_provider(*([] if ours is None else [ours]))},
        litellm={scope.litellm_provider: {} if theirs is None else {key: theirs}},
        media=NO_MEDIA | {provider: frozenset(media)},
        today=TODAY,
    )


def priced(from_day, **rates):
    return SourcePrice(from_day=from_day, tiers=tiers(**rates))


class TestPropose:
    def test_sells_what_both_sources_price(self):
        proposal = proposed(a_source_model("gpt"), a_source_model())

        model = proposal.models["openai/gpt"]
        assert (model.accepts, model.produces) == (("text",), ("text",))
        assert [price.status for price in model.prices] == ["agreed"]

    def test_names_a_model_as_a_caller_does(self):
        proposal = proposed(
            a_source_model("grok-5"), a_source_model(), key="xai/grok-5", provider="xai"
        )

        assert list(proposal.models) == ["xai/grok-5"]

    def test_takes_the_larger_of_two_context_windows(self):
        proposal = proposed(
            a_source_model("gpt", max_input_tokens=400_000),
            a_source_model(max_input_tokens=272_000),
        )

        assert proposal.models["openai/gpt"].max_input_tokens == 400_000

    def test_lets_the_output_fill_the_window_when_its_limit_is_unknown(self):
        proposal = proposed(a_source_model("gpt"), a_source_model(max_output_tokens=None))

        assert proposal.models["openai/gpt"].max_output_tokens == 128_000

    def test_lists_disputes(self):
        proposal = proposed(
            a_source_model("gpt", prices=(priced(None, input=270_000),)),
            a_source_model(prices=(priced(None, input=280_000),)),
        )

        assert [(d.model, d.taken) for d in proposal.disputed] == [("openai/gpt", 280_000)]

    def test_merges_the_price_in_force_and_leaves_the_others_as_they_are(self):
        proposal = proposed(
            a_source_model(
                "gpt",
                prices=(
                    priced(None, input=5_000_000),
                    priced(date(2026, 8, 21), input=4_000_000),
                    priced(date(2027, 1, 1), input=8_000_000),
                ),
            ),
            a_source_model(prices=(priced(None, input=4_000_000),)),
        )

        prices = proposal.models["openai/gpt"].prices
        assert [(p.status, p.tiers[0].rates["input"]) for p in prices] == [
            ("one source", 5_000_000),
            ("agreed", 4_000_000),
            ("one source", 8_000_000),
        ]


class TestMedia:
    def test_accepts_a_medium_that_has_a_bound(self):
        proposal = proposed(
            a_source_model("gpt"),
            a_source_model(media=frozenset({"image", "file"})),
            media={"image"},
        )

        assert proposal.models["openai/gpt"].accepts == ("image", "text")

    def test_accepts_and_produces_audio_only_with_a_rate(self):
        audio = (priced(None, audio_input=40_000_000, audio_output=80_000_000),)

        silent = proposed(
            a_source_model("gpt"), a_source_model(media=frozenset({"audio"})), media={"audio"}
        )
        speaking = proposed(a_source_model("gpt"), a_source_model(prices=audio), media={"audio"})

        assert silent.models["openai/gpt"].accepts == ("text",)
        assert speaking.models["openai/gpt"].accepts == ("audio", "text")
        assert speaking.models["openai/gpt"].produces == ("audio", "text")

    def test_refuses_audio_whose_rate_an_announced_price_no_longer_states(self):
        ours = a_source_model("gpt", prices=(priced(None), priced(date(2027, 1, 1))))
        theirs = a_source_model(prices=(priced(None, audio_input=40_000_000),))

        proposal = proposed(ours, theirs, media={"audio"})

        assert proposal.models["openai/gpt"].accepts == ("text",)


class TestExclusion:
    @pytest.mark.parametrize(
        ("ours", "theirs", "reason"),
        [
            pytest.param(None, a_source_model(), reasons.ONE_SOURCE, id="unknown to genai-prices"),
            pytest.param(a_source_model("gpt"), None, reasons.ONE_SOURCE, id="unknown to litellm"),
            pytest.param(
                a_source_model("gpt"),
                an_unfit_model(reasons.DEPRECATED),
                reasons.DEPRECATED,
                id="unfit by litellm",
            ),
            pytest.param(
                a_source_model("gpt", prices=(priced(None, input=0),)),
                a_source_model(),
                reasons.ZERO_PRICE,
                id="free",
            ),
            pytest.param(
                a_source_model("gpt", max_input_tokens=None),
                a_source_model(max_input_tokens=None),
                reasons.NO_LIMITS,
                id="of unknown size",
            ),
        ],
    )
    def test_says_why(self, ours, theirs, reason):
        proposal = proposed(ours, theirs)

        assert proposal.models == {}
        assert "openai/gpt" in proposal.excluded[reason]

    def test_says_why_genai_prices_cannot_price_it(self):
        unfit = a_source_model("gpt", prices=None, unfit=reasons.TIME_OF_DAY)

        proposal = proposed(unfit, a_source_model())

        assert proposal.excluded[reasons.TIME_OF_DAY] == ("openai/gpt",)

    @pytest.mark.parametrize(
        ("key", "reason"),
        [
            ("gpt-4o-search-preview", reasons.HOSTED_TOOL),
            ("o3-deep-research", reasons.HOSTED_TOOL),
            ("ft:gpt-4o", reasons.FINE_TUNED),
        ],
    )
    def test_withholds_by_name_what_has_fees_no_source_tells(self, key, reason):
        proposal = proposed(a_source_model(key), a_source_model(), key=key)

        assert proposal.excluded[reason] == (f"openai/{key}",)

    def test_names_a_provider_whose_list_prices_are_not_what_is_billed(self):
        assert "openrouter/*" in proposed().excluded[reasons.ROUTED]

    def test_lets_the_prefixed_of_two_keys_of_one_name_speak(self):
        scope = SCOPES["deepseek"]

        proposal = propose(
            genai={scope.genai_id: a_genai_provider(a_source_model("chat"))},
            litellm={
                "deepseek": {
                    "deepseek/chat": a_source_model(),
                    "chat": an_unfit_model(reasons.DEPRECATED),
                }
            },
            media=NO_MEDIA,
            today=TODAY,
        )

        assert list(proposal.models) == ["deepseek/chat"]
