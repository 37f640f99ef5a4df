"""A world with credit in it, in which no test may leave a hold open."""

import pytest

from tests.world import World


@pytest.fixture
def world():
    world = World()
    world.has()
    yield world
    assert world.account.holds == {}, "a hold was left open"
