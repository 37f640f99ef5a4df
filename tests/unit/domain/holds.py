"""Holds placed today, and what today's windows then look like."""

from onebill.domain.ledger import place_hold
from onebill.domain.money import parse_usd
from tests.builders import NOW

TODAY = ("d:2026-11-23", "w:2026-W48", "m:2026-11")


def place(account, hold, **options):
    """Place a hold as a caller whose knowledge is fresh."""
    fields = {"configuration": account.configuration, "now": NOW, "operation": "R|0|placed"}
    return place_hold(account, hold=hold, **(fields | options))


def spent(amount):
    """What all three windows of today look like when only this was spent."""
    return dict.fromkeys(TODAY, parse_usd(amount))
