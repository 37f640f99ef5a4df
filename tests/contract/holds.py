"""Holds placed through the ledger of the stores under test."""

from tests.builders import NOW

UNTIL = int(NOW.timestamp()) + 120


async def place(stores, account, hold, **overrides):
    arguments = {"configuration": account.configuration, "now": NOW} | overrides
    placement = await stores.ledger.place_hold(account.id, hold=hold, **arguments)
    return placement.account
