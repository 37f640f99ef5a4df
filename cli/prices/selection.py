"""Decides, model by model, whether it can be sold and at what price."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cli.prices import reasons
from cli.prices.catalogue import DatedRates, PricedModel, Proposal
from cli.prices.genai import GenaiProvider
from cli.prices.merge import Dispute, Merged, alone, merge
from cli.prices.records import SourceModel
from cli.prices.scope import SCOPES, WITHHELD_PROVIDERS, Scope, withheld

GenaiPrices = Mapping[str, GenaiProvider]
LitellmPrices = Mapping[str, Mapping[str, SourceModel]]


@dataclass(slots=True)
class _Draft:
    """A proposal in the making."""

    models: dict[str, PricedModel] = field(default_factory=dict)
    disputed: list[Dispute] = field(default_factory=list)
    excluded: dict[str, list[str]] = field(default_factory=dict)

    def exclude(self, reason: str, model_id: str) -> None:
        self.excluded.setdefault(reason, []).append(model_id)


def propose(
    *,
    genai: GenaiPrices,
    litellm: LitellmPrices,
    media: Mapping[str, frozenset[str]],
    today: date,
) -> Proposal:
    """Merge both sources. `media` says which media each provider has a published bound for."""
    draft = _Draft()
    for provider, reason in WITHHELD_PROVIDERS.items():
        draft.exclude(reason, f"{provider}/*")
    for provider, scope in SCOPES.items():
        _propose_provider(
            draft,
            provider,
            ours=genai.get(scope.genai_id, GenaiProvider(())),
            theirs=_by_name(scope, litellm.get(scope.litellm_provider, {})),
            media=media[provider],
            today=today,
        )
    return Proposal(
        models=dict(sorted(draft.models.items())),
        disputed=tuple(sorted(draft.disputed)),
        excluded={r: tuple(sorted(set(ids))) for r, ids in sorted(draft.excluded.items())},
    )


def _propose_provider(
    draft: _Draft,
    provider: str,
    *,
    ours: GenaiProvider,
    theirs: Mapping[str, SourceModel],
    media: frozenset[str],
    today: date,
) -> None:
    for name, model in theirs.items():
        model_id = f"{provider}/{name}"
        counterpart = ours.find(name)
        reason = _reason_to_exclude(model_id, counterpart, model)
        if reason is None and counterpart is not None:
            _price(draft, model_id, ours=counterpart, theirs=model, media=media, today=today)
        else:
            draft.exclude(reason or reasons.ONE_SOURCE, model_id)
    for name in _unmatched(ours, theirs):
        draft.exclude(reasons.ONE_SOURCE, f"{provider}/{name}")


def _by_name(scope: Scope, models: Mapping[str, SourceModel]) -> Mapping[str, SourceModel]:
    """LiteLLM's models by the name a caller gives; a key with the provider's prefix wins."""
    unprefixed = {k: m for k, m in models.items() if scope.name_of(k) == k}
    prefixed = {scope.name_of(k): m for k, m in models.items() if scope.name_of(k) != k}
    return dict(sorted((unprefixed | prefixed).items()))


def _unmatched(ours: GenaiProvider, theirs: Mapping[str, SourceModel]) -> list[str]:
    """Models of genai-prices that no name of LiteLLM means."""
    matched = {found.name for name in theirs if (found := ours.find(name)) is not None}
    names = (candidate.model for candidate in ours.models)
    return [model.name for model in names if model.prices and model.name not in matched]


def _reason_to_exclude(model_id: str, ours: SourceModel | None, theirs: SourceModel) -> str | None:
    unconditional = withheld(model_id) or theirs.unfit
    if unconditional is not None:
        return unconditional
    if ours is None:
        return reasons.ONE_SOURCE
    if ours.unfit is not None:
        return ours.unfit
    return _unusable(ours, theirs)


def _unusable(ours: SourceModel, theirs: SourceModel) -> str | None:
    for price in (*ours.prices, *theirs.prices):
        for tier in price.tiers:
            if not (tier.rates["input"] and tier.rates["output"]):
                return reasons.ZERO_PRICE
    if not (ours.max_input_tokens or theirs.max_input_tokens):
        return reasons.NO_LIMITS
    return None


def _price(
    draft: _Draft,
    model_id: str,
    *,
    ours: SourceModel,
    theirs: SourceModel,
    media: frozenset[str],
    today: date,
) -> None:
    """Add a model whose price both sources know."""
    max_input_tokens = max(ours.max_input_tokens or 0, theirs.max_input_tokens or 0)
    current = ours.price_on(today)
    merged = merge(
        model_id,
        genai=current.tiers,
        litellm=theirs.price_on(today).tiers,
        max_input_tokens=max_input_tokens,
    )
    draft.disputed += merged.disputes
    prices = tuple(
        _dated(price.from_day, merged)
        if price is current
        else _dated(price.from_day, alone(price.tiers, max_input_tokens=max_input_tokens))
        for price in ours.prices
    )
    ahead = prices[ours.prices.index(current) :]
    audio_in, audio_out = _all_state(ahead, "audio_input"), _all_state(ahead, "audio_output")
    draft.models[model_id] = PricedModel(
        max_input_tokens=max_input_tokens,
        max_output_tokens=theirs.max_output_tokens or max_input_tokens,
        accepts=_accepts(theirs, media, audio=audio_in),
        produces=("audio", "text") if audio_out else ("text",),
        prices=prices,
    )


def _dated(from_day: date | None, merged: Merged) -> DatedRates:
    return DatedRates(
        from_day=from_day,
        status=merged.status,
        tiers=merged.tiers,
        one_source=merged.one_source,
    )


def _accepts(theirs: SourceModel, media: frozenset[str], *, audio: bool) -> tuple[str, ...]:
    """Text, and each medium that the model takes, that has a rate, and that has a bound."""
    taken = (theirs.media - {"audio"}) | ({"audio"} if audio else set())
    return tuple(sorted({"text"} | (taken & media)))


def _all_state(prices: tuple[DatedRates, ...], rate: str) -> bool:
    """Whether the rate is known now and from every announced day on."""
    return all(rate in tier.rates for price in prices for tier in price.tiers)
