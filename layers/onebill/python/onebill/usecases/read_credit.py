"""What an account has, holds, and may still spend."""

from dataclasses import dataclass
from datetime import datetime

from onebill.domain.account import Account
from onebill.domain.windows import Window, day_number, resets_at, window_ids
from onebill.ports import Accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowStatement:
    """One window. `limit` and `remaining` are None if the window has no limit."""

    window: Window
    limit_nano_usd: int | None
    spent_nano_usd: int
    held_nano_usd: int
    remaining_nano_usd: int | None
    resets_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditStatement:
    """An account at one moment, and its current windows, shortest first."""

    account: Account
    windows: tuple[WindowStatement, ...]


class ReadCredit:
    """The use case. Reads the account as it is now: every settled request is in it."""

    def __init__(self, *, accounts: Accounts) -> None:
        self._accounts = accounts

    async def __call__(self, account_id: str, *, now: datetime) -> CreditStatement:
        """State the credit of an account. Raises AccountNotFound."""
        return state_credit(await self._accounts.get(account_id), now=now)


def state_credit(account: Account, *, now: datetime) -> CreditStatement:
    """State the credit of an account that was read already."""
    limits = dict(account.configuration.limits.by_window())
    windows = tuple(_state_window(account, window, limits.get(window), now) for window in Window)
    return CreditStatement(account=account, windows=windows)


def _state_window(
    account: Account, window: Window, limit_nano_usd: int | None, now: datetime
) -> WindowStatement:
    day = day_number(now)
    total_nano_usd = account.windows.get(window_ids(day).of(window), 0)
    held_nano_usd = account.held_in(window, day)
    remaining = None if limit_nano_usd is None else max(0, limit_nano_usd - total_nano_usd)
    return WindowStatement(
        window=window,
        limit_nano_usd=limit_nano_usd,
        spent_nano_usd=total_nano_usd - held_nano_usd,
        held_nano_usd=held_nano_usd,
        remaining_nano_usd=remaining,
        resets_at=resets_at(window, now),
    )
