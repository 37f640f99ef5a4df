"""The price catalogue as the generator holds it: what `prices.json` says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cli.prices.merge import Dispute
from cli.prices.records import SourceTier

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedRates:
    """One entry of a model's price history; it is never changed once its day has come."""

    from_day: date | None
    status: str
    tiers: tuple[SourceTier, ...]
    one_source: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedModel:
    """One model that is sold, or was until the day it was `withdrawn`."""

    max_input_tokens: int
    max_output_tokens: int
    accepts: tuple[str, ...]
    produces: tuple[str, ...]
    prices: tuple[DatedRates, ...]
    withdrawn: date | None = None

    def entry_on(self, day: date) -> DatedRates | None:
        """The entry in force on a day."""
        in_force = [p for p in self.prices if p.from_day is None or p.from_day <= day]
        return in_force[-1] if in_force else None

    def entries_after(self, day: date) -> tuple[DatedRates, ...]:
        """Entries announced for later."""
        return tuple(p for p in self.prices if p.from_day is not None and p.from_day > day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the sources say now: every model either priced or excluded for a reason."""

    models: Mapping[str, PricedModel]
    disputed: tuple[Dispute, ...]
    excluded: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The whole file. `sources` are the versions it was last made from."""

    version: str
    sources: Mapping[str, str]
    models: Mapping[str, PricedModel]
    disputed: tuple[Dispute, ...]
    excluded: Mapping[str, tuple[str, ...]]

    @property
    def sold(self) -> Mapping[str, PricedModel]:
        """The models that are not withdrawn."""
        return {name: model for name, model in self.models.items() if model.withdrawn is None}
