"""Reads LiteLLM: its bundled price map, as JSON, with decimals instead of floats."""

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from cli.prices import reasons
from cli.prices.exact import pico_usd
from cli.prices.records import SourceChanged, SourceModel, SourcePrice, SourceTier

PRICE_MAP = "litellm/model_prices_and_context_window_backup.json"

CHAT_ENDPOINT = "/v1/chat/completions"
LISTED_MODES = ("chat", "responses")
"""Other modes (embeddings, images, speech) are not named as excluded: nobody expects them."""

INCLUSIVE_THRESHOLDS = {"xai"}
"""Providers whose long-context rates begin at the threshold itself; LiteLLM's cost calculator
treats them so, and genai-prices writes the threshold one lower for the same reason."""

_RATES = {
    "input_cost_per_token": "input",
    "cache_read_input_token_cost": "cache_read",
    "cache_creation_input_token_cost": "cache_write_5m",
    "cache_creation_input_token_cost_above_1hr": "cache_write_1h",
    "input_cost_per_audio_token": "audio_input",
    "output_cost_per_token": "output",
    "output_cost_per_reasoning_token": "reasoning",
    "output_cost_per_audio_token": "audio_output",
}
_ABOVE = re.compile(r"(?P<rate>.+)_above_(?P<thousands>\d+)k_tokens")

_NEVER_INCURRED = re.compile(
    r".*_(batches|priority|flex|ultrafast|decisions)"  # Tiers of service that are refused.
    r"|cache_creation_input_token_cost_above_12hr.*"  # An option that is refused.
    r"|(code_interpreter|file_search|computer_use|search_context|google_maps).*"  # Hosted tools.
    r"|cache_read_input_audio_token_cost"  # Audio is billed at its full rate, cached or not.
    r"|input_cost_per_token_cache_hit"  # Another name of the cache read rate.
    r"|regional_processing_uplift_multiplier_(eu|us)"  # Only at regional addresses.
)
_REFUSED_MULTIPLIERS = {"us", "fast"}
"""`provider_specific_entry`: Anthropic's `inference_geo` and `speed`, both refused."""

_UNFIT = {
    "off_peak_pricing": reasons.TIME_OF_DAY,
    "tiered_pricing": reasons.GRADUATED,
    "input_cost_per_request": reasons.REQUEST_FEE,
    "citation_cost_per_token": reasons.CITATION_FEE,
    "input_cost_per_image": reasons.OWN_IMAGE_RATE,
    "input_cost_per_image_token": reasons.OWN_IMAGE_RATE,
    "output_cost_per_image": reasons.MEDIA_OUTPUT,
    "output_cost_per_image_token": reasons.MEDIA_OUTPUT,
    "output_cost_per_video_token": reasons.MEDIA_OUTPUT,
}


class _Unfit(Exception):
    """The model's price cannot be told in tokens; the argument is the reason."""


def read_litellm(text: str, *, today: date) -> Mapping[str, Mapping[str, SourceModel]]:
    """Chat models by LiteLLM's provider, then by LiteLLM's own key. Raises SourceChanged."""
    entries = json.loads(text, parse_float=Decimal)
    if not isinstance(entries, dict):
        raise SourceChanged("the price map is not an object")
    providers: dict[str, dict[str, SourceModel]] = {}
    for key, entry in entries.items():
        provider = entry.get("litellm_provider")
        if isinstance(provider, str) and entry.get("mode") in LISTED_MODES:
            providers.setdefault(provider, {})[key] = _model(key, entry, today=today)
    return providers


def _model(key: str, entry: Mapping[str, object], *, today: date) -> SourceModel:
    prices: tuple[SourcePrice, ...] = ()
    unfit: str | None = None
    try:
        _refuse_unsold(entry, today=today)
        inclusive = entry.get("litellm_provider") in INCLUSIVE_THRESHOLDS
        prices = (SourcePrice(from_day=None, tiers=_tiers(entry, inclusive=inclusive)),)
    except _Unfit as found:
        unfit = str(found)
    return SourceModel(
        name=key,
        prices=prices,
        unfit=unfit,
        max_input_tokens=_limit(entry, "max_input_tokens"),
        max_output_tokens=_limit(entry, "max_output_tokens"),
        media=frozenset(_media(entry)),
    )


def _refuse_unsold(entry: Mapping[str, object], *, today: date) -> None:
    deprecation = entry.get("deprecation_date")
    if isinstance(deprecation, str) and date.fromisoformat(deprecation) <= today:
        raise _Unfit(reasons.DEPRECATED)
    endpoints = entry.get("supported_endpoints")
    if entry.get("mode") != "chat":
        raise _Unfit(reasons.NOT_CHAT)
    if isinstance(endpoints, list) and CHAT_ENDPOINT not in endpoints:
        raise _Unfit(reasons.NOT_CHAT)
    output = entry.get("supported_output_modalities")
    if isinstance(output, list) and "text" not in output:
        raise _Unfit(reasons.MEDIA_OUTPUT)


def _tiers(entry: Mapping[str, object], *, inclusive: bool) -> tuple[SourceTier, ...]:
    """The base tier, and one per threshold: what it does not name, it takes from the base."""
    named: dict[int, dict[str, int]] = {0: {}}
    for key, value in entry.items():
        if _is_priced(key) and not _is_harmless(key, value, entry):
            rate, above = _rate_and_threshold(key)
            start = above - 1 if inclusive and above else above
            named.setdefault(start, {})[rate] = _amount(key, value)
    base = named[0]
    if "input" not in base or "output" not in base:
        raise _Unfit(reasons.NO_PRICE)
    return tuple(
        SourceTier(above_input_tokens=threshold, rates=base | named[threshold])
        for threshold in sorted(named)
    )


def _is_priced(key: str) -> bool:
    return "cost" in key or key in _UNFIT or key == "provider_specific_entry"


def _is_harmless(key: str, value: object, entry: Mapping[str, object]) -> bool:
    """What a request that is let through can never be charged."""
    if key == "provider_specific_entry":
        return isinstance(value, dict) and value.keys() <= _REFUSED_MULTIPLIERS
    if key == "input_cost_per_image_token":
        return value == entry.get("input_cost_per_token")
    return _NEVER_INCURRED.fullmatch(key) is not None or (value == 0 and key not in _RATES)


def _rate_and_threshold(key: str) -> tuple[str, int]:
    if key in _RATES:
        return _RATES[key], 0
    above = _ABOVE.fullmatch(key)
    if above is not None and above["rate"] in _RATES:
        return _RATES[above["rate"]], int(above["thousands"]) * 1_000
    raise _Unfit(_UNFIT.get(key) or reasons.unknown_component(key))


def _amount(key: str, value: object) -> int:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise SourceChanged(f"{key} is {value!r}") from None
    if not amount.is_finite() or amount < 0:
        raise SourceChanged(f"{key} is {value!r}")
    return pico_usd(amount)


def _limit(entry: Mapping[str, object], key: str) -> int | None:
    value = entry.get(key)
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    return value if isinstance(value, int) and value > 0 else None


def _media(entry: Mapping[str, object]) -> list[str]:
    flags = {
        "image": "supports_vision",
        "file": "supports_pdf_input",
        "audio": "supports_audio_input",
    }
    return [medium for medium, flag in flags.items() if entry.get(flag) is True]
