"""A clock that stands still until a test moves it."""

from datetime import timedelta

from tests.builders import NOW


class FixedClock:
    def __init__(self, now=NOW):
        self._now = now

    def now(self):
        return self._now

    def advance(self, **duration):
        self._now += timedelta(**duration)
