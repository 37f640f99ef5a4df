"""Prices as the providers published them on 2026-11-23, against the shipped catalogue.

They are read as entries of that day, which are never changed: a price that changes later adds
an entry, and these tests stay as they are.
"""

from datetime import date

import pytest

from cli.prices.catalogue_file import read_catalogue
from cli.prices.records import rates_above
from onebill.adapters.catalog.catalog import PRICES_FILE

PUBLISHED = date(2026, 11, 23)

OPENAI = "developers.openai.com/api/docs/pricing"
ANTHROPIC = "platform.claude.com/docs/en/about-claude/pricing"
GOOGLE = "ai.google.dev/gemini-api/docs/pricing"
XAI = "docs.x.ai/developers/pricing"


@pytest.fixture(scope="module")
def catalogue():
    return read_catalogue(PRICES_FILE)


def rates_on(catalogue, model, *, input_tokens=0, day=PUBLISHED):
    """The rates of a request of so many input tokens on a day, as the file states them."""
    tiers = catalogue.models[model].entry_on(day).tiers
    return dict(rates_above(tiers, max(0, input_tokens - 1)))


def usd_per_mtok(**rates):
    """Dollars per million tokens, as price lists have them, in pico-dollars per token."""
    return {name: round(rate * 1_000_000) for name, rate in rates.items()}


class TestPublishedPrices:
    @pytest.mark.parametrize(
        ("model", "expected"),
        [
            pytest.param(
                "openai/gpt-4o-mini",
                usd_per_mtok(input=0.15, cache_read=0.075, output=0.60),
                id=f"gpt-4o-mini, {OPENAI}",
            ),
            pytest.param(
                "openai/gpt-4o",
                usd_per_mtok(input=2.50, cache_read=1.25, output=10),
                id=f"gpt-4o, {OPENAI}",
            ),
            pytest.param(
                "openai/gpt-5",
                usd_per_mtok(input=1.25, cache_read=0.125, output=10),
                id=f"gpt-5, {OPENAI}",
            ),
            pytest.param(
                "openai/gpt-audio",
                usd_per_mtok(input=2.50, audio_input=32, output=10, audio_output=64),
                id=f"gpt-audio, {OPENAI}",
            ),
            pytest.param(
                "anthropic/claude-sonnet-4-5",
                usd_per_mtok(
                    input=3, cache_read=0.30, cache_write_5m=3.75, cache_write_1h=6, output=15
                ),
                id=f"claude-sonnet-4-5, {ANTHROPIC}",
            ),
            pytest.param(
                "anthropic/claude-haiku-4-5",
                usd_per_mtok(
                    input=1, cache_read=0.10, cache_write_5m=1.25, cache_write_1h=2, output=5
                ),
                id=f"claude-haiku-4-5, {ANTHROPIC}",
            ),
            pytest.param(
                "anthropic/claude-opus-4-5",
                usd_per_mtok(
                    input=5, cache_read=0.50, cache_write_5m=6.25, cache_write_1h=10, output=25
                ),
                id=f"claude-opus-4-5, {ANTHROPIC}",
            ),
            pytest.param(
                "google-ai-studio/gemini-2.5-flash",
                usd_per_mtok(input=0.30, cache_read=0.03, audio_input=1, output=2.50),
                id=f"gemini-2.5-flash, {GOOGLE}",
            ),
            pytest.param(
                "groq/openai/gpt-oss-120b",
                usd_per_mtok(input=0.15, cache_read=0.075, output=0.60),
                id="gpt-oss-120b, console.groq.com/docs/models",
            ),
            pytest.param(
                "mistral/mistral-small-latest",
                usd_per_mtok(input=0.15, cache_read=0.015, output=0.60),
                id="mistral-small-latest, docs.mistral.ai/inference/pricing",
            ),
            pytest.param(
                "cohere/command-r7b-12-2024",
                usd_per_mtok(input=0.0375, output=0.15),
                id="command-r7b, cohere.com/pricing",
            ),
            pytest.param(
                "cerebras/gpt-oss-120b",
                usd_per_mtok(input=0.35, output=0.75),
                id="gpt-oss-120b, inference-docs.cerebras.ai",
            ),
        ],
    )
    def test_are_what_is_charged(self, catalogue, model, expected):
        assert rates_on(catalogue, model) == expected


class TestLongContextPrices:
    @pytest.mark.parametrize(
        ("model", "threshold", "below", "above"),
        [
            pytest.param(
                "google-ai-studio/gemini-2.5-pro",
                200_000,
                usd_per_mtok(input=1.25, cache_read=0.125, output=10),
                usd_per_mtok(input=2.50, cache_read=0.25, output=15),
                id=f"gemini-2.5-pro, {GOOGLE}",
            ),
            pytest.param(
                "openai/gpt-5.4",
                272_000,
                usd_per_mtok(input=2.50, cache_read=0.25, output=15),
                usd_per_mtok(input=5, cache_read=0.50, output=22.50),
                id=f"gpt-5.4, {OPENAI}",
            ),
            pytest.param(
                "anthropic/claude-haiku-5-5",
                100_000,
                usd_per_mtok(
                    input=0.10,
                    cache_read=0.01,
                    cache_write_5m=0.125,
                    cache_write_1h=0.20,
                    output=0.50,
                ),
                usd_per_mtok(
                    input=0.50,
                    cache_read=0.05,
                    cache_write_5m=0.625,
                    cache_write_1h=1,
                    output=2.50,
                ),
                id=f"claude-haiku-5-5, {ANTHROPIC}",
            ),
            pytest.param(
                "xai/grok-4.20",
                199_999,  # “>= 200k tokens”: the threshold itself is dear already.
                usd_per_mtok(input=1.25, cache_read=0.20, output=2.50),
                usd_per_mtok(input=2.50, cache_read=0.40, output=5),
                id=f"grok-4.20, {XAI}",
            ),
        ],
    )
    def test_replace_all_rates_just_above_the_threshold(
        self, catalogue, model, threshold, below, above
    ):
        assert rates_on(catalogue, model, input_tokens=threshold) == below
        assert rates_on(catalogue, model, input_tokens=threshold + 1) == above


class TestDatedPrices:
    @pytest.mark.parametrize(
        ("model", "day", "expected"),
        [
            pytest.param(
                "openai/gpt-5.6-sol",
                date(2026, 8, 20),
                usd_per_mtok(input=5, cache_read=0.50, cache_write_5m=6.25, output=30),
                id=f"gpt-5.6-sol before it was cut, {OPENAI}",
            ),
            pytest.param(
                "openai/gpt-5.6-sol",
                date(2026, 8, 21),
                usd_per_mtok(input=4, cache_read=0.40, cache_write_5m=5, output=20),
                id=f"gpt-5.6-sol from the day it was, {OPENAI}",
            ),
        ],
    )
    def test_hold_from_their_day(self, catalogue, model, day, expected):
        assert rates_on(catalogue, model, day=day) == expected
