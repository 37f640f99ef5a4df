"""The gateway's app over a world of fakes, and a client for it."""

import httpx
import pytest

from functions.chat_completions.app import create_app
from tests.builders import KEY_TEXT
from tests.world import World


@pytest.fixture
def world():
    world = World()
    world.has()
    return world


@pytest.fixture
async def make_client():
    """Makes clients of a world's gateway; closes them."""
    clients = []

    def make(world, *, key=KEY_TEXT):
        transport = httpx.ASGITransport(
            create_app(world.gateway), raise_app_exceptions=False, client=("127.0.0.1", 1)
        )
        headers = {"authorization": f"Bearer {key}"} if key else {}
        clients.append(
            httpx.AsyncClient(transport=transport, base_url="http://gateway", headers=headers)
        )
        return clients[-1]

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
def client(make_client, world):
    return make_client(world)
