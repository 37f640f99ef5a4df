"""Values of the domain, in all their variety."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from onebill.domain.bounds import InputBound, WorstCase
from onebill.domain.pricing import Price, Rates, Tier
from onebill.domain.usage import Usage

BUCKETS = [field.name for field in fields(Usage)]
TOKEN_BUCKETS = [name for name in BUCKETS if name != "requests"]
RATE_OF = {
    "uncached_input_tokens": "input",
    "cache_read_tokens": "cache_read",
    "cache_write_5m_tokens": "cache_write_5m",
    "cache_write_1h_tokens": "cache_write_1h",
    "audio_input_tokens": "audio_input",
    "output_tokens": "output",
    "reasoning_tokens": "reasoning",
    "audio_output_tokens": "audio_output",
    "requests": "request",
}

amounts = st.integers(0, 10**13)
"""Up to 10,000 dollars in nano-USD."""

days = st.integers(0, 60_000)
"""From 1970 to 2134."""

offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001  # Hypothesis adds the time zone.
    max_value=datetime(2130, 12, 31),  # noqa: DTZ001
    timezones=st.one_of(st.just(UTC), offsets),
)

usages = st.builds(
    Usage,
    **dict.fromkeys(TOKEN_BUCKETS, st.integers(0, 2_000_000)),
    requests=st.integers(0, 1),
)

rate = st.one_of(st.integers(0, 2_000), st.integers(0, 600_000_000))
"""Pico-USD per token: odd ones, of which a thousand make no whole nano-USD, and dear ones."""


def rates(minimum=0):
    """Rates that are all different, none below a minimum."""
    one = rate.map(lambda each: max(each, minimum))
    return st.builds(Rates, **dict.fromkeys(RATE_OF.values(), one))


any_rates = rates()
paid_rates = rates(minimum=1)
thresholds = st.lists(st.integers(1, 300_000), max_size=2, unique=True)


@st.composite
def prices(draw, each=any_rates):
    """Prices of one tier or more; nothing says that long input is dearer."""
    above = [0, *sorted(draw(thresholds))]
    return Price(
        version="base@test",
        tiers=tuple(Tier(above_input_tokens=threshold, rates=draw(each)) for threshold in above),
    )


@st.composite
def worst_cases(draw, each=any_rates):
    """Requests as bounded; thresholds of tiers lie among the bounds."""
    return WorstCase(
        price=draw(prices(each)),
        input=InputBound(
            tokens=draw(st.integers(1, 400_000)), audio_tokens=draw(st.integers(0, 100_000))
        ),
        choices=draw(st.integers(1, 128)),
        with_audio=draw(st.booleans()),
    )


@st.composite
def shares(draw, total, parts):
    """Split a number into so many parts that add up to it."""
    cuts = sorted(draw(st.integers(0, total)) for _ in range(parts - 1))
    return [high - low for low, high in zip([0, *cuts], [*cuts, total], strict=True)]


def json_values(numbers):
    """Anything JSON can say, not too deep."""
    scalars = st.one_of(
        st.none(),
        st.booleans(),
        st.text(max_size=8),
        numbers,
    )
    return st.recursive(
        scalars,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
        ),
        max_leaves=6,
    )
