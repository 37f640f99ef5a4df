"""How what the sources say differs from a catalogue, for people and for machines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cli.prices.catalogue import Catalogue, DatedRates, PricedModel, Proposal
from cli.prices.merge import Dispute
from cli.prices.records import RATES, SourceTier, rates_above

NAMES_SHOWN_MAX = 20
"""How many models a human summary names per heading; --json names all."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class RateChange:
    """One rate of one model on one day, before and after; None where there is none."""

    model: str
    from_day: str
    above_input_tokens: int
    rate: str
    was: int | None
    now: int | None

    def as_dict(self) -> Mapping[str, object]:
        """For --json."""
        return {
            "model": self.model,
            "from": self.from_day,
            "above_input_tokens": self.above_input_tokens,
            "rate": self.rate,
            "was": self.was,
            "now": self.now,
        }

    def __str__(self) -> str:
        tier = f" above {self.above_input_tokens}" if self.above_input_tokens else ""
        return f"{self.model}{tier} {self.rate}: {self.was} -> {self.now} ({self.from_day})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """How what the sources say differs from a catalogue."""

    new: tuple[str, ...]
    vanished: Mapping[str, str]
    changed: tuple[RateChange, ...]
    newly_disputed: tuple[Dispute, ...]

    def as_dict(self) -> Mapping[str, object]:
        """For --json."""
        return {
            "new": list(self.new),
            "vanished": dict(self.vanished),
            "changed": [change.as_dict() for change in self.changed],
            "newly_disputed": [_dispute_as_dict(dispute) for dispute in self.newly_disputed],
        }

    def lines(self) -> list[str]:
        """For people."""
        vanished = [f"{model}: {reason}" for model, reason in self.vanished.items()]
        disputed = [_describe(dispute) for dispute in self.newly_disputed]
        return [
            *_listing("new", self.new),
            *_listing("vanished", vanished),
            *_listing("changed", [str(change) for change in self.changed]),
            *_listing("newly disputed", disputed),
        ]


def compare(catalogue: Catalogue | None, proposal: Proposal, *, today: date) -> Differences:
    """Every difference in what is sold, what it costs from now on, and what is disputed."""
    sold = {} if catalogue is None else catalogue.sold
    known = set() if catalogue is None else set(catalogue.disputed)
    reasons = {model: reason for reason, ids in proposal.excluded.items() for model in ids}
    changes = [
        change
        for name in sorted(sold.keys() & proposal.models.keys())
        for change in _changes(name, sold[name], proposal.models[name], today)
    ]
    return Differences(
        new=tuple(sorted(proposal.models.keys() - sold.keys())),
        vanished={
            name: reasons.get(name, "unknown to the sources")
            for name in sorted(sold.keys() - proposal.models.keys())
        },
        changed=tuple(changes),
        newly_disputed=tuple(d for d in proposal.disputed if d not in known),
    )


def _changes(name: str, was: PricedModel, now: PricedModel, today: date) -> list[RateChange]:
    """Changes of the rates in force, and of those announced."""
    days = {today} | {p.from_day for m in (was, now) for p in m.entries_after(today) if p.from_day}
    return [
        change
        for day in sorted(days)
        for change in _changes_on(name, was.entry_on(day), now.entry_on(day), day.isoformat())
    ]


def _changes_on(
    name: str, was: DatedRates | None, now: DatedRates | None, day: str
) -> list[RateChange]:
    before: tuple[SourceTier, ...] = () if was is None else was.tiers
    after: tuple[SourceTier, ...] = () if now is None else now.tiers
    changes = []
    for above in sorted({tier.above_input_tokens for tier in before + after}):
        old = rates_above(before, above) if before else {}
        new = rates_above(after, above) if after else {}
        changes += [
            RateChange(
                model=name,
                from_day=day,
                above_input_tokens=above,
                rate=rate,
                was=old.get(rate),
                now=new.get(rate),
            )
            for rate in RATES
            if old.get(rate) != new.get(rate)
        ]
    return changes


def _dispute_as_dict(dispute: Dispute) -> Mapping[str, object]:
    return {
        "model": dispute.model,
        "above_input_tokens": dispute.above_input_tokens,
        "rate": dispute.rate,
        "genai_prices": dispute.genai_prices,
        "litellm": dispute.litellm,
        "taken": dispute.taken,
    }


def _describe(dispute: Dispute) -> str:
    tier = f" above {dispute.above_input_tokens}" if dispute.above_input_tokens else ""
    return (
        f"{dispute.model}{tier} {dispute.rate}: genai-prices {dispute.genai_prices}, "
        f"litellm {dispute.litellm}, taken {dispute.taken}"
    )


def _listing(heading: str, items: Iterable[str]) -> list[str]:
    names = list(items)
    if not names:
        return []
    shown = [f"  {name}" for name in names[:NAMES_SHOWN_MAX]]
    left_out = len(names) - len(shown)
    return [f"{heading}: {len(names)}", *shown, *([f"  and {left_out} more"] if left_out else [])]
