"""Providers and the models they sell, as data: nothing here knows a provider by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from onebill.domain.errors import ModelNotFound
from onebill.domain.pricing import Price, Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """How one provider is reached and what its answers mean.

    `refused_options` are request fields that change the bill in a way the catalogue does not
    price; `sent_always` are fields that keep the bill to what it does price.
    `reports_reasoning_apart` says that `completion_tokens` leaves reasoning out.
    `ends_with_done` says that a complete stream ends with ``data: [DONE]``.
    """

    id: str
    name: str
    base_url: str
    auth_header: str
    auth_scheme: str
    output_cap_field: str
    refused_options: frozenset[str] = frozenset()
    sent_always: Mapping[str, str] = field(default_factory=dict)
    takes_stream_options: bool = True
    reports_reasoning_apart: bool = False
    ends_with_done: bool = True
    extra_headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaBounds:
    """The most tokens a provider can count for one piece of media.

    An image costs at most `image_tokens`, or, where that is None, a token per square of
    `image_patch_pixels` a side. Audio costs by its length. A document costs at most
    `file_tokens`; None says that nothing bounds it.
    """

    image_tokens: int | None
    image_patch_pixels: int
    audio_tokens_per_second: int
    file_tokens: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedPrice:
    """A price and the first UTC day it is in force; None for “as far back as is known”."""

    from_day: date | None
    price: Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model as it is sold here. `id` is ``provider/name``; `upstream_name` goes upstream.

    `prices` is sorted by day and never loses an entry. `accepts` and `produces` hold
    ``text``, ``image``, ``audio``, ``file``: what has a price.
    """

    id: str
    provider: Provider
    upstream_name: str
    max_input_tokens: int
    max_output_tokens: int
    accepts: frozenset[str]
    produces: frozenset[str]
    bounds: MediaBounds
    prices: tuple[DatedPrice, ...]

    def price_on(self, day: date) -> Price:
        """The price in force on a UTC day. Raises ModelNotFound before the first one."""
        price = self._price_in_force(day)
        if price is None:
            raise ModelNotFound(self.id)
        return price

    def is_priced_on(self, day: date) -> bool:
        """Tell whether a price is in force on a UTC day: only then is the model sold."""
        return self._price_in_force(day) is not None

    def _price_in_force(self, day: date) -> Price | None:
        for dated in reversed(self.prices):
            if dated.from_day is None or dated.from_day <= day:
                return dated.price
        return None

    def base_rates_on(self, day: date) -> Rates:
        """The rates of a short prompt: what a price list shows."""
        return self.price_on(day).tiers[0].rates
