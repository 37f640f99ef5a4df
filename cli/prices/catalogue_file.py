"""Reads and writes `prices.json`."""

from collections.abc import Mapping
from pathlib import Path

from cli.prices.catalogue import SCHEMA, Catalogue, DatedRates, PricedModel
from cli.prices.json_text import render
from cli.prices.merge import Dispute
from cli.prices.records import GENAI_PRICES, LITELLM, RATES, SourceTier
from onebill.adapters.catalog.entries import Entry, read_file


def read_catalogue(path: Path) -> Catalogue | None:
    """The catalogue as it stands, or None before the first one. Raises CatalogError."""
    if not path.exists():
        return None
    file = read_file(path)
    if file.whole("schema") != SCHEMA:
        file.fail("schema", f"must be {SCHEMA}")
    models, excluded, sources = file.entry("models"), file.entry("excluded"), file.entry("sources")
    return Catalogue(
        version=file.text("version"),
        sources={name: sources.text(name) for name in sources.fields},
        models={name: _read_model(models.entry(name)) for name in models.fields},
        disputed=tuple(_read_dispute(entry) for entry in file.entries("disputed")),
        excluded={reason: excluded.names(reason) for reason in excluded.fields},
    )


def write_catalogue(path: Path, catalogue: Catalogue) -> None:
    """Write the file whole."""
    path.write_text(render(as_json(catalogue)), encoding="utf-8")


def as_json(catalogue: Catalogue) -> Mapping[str, object]:
    """What the file says, in the order in which it says it."""
    return {
        "schema": SCHEMA,
        "version": catalogue.version,
        "sources": dict(sorted(catalogue.sources.items())),
        "models": {name: _model(model) for name, model in sorted(catalogue.models.items())},
        "disputed": [_dispute(dispute) for dispute in catalogue.disputed],
        "excluded": {reason: list(names) for reason, names in sorted(catalogue.excluded.items())},
    }


def _model(model: PricedModel) -> Mapping[str, object]:
    withdrawn = {} if model.withdrawn is None else {"withdrawn": model.withdrawn.isoformat()}
    return withdrawn | {
        "max_input_tokens": model.max_input_tokens,
        "max_output_tokens": model.max_output_tokens,
        "accepts": list(model.accepts),
        "produces": list(model.produces),
        "prices": [_price(price) for price in model.prices],
    }


def _price(price: DatedRates) -> Mapping[str, object]:
    one_source = {"one_source": dict(price.one_source)} if price.one_source else {}
    return {
        "from": None if price.from_day is None else price.from_day.isoformat(),
        "status": price.status,
        **one_source,
        "tiers": [
            {"above_input_tokens": tier.above_input_tokens, "rates": dict(tier.rates)}
            for tier in price.tiers
        ],
    }


def _dispute(dispute: Dispute) -> Mapping[str, object]:
    return {
        "model": dispute.model,
        "above_input_tokens": dispute.above_input_tokens,
        "rate": dispute.rate,
        GENAI_PRICES: dispute.genai_prices,
        LITELLM: dispute.litellm,
        "taken": dispute.taken,
    }


def _read_model(entry: Entry) -> PricedModel:
    return PricedModel(
        max_input_tokens=entry.whole("max_input_tokens"),
        max_output_tokens=entry.whole("max_output_tokens"),
        accepts=entry.names("accepts"),
        produces=entry.names("produces"),
        prices=tuple(_read_price(price) for price in entry.entries("prices")),
        withdrawn=entry.day_or_null("withdrawn"),
    )


def _read_price(entry: Entry) -> DatedRates:
    one_source = entry.entry("one_source") if entry.has("one_source") else None
    return DatedRates(
        from_day=entry.day_or_null("from"),
        status=entry.text("status"),
        tiers=tuple(_read_tier(tier) for tier in entry.entries("tiers")),
        one_source={k: one_source.text(k) for k in one_source.fields} if one_source else {},
    )


def _read_tier(entry: Entry) -> SourceTier:
    rates = entry.entry("rates")
    return SourceTier(
        above_input_tokens=entry.whole("above_input_tokens"),
        rates={name: rates.whole(name) for name in RATES if rates.has(name)},
    )


def _read_dispute(entry: Entry) -> Dispute:
    return Dispute(
        model=entry.text("model"),
        above_input_tokens=entry.whole("above_input_tokens"),
        rate=entry.text("rate"),
        genai_prices=entry.whole(GENAI_PRICES),
        litellm=entry.whole(LITELLM),
        taken=entry.whole("taken"),
    )
