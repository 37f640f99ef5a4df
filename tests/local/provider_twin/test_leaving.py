"""Clients that leave, and a twin that is silent: on ASGI itself, where no clock is needed."""

import asyncio
import json

import httpx
import pytest

from local.provider_twin.app import create_twin
from local.provider_twin.exchange import ConnectionDropped
from local.provider_twin.settings import TwinSettings
from tests.local.provider_twin.asking import a_request, a_stream

FOREVER = b"600000"


class Caller:
    """An ASGI client that leaves as soon as it was sent so many messages."""

    def __init__(self, twin, request, *, leaves_after, latency_ms=b"0"):
        self.twin = twin
        self.messages = []
        self._body = json.dumps(request).encode()
        self._leaves_after = leaves_after
        self._latency_ms = latency_ms
        self._has_asked = False
        self._gone = asyncio.Event()

    async def call(self):
        self._leave_when_enough()
        headers = [(b"authorization", b"Bearer any"), (b"x-twin-latency-ms", self._latency_ms)]
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/chat/completions",
            "query_string": b"",
            "headers": headers,
        }
        await self.twin(scope, self._receive, self._send)

    async def _receive(self):
        if not self._has_asked:
            self._has_asked = True
            return {"type": "http.request", "body": self._body}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        self.messages.append(message)
        self._leave_when_enough()

    def _leave_when_enough(self):
        if len(self.messages) >= self._leaves_after:
            self._gone.set()


async def read(twin, path):
    transport = httpx.ASGITransport(twin)
    async with httpx.AsyncClient(transport=transport, base_url="http://twin") as client:
        return (await client.get(path)).json()


@pytest.fixture
def lonely_twin():
    return create_twin(TwinSettings())


@pytest.mark.parametrize(
    ("request_body", "leaves_after", "latency_ms", "streams_cut"),
    [
        pytest.param(a_request(), 0, FOREVER, 0, id="before-an-answer"),
        pytest.param(a_request("hangs"), 0, b"0", 0, id="in-silence"),
        pytest.param(a_stream(), 1, FOREVER, 1, id="before-the-first-chunk"),
        pytest.param(a_stream("hangs-mid-stream"), 6, b"0", 1, id="in-silence-mid-stream"),
        pytest.param(a_request("hangs-mid-stream"), 2, b"0", 0, id="in-silence-mid-body"),
        pytest.param(a_stream(tokens=5000), 10, b"0", 1, id="within-a-burst"),
    ],
)
async def test_who_leaves_is_noticed_at_once(
    lonely_twin, request_body, leaves_after, latency_ms, streams_cut
):
    caller = Caller(lonely_twin, request_body, leaves_after=leaves_after, latency_ms=latency_ms)
    await caller.call()

    (record,) = await read(lonely_twin, "/twin/requests")
    stats = await read(lonely_twin, "/twin/stats")
    assert record["client_left"] is True
    assert len(caller.messages) <= 100
    assert stats["streams_cut_by_client"] == streams_cut
    assert stats["answers_completed"] == 0
    assert stats["tokens_sent"] <= 100


async def test_who_leaves_while_asking_is_noticed(lonely_twin):
    caller = Caller(lonely_twin, a_request(), leaves_after=0)
    caller._has_asked = True
    await caller.call()

    (record,) = await read(lonely_twin, "/twin/requests")
    assert record["client_left"] is True
    assert record["body"] is None
    assert caller.messages == []


async def test_silence_ends_with_a_dropped_connection():
    twin = create_twin(TwinSettings(hang_seconds=0.001))
    caller = Caller(twin, a_request("hangs"), leaves_after=10)

    with pytest.raises(ConnectionDropped):
        await caller.call()
    (record,) = await read(twin, "/twin/requests")
    assert record["client_left"] is False


async def test_only_http_is_spoken(lonely_twin):
    with pytest.raises(ValueError, match="lifespan"):
        await lonely_twin({"type": "lifespan"}, None, None)


@pytest.mark.parametrize("wrong", [{"latency_ms": -1}, {"chunk_tokens": 0}])
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(ValueError, match="must be between"):
        TwinSettings(**wrong)
