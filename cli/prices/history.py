"""Renews a catalogue without rewriting history.

The rates of an entry are never changed once its day is over: a new rate is a new entry, dated
the day of the run. Entries for later days are announcements, and follow the sources. A model
the sources no longer price keeps its entries, and is marked as withdrawn.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from cli.prices.catalogue import Catalogue, DatedRates, PricedModel, Proposal


def renew(
    old: Catalogue | None, proposal: Proposal, *, sources: Mapping[str, str], today: date
) -> Catalogue:
    """The catalogue after a run: the old one itself if it says the same already."""
    before = {} if old is None else old.models
    models = {
        name: renew_model(before.get(name), model, today=today)
        for name, model in proposal.models.items()
    }
    for name in before.keys() - models.keys():
        models[name] = withdraw(before[name], today=today)
    renewed = Catalogue(
        version=next_version(None if old is None else old.version, today=today),
        sources=dict(sources),
        models=dict(sorted(models.items())),
        disputed=proposal.disputed,
        excluded=proposal.excluded,
    )
    if old is not None and replace(renewed, version=old.version) == old:
        return old
    return renewed


def renew_model(old: PricedModel | None, new: PricedModel, *, today: date) -> PricedModel:
    """The new description of a model, with the old history and what has to be added to it."""
    if old is None:
        return new
    kept = [price for price in old.prices if price not in old.entries_after(today)]
    current = new.entry_on(today)
    if current is not None and (not kept or kept[-1].tiers != current.tiers):
        kept = _append(kept, replace(current, from_day=today))
    elif current is not None:
        kept[-1] = replace(kept[-1], status=current.status, one_source=current.one_source)
    return replace(new, prices=(*kept, *new.entries_after(today)))


def withdraw(model: PricedModel, *, today: date) -> PricedModel:
    """The model as no longer sold; the day it was first withdrawn stays."""
    return replace(model, withdrawn=model.withdrawn or today)


def next_version(old: str | None, *, today: date) -> str:
    """The day of the run; a second and third catalogue of one day are numbered."""
    day = today.isoformat()
    if old is None or not old.startswith(day):
        return day
    number = int(old.removeprefix(day).removeprefix(".") or 1)
    return f"{day}.{number + 1}"


def _append(kept: list[DatedRates], entry: DatedRates) -> list[DatedRates]:
    """Add today's entry.

    One that an earlier run of the same day made gives way; the catalogue's version tells the
    two apart in what was debited in between.
    """
    return [price for price in kept if price.from_day != entry.from_day] + [entry]
