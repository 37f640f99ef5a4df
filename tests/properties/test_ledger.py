"""An account under any sequence of writes, beside books kept by hand."""

from collections import Counter
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)

from onebill.domain.account import Account, AccountState, Configuration, Pruning, SpendLimits
from onebill.domain.errors import (
    AccountFrozen,
    InsufficientCredits,
    OnebillError,
    SpendLimitExceeded,
    TooManyInFlight,
)
from onebill.domain.ledger import (
    ConfigurationChanged,
    HoldNotOpen,
    add_credit,
    close_hold,
    place_hold,
    reconfigure,
)
from onebill.domain.windows import Window, day_number, resets_at, stale_window_ids, window_ids
from tests.builders import NOW, a_hold
from tests.properties.effort import MACHINE

amounts = st.integers(0, 100)
limits = st.none() | st.integers(1, 300)
configurations = st.builds(
    Configuration,
    version=st.integers(0, 1_000),
    state=st.sampled_from([*[AccountState.ACTIVE] * 6, AccountState.FROZEN, AccountState.CLOSED]),
    limits=st.builds(
        SpendLimits, day_nano_usd=limits, week_nano_usd=limits, month_nano_usd=limits
    ),
    in_flight_max=st.integers(1, 5),
)


class Books:
    """What the account should say, from nothing but sums."""

    def __init__(self):
        self.credited = 0
        self.debited = 0
        self.writes = 0
        self.open = {}
        self.spent = Counter()

    def held_in(self, name):
        return sum(
            hold.amount_nano_usd for hold in self.open.values() if name in names_of(hold.day)
        )

    def used(self, name):
        return self.spent[name] + self.held_in(name)

    @property
    def held(self):
        return sum(hold.amount_nano_usd for hold in self.open.values())

    @property
    def available(self):
        return self.credited - self.debited - self.held

    def refusal(self, hold, configuration):
        """The kind of error the hold must be refused with, or None."""
        over = [
            window
            for window, limit in configuration.limits.by_window()
            if self.used(hold.windows.of(window)) + hold.amount_nano_usd > limit
        ]
        reasons = (
            (configuration.state is not AccountState.ACTIVE, AccountFrozen),
            (len(self.open) >= configuration.in_flight_max, TooManyInFlight),
            (bool(over), SpendLimitExceeded),
            (self.available < hold.amount_nano_usd, InsufficientCredits),
        )
        return next((kind for applies, kind in reasons if applies), None)

    def rooms(self, hold, account):
        """What each limited window the hold bills still has room for."""
        return [
            limit - self.used(hold.windows.of(window))
            for window, limit in account.configuration.limits.by_window()
        ]

    def placed(self, hold):
        self.writes += 1
        self.open[hold.id] = hold

    def closed(self, hold, cost):
        self.writes += 1
        del self.open[hold.id]
        self.debited += cost
        self.spent.update(dict.fromkeys(names_of(hold.day), cost))


def names_of(day):
    ids = window_ids(day)
    return {ids.day, ids.week, ids.month}


class AccountMachine(RuleBasedStateMachine):
    holds = Bundle("holds")

    @initialize(configuration=configurations)
    def open_account(self, configuration):
        self.account = Account(id="acme", configuration=configuration)
        self.books = Books()
        self.now = NOW
        self.remembered = set()

    @property
    def today(self):
        return day_number(self.now)

    def attempt(self, hold, **options):
        """Place a hold; returns the refusal, or None if it is placed."""
        fields = {"configuration": self.account.configuration, "now": self.now}
        try:
            placed = place_hold(self.account, hold=hold, operation="R", **(fields | options))
        except (OnebillError, ConfigurationChanged, HoldNotOpen) as refusal:
            return refusal
        self.account = placed
        self.books.placed(hold)
        return None

    def close(self, hold, cost, **options):
        """Close a hold; returns the refusal, or None if it is closed."""
        try:
            self.account = close_hold(
                self.account, hold=hold, cost_nano_usd=cost, operation="C", **options
            )
        except HoldNotOpen as refusal:
            return refusal
        self.books.closed(hold, cost)
        return None

    @rule(amount=st.integers(1, 300))
    def credit(self, amount):
        self.account = add_credit(self.account, amount_nano_usd=amount, operation="G")
        self.books.credited += amount
        self.books.writes += 1

    @rule(configuration=configurations)
    def configure(self, configuration):
        version = self.account.configuration.version

        self.account = reconfigure(self.account, configuration=configuration, operation="F")

        self.books.writes += 1
        assert self.account.configuration == replace(configuration, version=version + 1)

    @rule(target=holds, amount=amounts, prune=st.booleans())
    def place(self, amount, prune):
        hold = a_hold(id=f"h{self.books.writes}", amount_nano_usd=amount, day=self.today)
        expected = self.books.refusal(hold, self.account.configuration)
        stale = stale_window_ids(self.account.windows, self.today) if prune else []

        refusal = self.attempt(hold, pruning=Pruning(window_ids=tuple(stale)))

        assert type(refusal) is (expected or type(None))
        return multiple(*[hold] * (refusal is None))

    @rule()
    def what_is_affordable_is_told_with_a_refusal(self):
        too_much = a_hold(id="too much", amount_nano_usd=10**9, day=self.today)

        refusal = self.attempt(too_much)

        affordable = getattr(refusal, "affordable_nano_usd", 0)
        assert isinstance(refusal, OnebillError)
        assert affordable in {0, self.books.available, *self.books.rooms(too_much, self.account)}

    @rule(amount=amounts, stale_by=st.sampled_from([-1, 1]))
    def place_with_stale_knowledge(self, amount, stale_by):
        known = self.account.configuration
        stale = replace(known, version=known.version + stale_by)

        refusal = self.attempt(a_hold(amount_nano_usd=amount, day=self.today), configuration=stale)

        assert type(refusal) is ConfigurationChanged
        assert refusal.account is self.account

    @rule(hold=holds, cost=st.integers(0, 150), remember=st.booleans())
    def settle(self, hold, cost, remember):
        was_open = hold.id in self.books.open

        refusal = self.close(hold, cost, remember_until=5 if remember else None)

        assert (refusal is None) == was_open
        self.remembered |= {hold.id} if remember and was_open else set()

    @rule(hold=holds)
    def release(self, hold):
        was_open = hold.id in self.books.open

        refusal = self.close(hold, 0)

        assert (refusal is None) == was_open

    @rule(hold=holds)
    def place_a_late_copy(self, hold):
        late = hold.id in self.remembered and hold.id not in self.books.open

        refusal = self.attempt(hold) if late else HoldNotOpen(self.account)

        assert type(refusal) is HoldNotOpen

    @rule(hold=holds, change=st.sampled_from(["amount_nano_usd", "expires_at", "day"]))
    def close_another_hold_of_the_same_id(self, hold, change):
        forged = replace(hold, **{change: getattr(hold, change) + 1})

        refusal = self.close(forged, 0)

        assert type(refusal) is HoldNotOpen

    @rule(window=st.sampled_from(Window))
    def let_a_window_pass(self, window):
        """Holds live for minutes: whatever is open expires before the day is over."""
        closed = [self.close(hold, 0) for hold in [*self.books.open.values()]]

        self.now = resets_at(window, self.now)

        assert set(closed) <= {None}

    @invariant()
    def money_is_conserved(self):
        assert self.account.credited_nano_usd == self.books.credited
        assert self.account.debited_nano_usd == self.books.debited
        assert self.account.available_nano_usd == self.books.available

    @invariant()
    def what_is_held_is_the_sum_of_the_holds(self):
        assert self.account.held_nano_usd == self.books.held
        assert self.account.holds == self.books.open

    @invariant()
    def every_window_is_what_was_spent_and_is_held_in_it(self):
        used = {name: self.books.used(name) for name in self.account.windows}

        assert self.account.windows == used

    @invariant()
    def no_window_in_use_is_forgotten(self):
        current = [name for name in names_of(self.today) if self.books.used(name)]

        assert set(current) <= set(self.account.windows)
        assert all(
            names_of(hold.day) <= set(self.account.windows) for hold in self.account.holds.values()
        )

    @invariant()
    def what_is_held_in_a_window_is_told(self):
        ids = window_ids(self.today)

        held = [self.account.held_in(window, self.today) for window in Window]

        assert held == [self.books.held_in(ids.of(window)) for window in Window]

    @invariant()
    def every_write_has_its_number(self):
        assert self.account.sequence == self.books.writes


TestAnAccount = AccountMachine.TestCase
TestAnAccount.settings = MACHINE
