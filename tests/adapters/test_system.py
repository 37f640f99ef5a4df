"""The real clock and the real source of ids."""

from datetime import UTC, datetime, timedelta

import pytest

from onebill.adapters.system import RandomIds, SystemClock


def test_the_clock_tells_the_time_in_utc():
    now = SystemClock().now()

    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("kind", "pattern_length"), [("hold_id", 16), ("request_id", 28), ("key_id", 20)]
)
def test_ids_are_short_and_never_the_same(kind, pattern_length):
    ids = RandomIds()

    made = {getattr(ids, kind)() for _ in range(1_000)}

    assert len(made) == 1_000
    assert {len(each) for each in made} == {pattern_length}
    assert all(each.islower() and each.isascii() for each in made)


def test_a_key_is_made_of_32_random_bytes():
    ids = RandomIds()

    assert len(ids.key_entropy()) == 32
    assert ids.key_entropy() != ids.key_entropy()
