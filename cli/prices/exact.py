"""Decimal dollars become whole pico-USD, exactly or upwards."""

from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal

PICO_USD_PER_USD = Decimal(10) ** 12
TOKENS_PER_MTOK = Decimal(10) ** 6

NOISE_RELATIVE_MAX = Decimal("1e-6")
"""A value this close to a whole number is that number, written through a float."""


def pico_usd(amount_usd: Decimal) -> int:
    """Whole pico-USD. Float noise is rounded away; a real fraction is rounded up."""
    exact = amount_usd * PICO_USD_PER_USD
    nearest = exact.to_integral_value(ROUND_HALF_EVEN)
    if abs(exact - nearest) <= abs(exact) * NOISE_RELATIVE_MAX:
        return int(nearest)
    return int(exact.to_integral_value(ROUND_CEILING))


def pico_usd_per_token(amount_usd_per_mtok: Decimal) -> int:
    """The same, from dollars per million tokens."""
    return pico_usd(amount_usd_per_mtok / TOKENS_PER_MTOK)
