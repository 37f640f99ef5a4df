from datetime import UTC, date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onebill.domain.windows import (
    Window,
    day_number,
    resets_at,
    stale_window_ids,
    window_ids,
)
from tests.properties.effort import PROPERTY
from tests.properties.strategies import days, moments, offsets

EPOCH = date(1970, 1, 1)
AN_INSTANT = timedelta(microseconds=1)

window = st.sampled_from(Window)


def week_by_its_thursday(on):
    """ISO 8601: a week belongs to the year its Thursday is in."""
    thursday = on + timedelta(days=3 - on.weekday())
    first_of_january = thursday.replace(month=1, day=1)
    return f"w:{thursday.year}-W{(thursday - first_of_january).days // 7 + 1:02d}"


def id_at(which, moment):
    return window_ids(day_number(moment)).of(which)


def all_ids(day):
    ids = window_ids(day)
    return [ids.day, ids.week, ids.month]


class TestWeeks:
    @pytest.mark.parametrize("offset", range(-7, 8))
    def test_are_those_of_iso_8601_around_every_new_year(self, offset):
        around = [date(year, 1, 1) + timedelta(days=offset) for year in range(1971, 2131)]

        named = [window_ids((on - EPOCH).days).week for on in around]

        assert named == [week_by_its_thursday(on) for on in around]

    @PROPERTY
    @given(days)
    def test_begin_on_monday_and_last_seven_days(self, day):
        monday = day - (EPOCH + timedelta(days=day)).weekday()

        week = {window_ids(each).week for each in range(monday, monday + 7)}

        assert week == {week_by_its_thursday(EPOCH + timedelta(days=day))}
        assert window_ids(monday - 1).week not in week
        assert window_ids(monday + 7).week not in week


class TestDaysAndMonths:
    @PROPERTY
    @given(days)
    def test_are_named_by_the_calendar(self, day):
        on = EPOCH + timedelta(days=day)

        assert window_ids(day).day == f"d:{on:%Y-%m-%d}"
        assert window_ids(day).month == f"m:{on:%Y-%m}"


class TestNames:
    @PROPERTY
    @given(days, st.integers(0, 800), window)
    def test_of_one_kind_sort_by_time(self, day, later, which):
        assert window_ids(day).of(which) <= window_ids(day + later).of(which)

    @PROPERTY
    @given(moments, offsets)
    def test_do_not_depend_on_where_the_clock_hangs(self, moment, zone):
        elsewhere = moment.astimezone(zone)

        assert day_number(elsewhere) == day_number(moment)
        assert day_number(moment) == moment.timestamp() // 86_400


class TestReset:
    @PROPERTY
    @given(window, moments)
    def test_is_the_first_instant_of_another_window(self, which, moment):
        reset = resets_at(which, moment)

        assert moment < reset
        assert id_at(which, reset - AN_INSTANT) == id_at(which, moment)
        assert id_at(which, reset) > id_at(which, moment)

    @PROPERTY
    @given(window, moments, offsets)
    def test_does_not_depend_on_where_the_clock_hangs(self, which, moment, zone):
        assert resets_at(which, moment.astimezone(zone)) == resets_at(which, moment)
        assert resets_at(which, moment).tzinfo is UTC


class TestStaleWindows:
    @PROPERTY
    @given(days)
    def test_are_never_billed_by_a_hold_of_today_or_yesterday(self, day):
        billed = all_ids(day) + all_ids(max(0, day - 1))

        assert stale_window_ids(billed, day) == []

    @PROPERTY
    @given(days, st.integers(0, 400))
    def test_are_never_those_to_come(self, day, later):
        assert stale_window_ids(all_ids(day + later), day) == []

    @PROPERTY
    @given(st.integers(500, 60_000))
    def test_leave_at_most_two_of_each_kind(self, day):
        names = {name for ago in range(200) for name in all_ids(day - ago)}

        kept = names - set(stale_window_ids(names, day))

        assert sorted(name[0] for name in kept) == ["d", "d", "m", "m", "w", "w"]
        assert set(all_ids(day)) <= kept

    @PROPERTY
    @given(st.lists(days, max_size=20), days)
    def test_are_told_from_the_oldest_to_the_newest(self, used, day):
        names = {name for each in used for name in all_ids(each)}

        stale = stale_window_ids(names, day)

        assert all(earlier < later for earlier, later in pairwise(stale))
        assert set(stale) <= names
