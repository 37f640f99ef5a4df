from datetime import date
from functools import partial

import pytest

from onebill.adapters.catalog.catalog import PriceCatalog
from onebill.adapters.catalog.entries import CatalogError
from tests.adapters.catalogue_entries import (
    a_model,
    a_price,
    a_provider,
    a_tier,
    load_catalog,
    without,
)

TODAY = date(2026, 11, 23)


@pytest.fixture
def load(tmp_path):
    return partial(load_catalog, tmp_path)


class TestOverlays:
    def test_adds_providers_and_models(self, load):
        overlay = {
            "schema": 1,
            "version": "mine",
            "providers": {"own": a_provider(key_variable="OWN_API_KEY")},
            "models": {"own/model": a_model()},
        }

        catalog = load(overlays=[overlay])

        assert [model.id for model in catalog.models()] == ["own/model", "twin/echo"]
        assert catalog.find("own/model").price_on(TODAY).version == "base@mine"
        assert catalog.provider_key_variables()["own"] == "OWN_API_KEY"

    def test_replaces_an_entry_whole(self, load):
        cheaper = {
            "schema": 1,
            "version": "mine",
            "models": {"twin/echo": a_model(a_price(a_tier(input=1)))},
        }

        catalog = load(overlays=[cheaper])

        assert catalog.find("twin/echo").base_rates_on(TODAY).input == 1

    def test_lets_the_last_one_speak(self, load):
        def overlay(url):
            return {"schema": 1, "providers": {"twin": a_provider(base_url=url)}}

        catalog = load(overlays=[overlay("https://a.example"), overlay("https://b.example")])

        assert catalog.find("twin/echo").provider.base_url == "https://b.example"

    def test_is_checked_when_it_is_loaded_and_not_when_it_is_used(self, load):
        overlay = {"schema": 1, "version": "x", "models": {"twin/b": a_model(accepts=["smell"])}}

        with pytest.raises(CatalogError, match=r"overlay0\.json: models\.twin/b\.accepts"):
            load(overlays=[overlay])


class TestWrongFiles:
    @pytest.mark.parametrize(
        ("overlay", "message"),
        [
            pytest.param("{", "overlay0.json", id="no JSON"),
            pytest.param("[]", "overlay0.json: must be an object", id="no object"),
            pytest.param({}, "schema: must be a whole number", id="no schema"),
            pytest.param({"schema": 2}, "schema: must be 1", id="another schema"),
            pytest.param({"schema": 1, "modles": {}}, "modles: unknown key", id="misspelt"),
            pytest.param({"schema": 1, "models": []}, "models: must be an object", id="a list"),
            pytest.param(
                {"schema": 1, "models": {"twin/b": a_model()}},
                "version",
                id="prices of no version",
            ),
            pytest.param(
                {"schema": 1, "version": "a|b", "models": {"twin/b": a_model()}},
                "version: must match",
                id="a version that cannot be stored",
            ),
            pytest.param(
                {"schema": 1, "version": "v", "models": {"own/b": a_model()}},
                "models.own/b: its provider is unknown",
                id="a model of nobody",
            ),
            pytest.param(
                {"schema": 1, "version": "v", "models": {"twin/b": 5}},
                "models.twin/b: must be an object",
                id="a model that is a number",
            ),
            pytest.param(
                {"schema": 1, "providers": {"own": a_provider(aliases=["twin"])}},
                "providers.own.aliases: twin means a provider already",
                id="an alias that is taken",
            ),
        ],
    )
    def test_are_refused_by_file_and_key(self, load, overlay, message):
        with pytest.raises(CatalogError) as refused:
            load(overlays=[overlay])

        assert "overlay0.json" in str(refused.value)
        assert message in str(refused.value)

    def test_must_be_there(self, tmp_path):
        with pytest.raises(CatalogError, match=r"missing\.json"):
            PriceCatalog.load(overlays=[tmp_path / "missing.json"])


class TestWrongProviders:
    @pytest.mark.parametrize(
        ("provider", "message"),
        [
            pytest.param(a_provider(nmae="x"), "nmae: unknown key", id="a misspelt key"),
            pytest.param(
                without(a_provider(), "base_url"), "base_url: must be a string", id="no address"
            ),
            pytest.param(
                a_provider(base_url=""), "base_url: must be a string", id="an empty address"
            ),
            pytest.param(
                a_provider(output_cap_field="limit"),
                "output_cap_field: must be one of",
                id="a field nobody sets",
            ),
            pytest.param(
                a_provider(ends_with_done="yes"),
                "ends_with_done: must be true or false",
                id="yes for true",
            ),
            pytest.param(
                a_provider(refused_options="x"),
                "refused_options: must be a list of strings",
                id="one name for a list",
            ),
            pytest.param(
                a_provider(refused_options=[1]),
                "refused_options: must be a list of strings",
                id="a list of numbers",
            ),
            pytest.param(
                a_provider(extra_headers={"a": 1}),
                "extra_headers.a: must be a string",
                id="a header that is a number",
            ),
            pytest.param(
                a_provider(bounds={"image": 1}), "bounds.image: unknown key", id="an unknown bound"
            ),
            pytest.param(
                a_provider(bounds={"image_tokens": 0}),
                "bounds.image_tokens: must be a whole",
                id="a bound of nothing",
            ),
            pytest.param(
                a_provider(bounds={"image_tokens_by_model": [1]}),
                "bounds.image_tokens_by_model[0]: must be an object",
                id="an exception that is a number",
            ),
            pytest.param(
                a_provider(bounds={"image_tokens_by_model": [{"prefix": "a"}]}),
                "bounds.image_tokens_by_model[0].tokens: must be a whole",
                id="an exception that says nothing",
            ),
            pytest.param(
                a_provider(bounds={"image_tokens_by_model": 1}),
                "bounds.image_tokens_by_model: must be a list",
                id="exceptions that are no list",
            ),
        ],
    )
    def test_are_refused_by_key(self, load, provider, message):
        with pytest.raises(CatalogError) as refused:
            load(overlays=[{"schema": 1, "providers": {"own": provider}}])

        assert f"providers.own.{message}" in str(refused.value)

    def test_may_have_headers_and_no_scheme(self, load):
        provider = a_provider(
            auth_header="x-api-key", auth_scheme="", extra_headers={"x-version": "1"}
        )

        found = load({"twin": provider}).find("twin/echo").provider

        assert (found.auth_scheme, found.extra_headers) == ("", {"x-version": "1"})


class TestWrongModels:
    @pytest.mark.parametrize(
        ("model", "message"),
        [
            pytest.param(a_model(max_tokens=1), "max_tokens: unknown key", id="an unknown key"),
            pytest.param(
                a_model(max_input_tokens=0),
                "max_input_tokens: must be a whole number",
                id="a window of nothing",
            ),
            pytest.param(
                a_model(max_output_tokens=True),
                "max_output_tokens: must be a whole number",
                id="true for a number",
            ),
            pytest.param(
                a_model(accepts=["image"]), "accepts: must be text and any of", id="no text"
            ),
            pytest.param(
                a_model(accepts=["text", "image"]),
                "accepts: image has no bound at provider twin",
                id="a medium without a bound",
            ),
            pytest.param(
                a_model(accepts=["text", "audio"]),
                "accepts: audio has no rate audio_input",
                id="audio without a rate",
            ),
            pytest.param(
                a_model(produces=["text", "audio"]),
                "produces: audio has no rate audio_output",
                id="speech without a rate",
            ),
            pytest.param(
                a_model(produces=["text", "image"]),
                "produces: must be text and any of audio",
                id="pictures",
            ),
            pytest.param(without(a_model(), "prices"), "prices: must be a list", id="no prices"),
            pytest.param(
                a_model(prices=[]), "prices: must be one or more", id="an empty list of prices"
            ),
            pytest.param(
                a_model(a_price(), a_price()),
                "prices: must be one or more, each from a later day",
                id="two prices of one day",
            ),
            pytest.param(
                a_model(a_price(since=1)), "prices[0].since: unknown key", id="a misspelt date"
            ),
            pytest.param(
                a_model(a_price(**{"from": "soon"})),
                "prices[0].from: must be a day",
                id="a day that is none",
            ),
            pytest.param(
                a_model(a_price(**{"from": 5})),
                "prices[0].from: must be a",
                id="a day that is a number",
            ),
            pytest.param(
                a_model(a_price(tiers=[])), "prices[0].tiers: tiers must start at 0", id="no tiers"
            ),
            pytest.param(
                a_model(a_price(a_tier(5))),
                "prices[0].tiers: tiers must start at 0",
                id="no base tier",
            ),
            pytest.param(
                a_model(a_price(a_tier(above=1))),
                "prices[0].tiers[0].rates.above: unknown key",
                id="an unknown rate",
            ),
            pytest.param(
                a_model(a_price(a_tier(input=-1))),
                "prices[0].tiers[0].rates.input: must be",
                id="a negative rate",
            ),
            pytest.param(
                a_model(a_price(a_tier(output=0.5))),
                "prices[0].tiers[0].rates.output: must be",
                id="a fraction",
            ),
            pytest.param(
                a_model(a_price(a_tier(output=None))),
                "prices[0].tiers[0].rates.output: must be",
                id="a rate that is null",
            ),
        ],
    )
    def test_are_refused_by_key(self, load, model, message):
        overlay = {"schema": 1, "version": "v", "models": {"twin/b": model}}

        with pytest.raises(CatalogError) as refused:
            load(overlays=[overlay])

        assert f"models.twin/b.{message}" in str(refused.value)
