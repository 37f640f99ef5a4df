import json
from datetime import date

import pytest

from onebill.adapters.catalog.catalog import PROVIDERS_FILE, PriceCatalog
from onebill.domain.errors import ModelNotFound

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def shipped():
    """The real files."""
    return PriceCatalog.load(account_ids={"workers-ai": "0" * 32})


class TestTheShippedCatalogue:
    def test_loads_with_every_model_priced(self, shipped):
        models = shipped.models()

        assert len(models) > 150
        assert [model.id for model in models] == sorted({model.id for model in models})
        assert all(
            rates.input > 0 and rates.output > 0
            for model in models
            for dated in model.prices
            for rates in (tier.rates for tier in dated.price.tiers)
        )

    def test_has_a_price_today_and_room_for_an_answer(self, shipped):
        for model in shipped.models():
            assert model.price_on(TODAY).tiers
            assert model.max_output_tokens >= 16

    def test_keeps_versions_short_and_storable(self, shipped):
        versions = {d.price.version for model in shipped.models() for d in model.prices}

        assert all(len(version) <= 32 and "|" not in version for version in versions)

    @pytest.mark.parametrize(
        ("alias", "model_id"),
        [
            ("grok/grok-4.3", "xai/grok-4.3"),
            ("google/gemini-2.5-pro", "google-ai-studio/gemini-2.5-pro"),
            ("mistralai/codestral-latest", "mistral/codestral-latest"),
        ],
    )
    def test_knows_the_prefixes_cloudflare_uses(self, shipped, alias, model_id):
        assert shipped.find(alias).id == model_id

    def test_asks_nothing_of_workers_ai_without_an_account(self):
        with pytest.raises(ModelNotFound):
            PriceCatalog.load().find("workers-ai/@cf/openai/gpt-oss-20b")

    def test_sells_nothing_whose_list_price_is_not_what_is_billed(self, shipped):
        sellers = {model.provider.id for model in shipped.models()}

        assert sellers.isdisjoint({"openrouter", "huggingface", "perplexity"})
        assert {"openrouter", "perplexity"} <= shipped.provider_key_variables().keys()

    def test_says_of_every_bound_where_it_was_published(self):
        providers = json.loads(PROVIDERS_FILE.read_text())["providers"]

        unsourced = [
            (slug, bound)
            for slug, provider in providers.items()
            for bound, tokens in provider["bounds"].items()
            if tokens is not None
            and bound.removesuffix("_by_model") not in {s["about"] for s in provider["sources"]}
        ]

        assert unsourced == []
