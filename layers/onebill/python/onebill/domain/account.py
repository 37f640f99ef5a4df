"""An account and the holds it carries: the state every money decision is taken on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from onebill.domain.windows import Window, WindowIds, window_ids

IN_FLIGHT_MAX_DEFAULT = 64
"""Open holds an account may have at once. Bounds cost, abuse and the size of the hot item."""

IN_FLIGHT_MAX_CEILING = 1_000
"""At 39 bytes a hold this is 39 KB, a tenth of what a DynamoDB item may be."""


class AccountState(StrEnum):
    """Only an active account may spend; settling and crediting work in every state."""

    ACTIVE = "active"
    FROZEN = "frozen"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendLimits:
    """The most an account may spend per window, in nano-USD; None is no limit."""

    day_nano_usd: int | None = None
    week_nano_usd: int | None = None
    month_nano_usd: int | None = None

    def __post_init__(self) -> None:
        """Refuse a limit that is not positive: to stop all spending, freeze the account."""
        for _window, limit_nano_usd in self.by_window():
            if limit_nano_usd <= 0:
                message = "a spend limit must be positive"
                raise ValueError(message)

    def by_window(self) -> list[tuple[Window, int]]:
        """List the limits that are set, shortest window first."""
        limits = (
            (Window.DAY, self.day_nano_usd),
            (Window.WEEK, self.week_nano_usd),
            (Window.MONTH, self.month_nano_usd),
        )
        return [(window, limit) for window, limit in limits if limit is not None]

    def changed(self, limits: Mapping[Window, int | None]) -> "SpendLimits":
        """These limits with some of them set, or lifted by None."""
        return replace(self, **{f"{window}_nano_usd": each for window, each in limits.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What decides whether an account may spend, pinned by its version.

    Every change of state, limits or keys raises `version`, and every hold is placed on
    condition that the version is still the one the caller knows: stale knowledge never
    authorises anything.
    """

    version: int = 1
    state: AccountState = AccountState.ACTIVE
    limits: SpendLimits = field(default_factory=SpendLimits)
    in_flight_max: int = IN_FLIGHT_MAX_DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Credit set aside for one request in flight.

    `day` (days since 1970 in UTC) fixes the windows the request bills, whenever it ends.
    """

    id: str
    amount_nano_usd: int
    expires_at: int
    day: int

    @property
    def windows(self) -> WindowIds:
        """The windows this request bills: those it started in."""
        return window_ids(self.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The whole account after some write. Amounts are nano-USD.

    `windows` maps a window id to what was spent **or is held** in it. `sequence` rises by one
    with every write and `operation` says what that write did, so the stream of writes is a
    gapless ledger.

    `closed` remembers, until the second given, ids of holds whose placing was sent more than
    once: a copy of that write may still be under way, and must not place the hold again.
    """

    id: str
    name: str = ""
    created_at: str = ""
    configuration: Configuration = field(default_factory=Configuration)
    available_nano_usd: int = 0
    held_nano_usd: int = 0
    credited_nano_usd: int = 0
    debited_nano_usd: int = 0
    sequence: int = 0
    operation: str = ""
    holds: Mapping[str, Hold] = field(default_factory=dict)
    closed: Mapping[str, int] = field(default_factory=dict)
    windows: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Crash on a state that cannot be: I1 conservation and I2 held = sum of holds."""
        balance_nano_usd = self.available_nano_usd + self.held_nano_usd
        if balance_nano_usd != self.credited_nano_usd - self.debited_nano_usd:
            message = f"I1 broken on account {self.id}: {self}"
            raise BooksDoNotBalance(message)
        if self.held_nano_usd != sum(hold.amount_nano_usd for hold in self.holds.values()):
            message = f"I2 broken on account {self.id}: {self}"
            raise BooksDoNotBalance(message)

    def held_in(self, window: Window, day: int) -> int:
        """Nano-USD held by requests that bill the window containing `day`."""
        id_ = window_ids(day).of(window)
        return sum(
            hold.amount_nano_usd for hold in self.holds.values() if hold.windows.of(window) == id_
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruning:
    """What a write may remove in passing: windows, and closed ids, that nothing needs any more."""

    window_ids: tuple[str, ...] = ()
    closed_ids: tuple[str, ...] = ()


class BooksDoNotBalance(AssertionError):
    """A stored account contradicts itself. Never caught: this is an alarm."""
