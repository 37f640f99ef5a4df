import contextlib
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from local.provider_twin.app import create_twin
from local.provider_twin.settings import TwinSettings

HEADERS = {"authorization": "Bearer any-key"}
REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
async def twin():
    """A client of a twin in this process."""
    transport = httpx.ASGITransport(create_twin(TwinSettings()))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://twin/v1", headers=HEADERS
    ) as client:
        yield client


@contextlib.contextmanager
def a_twin_process(*options):
    """A twin on a free port, ended by the handle it was started with."""
    command = [
        sys.executable,
        "-m",
        "local.provider_twin",
        *(options if "--port" in options else ("--port", "0", *options)),
    ]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        try:
            ready, url = process.stdout.readline().split()
            assert ready == "ready"
            yield process, url
        finally:
            process.kill()


@pytest.fixture(scope="session")
def twin_url():
    """The base URL of a twin in a process of its own."""
    with a_twin_process() as (_process, url):
        yield url


@pytest.fixture
def start_twin():
    """Starts a twin of its own for a test that ends it or tunes it."""
    with contextlib.ExitStack() as stack:
        yield lambda *options: stack.enter_context(a_twin_process(*options))


@pytest.fixture
async def distant_twin(twin_url):
    """A client of the twin across a socket, whose record is empty."""
    root = twin_url.removesuffix("/v1")
    async with httpx.AsyncClient(base_url=root, headers=HEADERS, trust_env=False) as client:
        await client.delete("/twin/requests")
        yield client
