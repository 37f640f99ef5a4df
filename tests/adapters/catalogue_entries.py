"""Entries of catalogue files, right unless told otherwise, and a catalogue made of them."""

import json

from onebill.adapters.catalog.catalog import PriceCatalog


def a_provider(**changes):
    return {
        "name": "Twin",
        "aliases": [],
        "base_url": "https://twin.example/v1",
        "auth_header": "Authorization",
        "auth_scheme": "Bearer",
        "key_variable": "TWIN_API_KEY",
        "output_cap_field": "max_tokens",
        "takes_stream_options": True,
        "reports_reasoning_apart": False,
        "ends_with_done": True,
        "refused_options": [],
        "bounds": {},
    } | changes


def a_tier(above_input_tokens=0, **rates):
    return {
        "above_input_tokens": above_input_tokens,
        "rates": {"input": 1_000, "output": 4_000} | rates,
    }


def a_price(*tiers, **changes):
    return {"from": None, "status": "agreed", "tiers": list(tiers) or [a_tier()]} | changes


def a_model(*prices, **changes):
    return {
        "max_input_tokens": 8_000,
        "max_output_tokens": 2_000,
        "accepts": ["text"],
        "produces": ["text"],
        "prices": list(prices) or [a_price()],
    } | changes


def without(entry, key):
    return {name: value for name, value in entry.items() if name != key}


def load_catalog(tmp_path, providers=None, models=None, *, overlays=(), version="v1", **options):
    """A catalogue of the given providers and models, with overlays on top."""

    def write(name, document):
        path = tmp_path / name
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return path

    shipped = {"twin": a_provider()} if providers is None else providers
    priced = {"twin/echo": a_model()} if models is None else models
    return PriceCatalog.load(
        overlays=[write(f"overlay{index}.json", text) for index, text in enumerate(overlays)],
        providers_file=write("providers.json", {"schema": 1, "providers": shipped}),
        prices_file=write("prices.json", {"schema": 1, "version": version, "models": priced}),
        **options,
    )
