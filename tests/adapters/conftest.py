"""Servers and transports that answer what a test scripts, and clients of them."""

import httpx
import pytest

from onebill.adapters.http.pool import ConnectionPool
from onebill.adapters.http.transport import PooledTransport
from onebill.adapters.openai_compatible import OpenAiCompatible
from tests.fakes.clock import FixedClock
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


@pytest.fixture
def requests():
    return []


@pytest.fixture
def providers(requests):
    """Makes a `ProviderGateway` whose transport answers with one response or exception."""

    def make(response=None, *, keys=None, clock=None):
        async def answer(request):
            requests.append(request)
            if isinstance(response, Exception):
                raise response
            return await response(request) if callable(response) else response

        client = httpx.AsyncClient(transport=httpx.MockTransport(answer), trust_env=False)
        keys = {"openai": "sk-secret"} if keys is None else keys
        return OpenAiCompatible(client, provider_keys=keys, clock=clock or FixedClock())

    return make
