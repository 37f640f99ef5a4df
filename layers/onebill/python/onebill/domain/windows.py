"""Spend windows: the UTC day, the ISO week (Monday first) and the calendar month.

A window is named by its id, such as ``d:2026-11-23``, ``w:2026-W48`` or ``m:2026-11``. The id
is the name of the attribute that counts the spend, so a new window needs no reset: it starts
because its name is new.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

SECONDS_PER_DAY = 86_400
_EPOCH = date(1970, 1, 1)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_DECEMBER = 12


class Window(StrEnum):
    """The three windows a limit can be set for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class WindowIds:
    """The ids of the three windows that contain one UTC day."""

    day: str
    week: str
    month: str

    def of(self, window: Window) -> str:
        """Return the id of one window."""
        return {Window.DAY: self.day, Window.WEEK: self.week, Window.MONTH: self.month}[window]


def day_number(now: datetime) -> int:
    """Days since 1970-01-01 in UTC: how a hold remembers the windows it started in."""
    return now.astimezone(UTC).toordinal() - _EPOCH_ORDINAL


@lru_cache(maxsize=64)
def window_ids(day: int) -> WindowIds:
    """Name the windows of a day number. Weeks follow ISO 8601, which has its own year."""
    on = _EPOCH + timedelta(days=day)
    iso_year, iso_week, _ = on.isocalendar()
    return WindowIds(
        day=f"d:{on.isoformat()}",
        week=f"w:{iso_year}-W{iso_week:02d}",
        month=f"m:{on.year}-{on.month:02d}",
    )


def resets_at(window: Window, now: datetime) -> datetime:
    """Return the first instant, in UTC, at which the window that contains `now` is over."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if window is Window.DAY:
        return midnight + timedelta(days=1)
    if window is Window.WEEK:
        return midnight + timedelta(days=7 - midnight.weekday())
    if midnight.month == _DECEMBER:
        return midnight.replace(year=midnight.year + 1, month=1, day=1)
    return midnight.replace(month=midnight.month + 1, day=1)


@lru_cache(maxsize=16)
def _oldest_kept(day: int) -> WindowIds:
    """Name the window before the current one, of each kind."""
    first_of_month = day - (_EPOCH + timedelta(days=day)).day + 1
    return WindowIds(
        day=window_ids(day - 1).day,
        week=window_ids(day - 7).week,
        month=window_ids(first_of_month - 1).month,
    )


def stale_window_ids(names: Iterable[str], day: int) -> list[str]:
    """Pick the ids that nothing can write to any more, oldest first.

    A hold outlives its day by minutes at most, so of each kind only the current window and the
    one before are kept. Ids of one kind sort by time; later ones (a faster clock) stay.
    """
    kept = _oldest_kept(day)
    oldest = {"d": kept.day, "w": kept.week, "m": kept.month}
    return sorted(name for name in names if name < oldest[name[0]])
