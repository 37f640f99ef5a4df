"""Tiny price sources: a line of genai-prices, an entry of LiteLLM, a wheel of either."""

import json
from datetime import date
from zipfile import ZipFile

from cli.prices.catalogue import Catalogue, DatedRates, PricedModel, Proposal
from cli.prices.genai import DATA_MODULE, GenaiModel, GenaiProvider
from cli.prices.litellm import PRICE_MAP
from cli.prices.records import SourceModel, SourcePrice, SourceTier

TODAY = date(2026, 11, 23)


def a_tier(above_input_tokens=0, **rates):
    return SourceTier(above_input_tokens=above_input_tokens, rates=rates)


def tiers(**rates):
    """A price without long-context tiers; a dollar and four dollars unless told."""
    return (a_tier(**({"input": 1_000_000, "output": 4_000_000} | rates)),)


def a_source_model(name="model", prices=None, **changes):
    """Known to a source, fit to be sold, for ever at the same price unless told otherwise."""
    return SourceModel(
        name=name,
        prices=prices or (SourcePrice(from_day=None, tiers=tiers()),),
        **({"unfit": None, "max_input_tokens": 128_000, "max_output_tokens": 16_384} | changes),
    )


def an_unfit_model(reason):
    return SourceModel(name="model", prices=(), unfit=reason)


def a_genai_provider(*models):
    """Knows each model by exactly its name."""
    return GenaiProvider(
        tuple(GenaiModel(model, lambda name, own=model.name: name == own) for model in models)
    )


def dated(from_day=None, status="agreed", **rates):
    return DatedRates(from_day=from_day, status=status, tiers=tiers(**rates), one_source={})


def a_priced_model(*prices, **changes):
    return PricedModel(
        prices=prices or (dated(),),
        **(
            {
                "max_input_tokens": 128_000,
                "max_output_tokens": 16_384,
                "accepts": ("text",),
                "produces": ("text",),
            }
            | changes
        ),
    )


def a_proposal(disputed=(), excluded=None, **models):
    named = {f"openai/{name}": model for name, model in models.items()}
    return Proposal(models=named, disputed=disputed, excluded=excluded or {})


def a_catalogue(version="2026-11-01", disputed=(), excluded=None, **models):
    named = {f"openai/{name}": model for name, model in models.items()}
    return Catalogue(
        version=version,
        sources={"genai-prices": "1", "litellm": "1"},
        models=named,
        disputed=disputed,
        excluded=excluded or {},
    )


def genai_module(*models, provider="openai"):
    """The text of genai-prices' data module; each model is the text of a ModelInfo."""
    return (
        "import datetime\nfrom decimal import Decimal\nfrom .types import *\n"
        f"providers: list[Provider] = [Provider(id={provider!r}, models=[{', '.join(models)}])]\n"
    )


def genai_model(
    name="gpt", prices="ModelPrice(input_mtok=Decimal('1'), output_mtok=Decimal('4'))"
):
    return (
        f"ModelInfo(id={name!r}, match=ClauseEquals(equals={name!r}), context_window=128000, "
        f"prices={prices})"
    )


def litellm_entry(**changes):
    return {
        "litellm_provider": "openai",
        "mode": "chat",
        "max_input_tokens": 128000,
        "max_output_tokens": 16384,
        "input_cost_per_token": 1e-06,
        "output_cost_per_token": 4e-06,
    } | changes


def litellm_map(**entries):
    return json.dumps({"sample_spec": {"mode": "one of: chat"}} | entries)


def write_wheel(directory, package, version, member, text):
    """A wheel that pip accepts, with one file in it that matters."""
    name = package.replace("-", "_")
    info = f"{name}-{version}.dist-info"
    path = directory / f"{name}-{version}-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        archive.writestr(member, text)
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n"
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


def write_wheels(directory, *, genai="", litellm="{}", version="1.0.0"):
    write_wheel(directory, "genai-prices", version, DATA_MODULE, genai)
    write_wheel(directory, "litellm", version, PRICE_MAP, litellm)
    return directory
