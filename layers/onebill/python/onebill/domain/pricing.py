"""What a model charges, and what a request therefore costs.

Rates are pico-USD per token (per request for `request`). A price is dated and never
overwritten: a request is billed at the price in force when it started. A long-context tier
replaces **all** rates of the request once its input exceeds the threshold.
"""

from dataclasses import dataclass, fields

from onebill.domain.money import nano_usd_from_pico_usd
from onebill.domain.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Pico-USD for one unit of each usage bucket."""

    input: int
    cache_read: int
    cache_write_5m: int
    cache_write_1h: int
    audio_input: int
    output: int
    reasoning: int
    audio_output: int
    request: int = 0

    def __post_init__(self) -> None:
        """Refuse negative rates; zero is allowed only where a provider says so."""
        for field in fields(self):
            if getattr(self, field.name) < 0:
                message = f"rate {field.name} is negative"
                raise ValueError(message)

    def cost_pico_usd(self, usage: Usage) -> int:
        """Exact cost, before the one rounding."""
        return (
            usage.uncached_input_tokens * self.input
            + usage.cache_read_tokens * self.cache_read
            + usage.cache_write_5m_tokens * self.cache_write_5m
            + usage.cache_write_1h_tokens * self.cache_write_1h
            + usage.audio_input_tokens * self.audio_input
            + usage.output_tokens * self.output
            + usage.reasoning_tokens * self.reasoning
            + usage.audio_output_tokens * self.audio_output
            + usage.requests * self.request
        )

    @property
    def dearest_input(self) -> int:
        """The most one text or image input token can cost, whatever cache it touches."""
        return max(self.input, self.cache_read, self.cache_write_5m, self.cache_write_1h)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """Rates for requests whose input exceeds `above_input_tokens` (0 for the base tier)."""

    above_input_tokens: int
    rates: Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One dated price of one model: its tiers, cheapest threshold first, the base tier at 0."""

    version: str
    tiers: tuple[Tier, ...]

    def __post_init__(self) -> None:
        """Refuse a price without a base tier or with tiers out of order."""
        thresholds = [tier.above_input_tokens for tier in self.tiers]
        if not thresholds or thresholds[0] != 0 or thresholds != sorted(set(thresholds)):
            message = f"tiers must start at 0 and rise: {thresholds}"
            raise ValueError(message)

    def rates_for(self, input_tokens: int) -> Rates:
        """Select the tier by all input tokens; the threshold itself still belongs below."""
        rates = self.tiers[0].rates
        for tier in self.tiers[1:]:
            if input_tokens > tier.above_input_tokens:
                rates = tier.rates
        return rates

    def cost_nano_usd(self, usage: Usage) -> int:
        """What the request costs the account: exact sum, rounded up once."""
        return nano_usd_from_pico_usd(self.rates_for(usage.input_tokens).cost_pico_usd(usage))

    def reachable(self, input_tokens_bound: int) -> tuple[Rates, ...]:
        """Rates of every tier a request of at most this many input tokens can end up in."""
        return tuple(
            tier.rates
            for tier in self.tiers
            if tier.above_input_tokens == 0 or input_tokens_bound > tier.above_input_tokens
        )
