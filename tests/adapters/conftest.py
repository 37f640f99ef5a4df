"""A server that answers what a test scripts, and a client of it over our own connections."""

import httpx
import pytest

from onebill.adapters.http.pool import ConnectionPool
from onebill.adapters.http.transport import PooledTransport
from tests.fakes.raw_server import raw_server


@pytest.fixture
async def server():
    async with raw_server() as served:
        yield served


@pytest.fixture
async def client():
    async with httpx.AsyncClient(
        transport=PooledTransport(ConnectionPool()), trust_env=False, timeout=5
    ) as client:
        yield client
