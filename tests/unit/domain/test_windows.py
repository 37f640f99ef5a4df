from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from onebill.domain.windows import (
    SECONDS_PER_DAY,
    Window,
    WindowIds,
    day_number,
    resets_at,
    stale_window_ids,
    window_ids,
)
from tests.builders import NOW

EPOCH = date(1970, 1, 1)


def a_day(text):
    return (date.fromisoformat(text) - EPOCH).days


class TestDayNumber:
    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            pytest.param(datetime(1970, 1, 1, tzinfo=UTC), 0, id="the first instant"),
            pytest.param(
                datetime(1970, 1, 1, 23, 59, 59, 999_999, tzinfo=UTC), 0, id="the last of a day"
            ),
            pytest.param(datetime(1970, 1, 2, tzinfo=UTC), 1, id="midnight is the next day"),
            pytest.param(NOW, a_day("2026-11-23"), id="now"),
        ],
    )
    def test_counts_days_since_1970(self, now, expected):
        assert day_number(now) == expected

    def test_is_the_same_wherever_the_clock_hangs(self):
        in_auckland = NOW.astimezone(timezone(timedelta(hours=13)))

        assert in_auckland.day == 24
        assert day_number(in_auckland) == day_number(NOW)

    def test_agrees_with_the_seconds_of_a_day(self):
        assert day_number(NOW) == NOW.timestamp() // SECONDS_PER_DAY


class TestWindowIds:
    @pytest.mark.parametrize(
        ("day", "week", "month"),
        [
            pytest.param("2026-11-23", "w:2026-W48", "m:2026-11", id="a Monday"),
            pytest.param("2026-11-22", "w:2026-W47", "m:2026-11", id="the Sunday before"),
            pytest.param("2026-12-31", "w:2026-W53", "m:2026-12", id="a year of 53 weeks"),
            pytest.param("2027-01-01", "w:2026-W53", "m:2027-01", id="whose last week goes on"),
            pytest.param("2027-01-03", "w:2026-W53", "m:2027-01", id="until Sunday"),
            pytest.param("2027-01-04", "w:2027-W01", "m:2027-01", id="then the new one begins"),
            pytest.param("2024-12-30", "w:2025-W01", "m:2024-12", id="a week of the year to come"),
            pytest.param("2024-02-29", "w:2024-W09", "m:2024-02", id="a leap day"),
        ],
    )
    def test_name_the_day_the_iso_week_and_the_month(self, day, week, month):
        assert window_ids(a_day(day)) == WindowIds(f"d:{day}", week, month)

    @pytest.mark.parametrize(
        ("window", "expected"),
        [
            (Window.DAY, "d:2026-11-23"),
            (Window.WEEK, "w:2026-W48"),
            (Window.MONTH, "m:2026-11"),
        ],
    )
    def test_are_found_by_their_window(self, window, expected):
        assert window_ids(day_number(NOW)).of(window) == expected


class TestResetsAt:
    @pytest.mark.parametrize(
        ("window", "now", "expected"),
        [
            pytest.param(Window.DAY, "2026-11-23T12:00", "2026-11-24", id="the next midnight"),
            pytest.param(Window.DAY, "2026-11-23T00:00", "2026-11-24", id="not midnight itself"),
            pytest.param(Window.DAY, "2026-12-31T23:59", "2027-01-01", id="the day of new year"),
            pytest.param(Window.WEEK, "2026-11-23T00:00", "2026-11-30", id="a Monday"),
            pytest.param(Window.WEEK, "2026-11-29T23:59", "2026-11-30", id="a Sunday"),
            pytest.param(Window.WEEK, "2026-12-31T12:00", "2027-01-04", id="the week of new year"),
            pytest.param(Window.MONTH, "2026-11-30T12:00", "2026-12-01", id="the end of a month"),
            pytest.param(Window.MONTH, "2026-01-31T12:00", "2026-02-01", id="before a short one"),
            pytest.param(Window.MONTH, "2026-12-01T00:00", "2027-01-01", id="December"),
        ],
    )
    def test_is_the_first_midnight_of_the_next_window(self, window, now, expected):
        moment = datetime.fromisoformat(now).replace(tzinfo=UTC)

        assert resets_at(window, moment) == datetime.fromisoformat(expected).replace(tzinfo=UTC)

    def test_is_told_in_utc(self):
        late_in_new_york = datetime(2026, 11, 23, 20, tzinfo=timezone(timedelta(hours=-5)))

        assert resets_at(Window.DAY, late_in_new_york).isoformat() == "2026-11-25T00:00:00+00:00"


class TestStaleWindowIds:
    def test_are_those_before_the_last_one_of_each_kind(self):
        names = [
            "d:2026-11-21",
            "d:2026-11-22",
            "d:2026-11-23",
            "w:2026-W46",
            "w:2026-W47",
            "w:2026-W48",
            "m:2026-09",
            "m:2026-10",
            "m:2026-11",
        ]

        stale = stale_window_ids(names, day_number(NOW))

        assert stale == ["d:2026-11-21", "m:2026-09", "w:2026-W46"]

    def test_are_sorted(self):
        names = ["d:2026-11-03", "d:2026-11-01", "d:2026-11-02"]

        assert stale_window_ids(names, day_number(NOW)) == sorted(names)

    def test_leave_out_what_a_faster_clock_has_opened_already(self):
        names = ["d:2026-11-24", "w:2026-W49", "m:2026-12"]

        assert stale_window_ids(names, day_number(NOW)) == []

    @pytest.mark.parametrize(
        ("day", "kept"),
        [
            pytest.param("2027-01-01", ["d:2026-12-31", "w:2026-W52", "m:2026-12"], id="new year"),
            pytest.param("2027-01-04", ["d:2027-01-03", "w:2026-W53", "m:2026-12"], id="new week"),
            pytest.param("2026-03-31", ["d:2026-03-30", "w:2026-W13", "m:2026-02"], id="31 March"),
            pytest.param("2026-03-01", ["d:2026-02-28", "w:2026-W08", "m:2026-02"], id="1 March"),
        ],
    )
    def test_keep_the_window_before_across_every_border(self, day, kept):
        assert stale_window_ids(kept, a_day(day)) == []

    def test_of_no_names_are_none(self):
        assert stale_window_ids([], day_number(NOW)) == []
