"""The life of a hold, and credit, as pure transitions of an account.

::

    place_hold -> close_hold(cost)   settle: pay the real cost, give back the rest
               -> close_hold(0)      release: nothing was produced, give everything back
               -> close_hold(0)      expire: nobody came back, the same by someone else

A hold ends exactly once (I3). The DynamoDB adapter states each transition as one conditional
write; the contract tests drive both with the same cases.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from onebill.domain.account import Account, AccountState, Configuration, Hold, Pruning
from onebill.domain.errors import (
    AccountFrozen,
    InsufficientCredits,
    SpendLimitExceeded,
    TooManyInFlight,
)
from onebill.domain.windows import resets_at

NOTHING_TO_PRUNE = Pruning()

_Value = TypeVar("_Value")


class ConfigurationChanged(Exception):
    """The caller's configuration is stale; `account` carries the current one."""

    def __init__(self, account: Account) -> None:
        super().__init__(f"account {account.id} is at version {account.configuration.version}")
        self.account = account


class HoldNotOpen(Exception):
    """The hold was settled, released or expired already; or it was never placed."""

    def __init__(self, account: Account | None) -> None:
        super().__init__("the hold is not open")
        self.account = account


def refuse_hold(
    account: Account, *, hold: Hold, configuration: Configuration, now: datetime
) -> None:
    """Raise why this hold cannot be placed, or return None if it can.

    Raises, in this order: HoldNotOpen, ConfigurationChanged, AccountFrozen, TooManyInFlight,
    SpendLimitExceeded, InsufficientCredits. The order is what a caller can act on first.
    """
    if hold.id in account.closed:
        raise HoldNotOpen(account)
    current = account.configuration
    if current.version != configuration.version:
        raise ConfigurationChanged(account)
    if current.state is not AccountState.ACTIVE:
        raise AccountFrozen(current.state)
    if len(account.holds) >= current.in_flight_max:
        raise TooManyInFlight(current.in_flight_max)
    for window, limit_nano_usd in current.limits.by_window():
        spent_nano_usd = account.windows.get(hold.windows.of(window), 0)
        if spent_nano_usd + hold.amount_nano_usd > limit_nano_usd:
            raise SpendLimitExceeded(
                window=window,
                limit_nano_usd=limit_nano_usd,
                spent_nano_usd=spent_nano_usd,
                required_nano_usd=hold.amount_nano_usd,
                resets_at=resets_at(window, now),
            )
    if account.available_nano_usd < hold.amount_nano_usd:
        raise InsufficientCredits(
            required_nano_usd=hold.amount_nano_usd,
            available_nano_usd=account.available_nano_usd,
        )


def place_hold(
    account: Account,
    *,
    hold: Hold,
    configuration: Configuration,
    now: datetime,
    operation: str,
    pruning: Pruning = NOTHING_TO_PRUNE,
) -> Account:
    """Set credit aside. Raises what :func:`refuse_hold` raises."""
    refuse_hold(account, hold=hold, configuration=configuration, now=now)
    windows = _without(account.windows, pruning.window_ids)
    return replace(
        account,
        available_nano_usd=account.available_nano_usd - hold.amount_nano_usd,
        held_nano_usd=account.held_nano_usd + hold.amount_nano_usd,
        holds={**account.holds, hold.id: hold},
        closed=_without(account.closed, pruning.closed_ids),
        windows=_bump(windows, hold, hold.amount_nano_usd),
        sequence=account.sequence + 1,
        operation=operation,
    )


def close_hold(
    account: Account,
    *,
    hold: Hold,
    cost_nano_usd: int,
    operation: str,
    remember_until: int | None = None,
) -> Account:
    """End a hold at its cost (0 to release or expire); a cost above the hold is paid too.

    Works in every account state: what the provider did is owed. With `remember_until` the id
    stays taken until then. Raises HoldNotOpen.
    """
    if account.holds.get(hold.id) != hold:
        raise HoldNotOpen(account)
    given_back_nano_usd = hold.amount_nano_usd - cost_nano_usd
    return replace(
        account,
        available_nano_usd=account.available_nano_usd + given_back_nano_usd,
        held_nano_usd=account.held_nano_usd - hold.amount_nano_usd,
        debited_nano_usd=account.debited_nano_usd + cost_nano_usd,
        holds=_without(account.holds, (hold.id,)),
        closed=account.closed
        if remember_until is None
        else {**account.closed, hold.id: remember_until},
        windows=_bump(dict(account.windows), hold, -given_back_nano_usd),
        sequence=account.sequence + 1,
        operation=operation,
    )


def add_credit(account: Account, *, amount_nano_usd: int, operation: str) -> Account:
    """Raise what is available; works in every account state."""
    return replace(
        account,
        available_nano_usd=account.available_nano_usd + amount_nano_usd,
        credited_nano_usd=account.credited_nano_usd + amount_nano_usd,
        sequence=account.sequence + 1,
        operation=operation,
    )


def reconfigure(account: Account, *, configuration: Configuration, operation: str) -> Account:
    """Replace the configuration; its version is raised here, whatever the argument carries."""
    return replace(
        account,
        configuration=replace(configuration, version=account.configuration.version + 1),
        sequence=account.sequence + 1,
        operation=operation,
    )


def _without(entries: Mapping[str, _Value], ids: Iterable[str]) -> dict[str, _Value]:
    dropped = frozenset(ids)
    return {id_: value for id_, value in entries.items() if id_ not in dropped}


def _bump(windows: dict[str, int], hold: Hold, delta_nano_usd: int) -> dict[str, int]:
    """Add to the three windows the hold bills."""
    for name in (hold.windows.day, hold.windows.week, hold.windows.month):
        windows[name] = windows.get(name, 0) + delta_nano_usd
    return windows
