"""Money is a whole number with its unit in the name.

* Amounts are **nano-USD** (1e-9 USD): ``…_nano_usd``.
* Prices are **pico-USD per token** (1e-12 USD): numerically the same as micro-USD per
  million tokens, and exact for every published list price.
* One request is rounded once, upwards, in :func:`nano_usd_from_pico_usd`.

There is no float and no Decimal in this package.
"""

import re

NANO_USD_PER_USD = 1_000_000_000
PICO_USD_PER_NANO_USD = 1_000
AMOUNT_NANO_USD_MAX = 10**18
"""A billion dollars. Larger amounts are refused as typing errors."""

_DECIMAL_USD = re.compile(r"(?P<sign>-?)(?P<whole>\d{1,12})(?:\.(?P<fraction>\d{1,9}))?", re.ASCII)
_FRACTION_DIGITS = 9
_FRACTION_DIGITS_SHOWN_MIN = 2


def ceil_div(dividend: int, divisor: int) -> int:
    """Divide and round towards plus infinity; `divisor` must be positive."""
    return -(-dividend // divisor)


def nano_usd_from_pico_usd(amount_pico_usd: int) -> int:
    """Round an exact pico-USD cost up to whole nano-USD: the only rounding in the system."""
    return ceil_div(amount_pico_usd, PICO_USD_PER_NANO_USD)


def parse_usd(text: str) -> int:
    """Read a decimal dollar string, such as ``"12.50"``, as exact nano-USD.

    Raises ValueError for anything but an optional sign, digits and at most nine decimals.
    """
    match = _DECIMAL_USD.fullmatch(text)
    if match is None:
        message = f"not a dollar amount with at most {_FRACTION_DIGITS} decimals: {text!r}"
        raise ValueError(message)
    fraction = (match["fraction"] or "").ljust(_FRACTION_DIGITS, "0")
    amount_nano_usd = int(match["whole"]) * NANO_USD_PER_USD + int(fraction)
    return -amount_nano_usd if match["sign"] else amount_nano_usd


def format_usd(amount_nano_usd: int) -> str:
    """Write nano-USD as an exact decimal string with at least two decimals: ``"0.00042"``."""
    sign = "-" if amount_nano_usd < 0 else ""
    whole, fraction = divmod(abs(amount_nano_usd), NANO_USD_PER_USD)
    digits = f"{fraction:0{_FRACTION_DIGITS}d}".rstrip("0").ljust(_FRACTION_DIGITS_SHOWN_MIN, "0")
    return f"{sign}{whole}.{digits}"
