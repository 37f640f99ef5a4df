from datetime import date
from functools import partial

import pytest

from onebill.adapters.catalog.entries import CatalogError
from onebill.domain.errors import ModelNotFound
from onebill.domain.pricing import Rates
from onebill.domain.usage import Usage
from tests.adapters.catalogue_entries import a_model, a_price, a_provider, a_tier, load_catalog

TODAY = date(2026, 11, 23)

BOUNDS = {
    "image_tokens": 2_000,
    "image_tokens_by_model": [
        {"prefix": "echo", "tokens": 1_000},
        {"prefix": "echo-mini", "tokens": None},
    ],
    "audio_tokens_per_second": 10,
    "file_tokens": None,
}


@pytest.fixture
def load(tmp_path):
    return partial(load_catalog, tmp_path)


class TestFind:
    def test_finds_a_model_by_its_id(self, load):
        model = load().find("twin/echo")

        assert (model.id, model.upstream_name, model.provider.id) == ("twin/echo", "echo", "twin")
        assert model.provider.base_url == "https://twin.example/v1"

    def test_finds_a_model_by_an_alias_of_its_provider(self, load):
        catalog = load({"twin": a_provider(aliases=["echoes"])})

        assert catalog.find("echoes/echo") is catalog.find("twin/echo")

    def test_keeps_the_slashes_of_a_model_name(self, load):
        catalog = load(models={"twin/org/echo": a_model()})

        assert catalog.find("twin/org/echo").upstream_name == "org/echo"

    def test_sends_another_name_upstream_where_the_entry_says_so(self, load):
        catalog = load(models={"twin/echo": a_model(upstream_name="echo-1")})

        assert catalog.find("twin/echo").upstream_name == "echo-1"

    @pytest.mark.parametrize(
        "model_id",
        [
            pytest.param("twin/other", id="unpriced"),
            pytest.param("other/echo", id="unknown provider"),
            pytest.param("echo", id="no provider"),
            pytest.param("", id="nothing"),
        ],
    )
    def test_does_not_know_what_is_not_sold(self, load, model_id):
        with pytest.raises(ModelNotFound):
            load().find(model_id)

    def test_does_not_sell_what_is_withdrawn(self, load):
        catalog = load(models={"twin/echo": a_model(withdrawn="2026-11-01")})

        assert catalog.models() == []
        with pytest.raises(ModelNotFound):
            catalog.find("twin/echo")


class TestModels:
    def test_lists_models_sorted_by_id(self, load):
        catalog = load(models={"twin/b": a_model(), "twin/a": a_model()})

        assert [model.id for model in catalog.models()] == ["twin/a", "twin/b"]

    def test_names_the_variable_of_each_key(self, load):
        assert load().provider_key_variables() == {"twin": "TWIN_API_KEY"}


class TestRates:
    def test_falls_back_on_what_a_missing_rate_repeats(self, load):
        rates = load().find("twin/echo").base_rates_on(TODAY)

        assert rates == Rates(
            input=1_000,
            cache_read=1_000,
            cache_write_5m=1_000,
            cache_write_1h=1_000,
            audio_input=1_000,
            output=4_000,
            reasoning=4_000,
            audio_output=4_000,
            request=0,
        )

    def test_lets_a_long_cache_write_cost_at_least_a_short_one(self, load):
        models = {"twin/echo": a_model(a_price(a_tier(cache_write_5m=1_250)))}

        rates = load(models=models).find("twin/echo").base_rates_on(TODAY)

        assert (rates.cache_write_5m, rates.cache_write_1h) == (1_250, 1_250)

    def test_takes_every_rate_that_is_stated(self, load):
        stated = {
            "cache_read": 100,
            "cache_write_5m": 1_250,
            "cache_write_1h": 2_000,
            "audio_input": 40_000,
            "reasoning": 5_000,
            "audio_output": 80_000,
            "request": 9,
        }
        models = {"twin/echo": a_model(a_price(a_tier(**stated)))}

        rates = load(models=models).find("twin/echo").base_rates_on(TODAY)

        assert rates == Rates(input=1_000, output=4_000, **stated)

    @pytest.mark.parametrize(
        ("input_tokens", "expected"),
        [
            pytest.param(5_000, 5_000 * 1_000, id="at the threshold"),
            pytest.param(5_001, 5_001 * 2_000, id="one above it"),
        ],
    )
    def test_replaces_all_rates_above_a_threshold(self, load, input_tokens, expected):
        models = {"twin/echo": a_model(a_price(a_tier(), a_tier(5_000, input=2_000)))}

        price = load(models=models).find("twin/echo").price_on(TODAY)

        usage = Usage(uncached_input_tokens=input_tokens)
        assert price.rates_for(input_tokens).cost_pico_usd(usage) == expected


class TestDatedPrices:
    @pytest.fixture
    def model(self, load):
        started = a_price(a_tier(input=2_000), **{"from": "2026-12-01"})
        return load(models={"twin/echo": a_model(a_price(), started)}).find("twin/echo")

    def test_changes_the_price_on_its_day(self, model):
        assert model.base_rates_on(date(2026, 11, 30)).input == 1_000
        assert model.base_rates_on(date(2026, 12, 1)).input == 2_000

    def test_names_the_entry_and_the_catalogue_in_the_version(self, model):
        assert model.price_on(TODAY).version == "base@v1"
        assert model.price_on(date(2027, 1, 1)).version == "2026-12-01@v1"


class TestBounds:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            pytest.param("echo", 1_000, id="exactly"),
            pytest.param("echo-2026", 1_000, id="going on with a hyphen"),
            pytest.param("echo-mini-2", None, id="the longest exception: by its pixels"),
            pytest.param("echo.5", 2_000, id="another model that only begins alike"),
        ],
    )
    def test_bounds_an_image_by_the_exception_that_applies(self, load, name, expected):
        catalog = load({"twin": a_provider(bounds=BOUNDS)}, {f"twin/{name}": a_model()})

        assert catalog.find(f"twin/{name}").bounds.image_tokens == expected

    @pytest.mark.parametrize("stated", [None, 9_000])
    def test_bounds_a_document_by_a_number_or_not_at_all(self, load, stated):
        catalog = load({"twin": a_provider(bounds=BOUNDS | {"file_tokens": stated})})

        bounds = catalog.find("twin/echo").bounds
        assert (bounds.audio_tokens_per_second, bounds.file_tokens) == (10, stated)

    def test_lets_audio_without_a_bound_fill_the_context_window(self, load):
        bounds = load().find("twin/echo").bounds

        assert bounds.audio_tokens_per_second == 8_000

    @pytest.mark.parametrize(("stated", "expected"), [({}, 14), ({"image_patch_pixels": 20}, 20)])
    def test_bounds_other_images_by_their_pixels(self, load, stated, expected):
        bounds = {"image_tokens": None} | stated

        catalog = load({"twin": a_provider(bounds=bounds)})

        found = catalog.find("twin/echo").bounds
        assert (found.image_tokens, found.image_patch_pixels) == (None, expected)


class TestBaseUrls:
    def test_replaces_one_and_all_others(self, load):
        providers = {"twin": a_provider(), "other": a_provider()}
        models = {"twin/echo": a_model(), "other/echo": a_model()}

        catalog = load(
            providers, models, base_urls={"twin": "http://a.example/", "*": "http://b.example"}
        )

        assert catalog.find("twin/echo").provider.base_url == "http://a.example"
        assert catalog.find("other/echo").provider.base_url == "http://b.example"

    def test_fills_in_the_account_of_the_operator(self, load):
        providers = {"twin": a_provider(base_url="https://twin.example/{account_id}/v1")}

        catalog = load(providers, account_ids={"twin": "abc"})

        assert catalog.find("twin/echo").provider.base_url == "https://twin.example/abc/v1"

    def test_sells_nothing_of_a_provider_without_a_complete_address(self, load):
        providers = {"twin": a_provider(base_url="https://twin.example/{account_id}/v1")}

        assert load(providers).models() == []

    def test_refuses_an_address_for_a_provider_that_does_not_exist(self, load):
        with pytest.raises(CatalogError, match="'twni'"):
            load(base_urls={"twni": "http://a.example"})


def test_openais_models_may_be_asked_for_without_a_prefix(load):
    catalog = load({"openai": a_provider()}, {"openai/gpt-x": a_model()})

    assert catalog.find("gpt-x") is catalog.find("openai/gpt-x")
