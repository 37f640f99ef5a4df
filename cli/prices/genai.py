"""Reads genai-prices: its bundled data module, as text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cli.prices import reasons
from cli.prices.exact import pico_usd_per_token
from cli.prices.literal_calls import Call, read_assignment
from cli.prices.matching import Matcher, matcher, spellings
from cli.prices.records import SourceChanged, SourceModel, SourcePrice, SourceTier

DATA_MODULE = "genai_prices/data.py"

_RATES = {
    "input_mtok": "input",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write_5m",
    "cache_write_5m_mtok": "cache_write_5m",
    "cache_write_1h_mtok": "cache_write_1h",
    "input_audio_mtok": "audio_input",
    "output_mtok": "output",
    "output_reasoning_mtok": "reasoning",
    "output_audio_mtok": "audio_output",
}

_NEVER_INCURRED = {
    "web_searches_kcount",  # Hosted tools are refused before the provider is called.
    "storage_searches_kcount",
    "social_searches_kcount",
    "code_executions_kcount",
    "cache_audio_read_mtok",  # Audio is billed at its full rate, cached or not: never less.
}

_UNFIT = {
    "requests_kcount": reasons.REQUEST_FEE,
    "output_citation_mtok": reasons.CITATION_FEE,
    "audio_hours": reasons.DURATION,
    "input_audio_hours": reasons.DURATION,
    "output_audio_hours": reasons.DURATION,
    "input_mchars": reasons.OTHER_UNIT,
    "input_document_kpages": reasons.OTHER_UNIT,
    "input_annotated_document_kpages": reasons.OTHER_UNIT,
    "input_image_mtok": reasons.OWN_IMAGE_RATE,
    "cache_image_read_mtok": reasons.OWN_IMAGE_RATE,
    "input_video_mtok": reasons.OWN_IMAGE_RATE,
    "output_image_mtok": reasons.MEDIA_OUTPUT,
    "output_video_mtok": reasons.MEDIA_OUTPUT,
}


class _Unfit(Exception):
    """The model's price cannot be told in tokens; the argument is the reason."""


@dataclass(frozen=True, slots=True)
class GenaiModel:
    """A model and the test of names that mean it."""

    model: SourceModel
    means: Matcher


@dataclass(frozen=True, slots=True)
class GenaiProvider:
    """One provider's models, in the order in which they are tried."""

    models: tuple[GenaiModel, ...]

    def find(self, name: str) -> SourceModel | None:
        """The first model that the name means, as genai-prices itself would find it."""
        for spelling in spellings(name):
            for candidate in self.models:
                if candidate.means(spelling):
                    return candidate.model
        return None


def read_genai_prices(source: str) -> Mapping[str, GenaiProvider]:
    """All providers by genai-prices' own ids. Raises SourceChanged."""
    providers = {}
    for provider in _calls(read_assignment(source, "providers"), "Provider"):
        models = _calls(provider.keywords.get("models", []), "ModelInfo")
        providers[_text(provider, "id")] = GenaiProvider(
            tuple(GenaiModel(_model(model), matcher(model.keywords["match"])) for model in models)
        )
    return providers


def _model(call: Call) -> SourceModel:
    window = call.keywords.get("context_window")
    prices: tuple[SourcePrice, ...] = ()
    unfit: str | None = None
    try:
        _refuse_deprecated(call)
        prices = tuple(_prices(call.keywords["prices"]))
    except _Unfit as found:
        unfit = str(found)
    return SourceModel(
        name=_text(call, "id"),
        prices=prices,
        unfit=unfit,
        max_input_tokens=window if isinstance(window, int) else None,
    )


def _refuse_deprecated(call: Call) -> None:
    if call.keywords.get("deprecated"):
        raise _Unfit(reasons.DEPRECATED)


def _prices(value: object) -> list[SourcePrice]:
    """Dated prices, oldest first. The first holds from ever; the last for a day wins."""
    if isinstance(value, Call):
        return [SourcePrice(from_day=None, tiers=_tiers(value))]
    by_day: dict[date | None, SourcePrice] = {}
    for conditional in _calls(value, "ConditionalPrice"):
        day = _start(conditional.keywords.get("constraint")) if by_day else None
        prices = conditional.keywords["prices"]
        if not isinstance(prices, Call):
            raise SourceChanged("a conditional price has no ModelPrice")
        by_day[day] = SourcePrice(from_day=day, tiers=_tiers(prices))
    return sorted(by_day.values(), key=lambda price: price.from_day or date.min)


def _start(constraint: object) -> date | None:
    if constraint is None:
        return None
    if not isinstance(constraint, Call):
        raise SourceChanged(f"{constraint!r} is not a constraint")
    if constraint.name == "TimeOfDateConstraint":
        raise _Unfit(reasons.TIME_OF_DAY)
    day = constraint.keywords.get("start_date")
    if constraint.name != "StartDateConstraint" or not isinstance(day, Call):
        raise SourceChanged(f"{constraint.name} is not a known constraint")
    year, month, day_of_month = (int(str(part)) for part in day.positional)
    return date(year, month, day_of_month)


def _tiers(prices: Call) -> tuple[SourceTier, ...]:
    """One tier per threshold that any rate names, each with all rates."""
    rates = dict(_rates(prices))
    if "input" not in rates or "output" not in rates:
        raise _Unfit(reasons.NO_PRICE)
    thresholds = sorted({0, *(start for steps in rates.values() for start, _ in steps)})
    return tuple(
        SourceTier(
            above_input_tokens=threshold,
            rates={name: _at(steps, threshold) for name, steps in rates.items()},
        )
        for threshold in thresholds
    )


def _rates(prices: Call) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Each rate as steps: (above so many input tokens, pico-USD per token)."""
    for key, value in prices.keywords.items():
        if value is None or key in _NEVER_INCURRED:
            continue
        if key not in _RATES:
            raise _Unfit(_UNFIT.get(key) or reasons.unknown_component(key))
        yield _RATES[key], _steps(value)


def _steps(value: object) -> list[tuple[int, int]]:
    if isinstance(value, Decimal):
        return [(0, _rate(value))]
    if not isinstance(value, Call) or value.name != "TieredPrices":
        raise SourceChanged(f"{value!r} is not a price")
    steps = [(0, _rate(value.keywords["base"]))]
    for tier in _calls(value.keywords["tiers"], "Tier"):
        start = tier.keywords["start"]
        if not isinstance(start, int):
            raise SourceChanged(f"{start!r} is not a threshold")
        steps.append((start, _rate(tier.keywords["price"])))
    return sorted(steps)


def _rate(amount: object) -> int:
    if not isinstance(amount, Decimal) or amount < 0:
        raise SourceChanged(f"{amount!r} is not a price")
    return pico_usd_per_token(amount)


def _at(steps: list[tuple[int, int]], threshold: int) -> int:
    return next(rate for start, rate in reversed(steps) if start <= threshold)


def _calls(value: object, name: str) -> list[Call]:
    if not isinstance(value, list):
        raise SourceChanged(f"expected a list of {name}")
    calls = [call for call in value if isinstance(call, Call) and call.name == name]
    if len(calls) != len(value):
        raise SourceChanged(f"expected only {name} in a list")
    return calls


def _text(call: Call, key: str) -> str:
    value = call.keywords.get(key)
    if not isinstance(value, str):
        raise SourceChanged(f"{call.name} has no {key}")
    return value
