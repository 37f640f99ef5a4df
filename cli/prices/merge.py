"""Merges what two sources say about one model: pure rules, no files.

* A rate both give alike is agreed. A rate they give differently is disputed: the dearer is
  taken, and the dispute listed.
* A rate only one gives is taken from it, and noted; but not a discount on a price of which the
  other source's, dearer value was taken.
* The sources are compared for every size of input at which either changes its rates, so a
  long-context tier only one knows is a dispute like any other.
* A rate of zero is treated as absent, and one that repeats its fallback is dropped: it would
  say nothing. Audio rates are kept, because their presence means that audio is sold.
* Tiers that begin at or above the context window cannot be reached, and are dropped.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cli.prices.records import (
    FALLBACKS,
    GENAI_PRICES,
    LITELLM,
    RATES,
    SourceTier,
    rates_above,
)

AGREED = "agreed"
DISPUTED = "disputed"
ONE_SOURCE = "one source"

_KEPT_THOUGH_REPEATED = ("audio_input", "audio_output")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Dispute:
    """Two values of one rate, by source, and the one taken."""

    model: str
    above_input_tokens: int
    rate: str
    genai_prices: int
    litellm: int
    taken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """One price made of two. `one_source` names the source of each rate only it gives."""

    status: str
    tiers: tuple[SourceTier, ...]
    one_source: Mapping[str, str]
    disputes: tuple[Dispute, ...]


def merge(
    model: str,
    *,
    genai: tuple[SourceTier, ...],
    litellm: tuple[SourceTier, ...],
    max_input_tokens: int,
) -> Merged:
    """Merge the tiers of both sources."""
    disputes: list[Dispute] = []
    one_source: dict[str, str] = {}
    tiers = []
    for above in _thresholds(genai + litellm, max_input_tokens):
        ours, theirs = _known(rates_above(genai, above)), _known(rates_above(litellm, above))
        rates = _tidy(_dearer(ours, theirs))
        disputes += _disputes(model, above, ours, theirs)
        one_source |= dict.fromkeys((ours.keys() - theirs.keys()) & rates.keys(), GENAI_PRICES)
        one_source |= dict.fromkeys((theirs.keys() - ours.keys()) & rates.keys(), LITELLM)
        tiers.append(SourceTier(above_input_tokens=above, rates=rates))
    return Merged(
        status=DISPUTED if disputes else AGREED,
        tiers=_collapse(tiers),
        one_source=dict(sorted(one_source.items())),
        disputes=tuple(disputes),
    )


def alone(tiers: tuple[SourceTier, ...], *, max_input_tokens: int) -> Merged:
    """A price that one source gives for a day of which the other says nothing."""
    tidied = [
        SourceTier(above_input_tokens=above, rates=_tidy(_known(rates_above(tiers, above))))
        for above in _thresholds(tiers, max_input_tokens)
    ]
    return Merged(status=ONE_SOURCE, tiers=_collapse(tidied), one_source={}, disputes=())


def _known(rates: Mapping[str, int]) -> dict[str, int]:
    """The rates that are not zero, in catalogue order."""
    return {name: rates[name] for name in RATES if rates.get(name)}


def _tidy(rates: Mapping[str, int]) -> dict[str, int]:
    """The rates that say something."""
    return {name: rate for name, rate in rates.items() if not _repeats(name, rates)}


def _collapse(tiers: list[SourceTier]) -> tuple[SourceTier, ...]:
    """Drop tiers with the rates of the tier below."""
    kept: list[SourceTier] = []
    for tier in tiers:
        if not kept or kept[-1].rates != tier.rates:
            kept.append(tier)
    return tuple(kept)


def _thresholds(tiers: tuple[SourceTier, ...], max_input_tokens: int) -> list[int]:
    starts = {tier.above_input_tokens for tier in tiers}
    return sorted(start for start in starts if start == 0 or start < max_input_tokens)


def _repeats(name: str, rates: Mapping[str, int]) -> bool:
    """Whether leaving the rate out would come to the same."""
    if name in _KEPT_THOUGH_REPEATED or name not in FALLBACKS:
        return False
    fallback = FALLBACKS[name]
    while fallback not in rates and fallback in FALLBACKS:
        fallback = FALLBACKS[fallback]
    return rates[name] == rates.get(fallback)


def _dearer(ours: Mapping[str, int], theirs: Mapping[str, int]) -> dict[str, int]:
    taken: dict[str, int] = {}
    for name in RATES:
        if name in ours and name in theirs:
            taken[name] = max(ours[name], theirs[name])
        elif name in ours or name in theirs:
            only = ours if name in ours else theirs
            if _belongs(name, only, taken):
                taken[name] = only[name]
    return taken


def _belongs(name: str, only: Mapping[str, int], taken: Mapping[str, int]) -> bool:
    """Whether a rate only one source gives goes with what was taken of the rate above it."""
    fallback = FALLBACKS.get(name)
    if fallback is None or fallback not in only or fallback not in taken:
        return True
    return only[fallback] == taken[fallback] or only[name] > taken[fallback]


def _disputes(
    model: str, above: int, ours: Mapping[str, int], theirs: Mapping[str, int]
) -> list[Dispute]:
    return [
        Dispute(
            model=model,
            above_input_tokens=above,
            rate=rate,
            genai_prices=ours[rate],
            litellm=theirs[rate],
            taken=max(ours[rate], theirs[rate]),
        )
        for rate in RATES
        if rate in ours and rate in theirs and ours[rate] != theirs[rate]
    ]
