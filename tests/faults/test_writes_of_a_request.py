"""What one request asks of DynamoDB, counted on the wire."""

import pytest

from tests.faults.worlds import a_world

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("ministack")]


@pytest.fixture
async def warm_world(stores, account):
    """A gateway that has answered this key before, and the key."""
    world, key = await a_world(stores, account)
    world.providers.will_answer()
    world.providers.will_answer()
    await world.complete(key=key)
    return world, key


async def test_a_warm_request_writes_twice_and_reads_nothing(proxy, warm_world):
    world, key = warm_world
    before = (proxy.writes, proxy.reads)

    await world.complete(key=key)

    assert (proxy.writes - before[0], proxy.reads - before[1]) == (2, 0)
