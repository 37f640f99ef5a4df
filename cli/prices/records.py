"""What a price source says, in plain records: the common language of the two readers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

GENAI_PRICES = "genai-prices"
LITELLM = "litellm"
SOURCES = (GENAI_PRICES, LITELLM)

RATES = (
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
"""The rates of the catalogue, pico-USD per token (`request`: per request)."""

FALLBACKS = {
    "cache_read": "input",
    "cache_write_5m": "input",
    "cache_write_1h": "cache_write_5m",
    "audio_input": "input",
    "reasoning": "output",
    "audio_output": "output",
}
"""The rate that an absent one repeats."""


class SourceChanged(Exception):
    """A source is no longer built the way its reader expects: look before updating."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTier:
    """Rates of a request whose input exceeds `above_input_tokens`; absent ones are not known."""

    above_input_tokens: int
    rates: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePrice:
    """The tiers in force from a UTC day; None for as far back as the source knows."""

    from_day: date | None
    tiers: tuple[SourceTier, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceModel:
    """One model of one source. `unfit` says why tokens alone do not make its bill.

    `prices` is empty exactly when `unfit` is set.
    """

    name: str
    prices: tuple[SourcePrice, ...]
    unfit: str | None
    max_input_tokens: int | None = None
    max_output_tokens: int | None = None
    media: frozenset[str] = frozenset()

    def price_on(self, day: date) -> SourcePrice:
        """The price in force on a day; before the first one, the first one."""
        in_force = [p for p in self.prices if p.from_day is None or p.from_day <= day]
        return in_force[-1] if in_force else self.prices[0]


def rates_above(tiers: tuple[SourceTier, ...], above_input_tokens: int) -> Mapping[str, int]:
    """The rates of a request just above so many input tokens."""
    return next(
        tier.rates for tier in reversed(tiers) if tier.above_input_tokens <= above_input_tokens
    )
