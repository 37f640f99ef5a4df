"""Models and their dated prices, read from an entry of `prices.json` or of an overlay."""

from datetime import date

from onebill.adapters.catalog.entries import Entry
from onebill.adapters.catalog.providers import SellingProvider
from onebill.domain.model import DatedPrice, Model
from onebill.domain.pricing import Price, Rates, Tier

FROM_EVER = "base"
"""How the version of a price without a first day begins."""

_MODEL_KEYS = (
    "accepts",
    "max_input_tokens",
    "max_output_tokens",
    "prices",
    "produces",
    "upstream_name",
    "withdrawn",
)
_PRICE_KEYS = ("from", "one_source", "status", "tiers")
_RATE_KEYS = (
    "input",
    "cache_read",
    "cache_write_5m",
    "cache_write_1h",
    "audio_input",
    "output",
    "reasoning",
    "audio_output",
    "request",
)
_ACCEPTED = frozenset({"text", "image", "audio", "file"})
_PRODUCED = frozenset({"text", "audio"})


def read_model(
    model_id: str, entry: Entry, *, seller: SellingProvider, catalogue_version: str
) -> Model:
    """Read one entry. Raises CatalogError."""
    entry.allow_only(*_MODEL_KEYS)
    prices = _prices(entry, catalogue_version)
    upstream_name = entry.text("upstream_name", default=model_id.partition("/")[2])
    max_input_tokens = entry.whole("max_input_tokens", minimum=1)
    return Model(
        id=model_id,
        provider=seller.provider,
        upstream_name=upstream_name,
        max_input_tokens=max_input_tokens,
        max_output_tokens=entry.whole("max_output_tokens", minimum=1),
        accepts=_accepts(entry, seller),
        produces=_media(entry, "produces", _PRODUCED, audio_rate="audio_output"),
        bounds=seller.bounds.of(upstream_name, max_input_tokens=max_input_tokens),
        prices=prices,
    )


def _accepts(entry: Entry, seller: SellingProvider) -> frozenset[str]:
    accepts = _media(entry, "accepts", _ACCEPTED, audio_rate="audio_input")
    for medium in sorted(accepts - {"text"} - seller.bounds.by_medium.keys()):
        entry.fail("accepts", f"{medium} has no bound at provider {seller.provider.id}")
    return accepts


def _media(entry: Entry, key: str, known: frozenset[str], *, audio_rate: str) -> frozenset[str]:
    media = frozenset(entry.names(key))
    if "text" not in media or not media <= known:
        entry.fail(key, f"must be text and any of {', '.join(sorted(known - {'text'}))}")
    if "audio" in media and not _is_rated(entry, audio_rate):
        entry.fail(key, f"audio has no rate {audio_rate}")
    return media


def _is_rated(entry: Entry, rate: str) -> bool:
    """Whether the newest price states the rate."""
    *_, newest = entry.entries("prices")
    return all(tier.entry("rates").has(rate) for tier in newest.entries("tiers"))


def _prices(entry: Entry, catalogue_version: str) -> tuple[DatedPrice, ...]:
    dated = tuple(_dated_price(price, catalogue_version) for price in entry.entries("prices"))
    days = [price.from_day or date.min for price in dated]
    if not days or days != sorted(set(days)):
        entry.fail("prices", "must be one or more, each from a later day than the one before")
    return dated


def _dated_price(entry: Entry, catalogue_version: str) -> DatedPrice:
    entry.allow_only(*_PRICE_KEYS)
    from_day = entry.day_or_null("from")
    first = FROM_EVER if from_day is None else from_day.isoformat()
    tiers = tuple(_tier(tier) for tier in entry.entries("tiers"))
    try:
        price = Price(version=f"{first}@{catalogue_version}", tiers=tiers)
    except ValueError as error:
        entry.fail("tiers", str(error))
    return DatedPrice(from_day=from_day, price=price)


def _tier(entry: Entry) -> Tier:
    entry.allow_only("above_input_tokens", "rates")
    return Tier(
        above_input_tokens=entry.whole("above_input_tokens"), rates=_rates(entry.entry("rates"))
    )


def _rates(entry: Entry) -> Rates:
    """What is not stated costs what it falls back on: never less than the provider asks."""
    entry.allow_only(*_RATE_KEYS)
    uncached, output = entry.whole("input"), entry.whole("output")
    cache_write_5m = _stated_or(entry, "cache_write_5m", uncached)
    return Rates(
        input=uncached,
        cache_read=_stated_or(entry, "cache_read", uncached),
        cache_write_5m=cache_write_5m,
        cache_write_1h=_stated_or(entry, "cache_write_1h", cache_write_5m),
        audio_input=_stated_or(entry, "audio_input", uncached),
        output=output,
        reasoning=_stated_or(entry, "reasoning", output),
        audio_output=_stated_or(entry, "audio_output", output),
        request=_stated_or(entry, "request", 0),
    )


def _stated_or(entry: Entry, key: str, fallback: int) -> int:
    return entry.whole(key) if entry.has(key) else fallback
