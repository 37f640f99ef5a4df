"""Our connections: what every kind of loss comes to."""

import asyncio

import httpx
import pytest

from onebill.adapters.http.pool import ConnectionPool
from onebill.adapters.http.transport import PooledTransport
from tests.fakes.raw_server import CHUNKED, HANG_UP, RESET, SAY_NOTHING, http


class TestALoss:
    @pytest.mark.parametrize(
        "step",
        [
            pytest.param(HANG_UP, id="before the head"),
            pytest.param(b"HTTP/1.1 200 OK\r\ncontent-le", id="in the head"),
            pytest.param(http(b"hello")[:-1], id="in a body of known length"),
            pytest.param(CHUNKED + b"5\r\nhel", id="in a chunk"),
            pytest.param(CHUNKED + b"5\r\nhello\r\n", id="before the last chunk"),
            pytest.param(b"not HTTP at all\r\n\r\n", id="of all sense"),
            pytest.param(CHUNKED + b"zz\r\n", id="of sense in the body"),
            pytest.param(
                b"HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", id="of HTTP"
            ),
            pytest.param([b"HTTP/1.1 200 OK\r\n\r\nhel", RESET], id="in a body of any length"),
        ],
    )
    async def test_is_a_protocol_error(self, server, client, step):
        server.script = [step, HANG_UP]
        server.hangs_up_after_each = True

        with pytest.raises(httpx.RemoteProtocolError, match="the connection was lost"):
            await client.post(server.url, content=b"")

    async def test_of_the_way_there_is_a_connect_error(self, client):
        with pytest.raises(httpx.ConnectError):
            await client.post("http://127.0.0.1:1/", content=b"")

    async def test_of_time_on_the_way_is_a_connect_timeout(self):
        class Never(ConnectionPool):
            async def borrow(self, origin):
                await asyncio.Event().wait()

        timeout = httpx.Timeout(1, connect=0.01)
        async with httpx.AsyncClient(
            transport=PooledTransport(Never()), timeout=timeout
        ) as client:
            with pytest.raises(httpx.ConnectTimeout):
                await client.post("http://127.0.0.1:1/", content=b"")

    async def test_of_interest_closes_the_connection(self, server, client):
        server.script = [SAY_NOTHING, http(b"hello")]
        waiting = asyncio.ensure_future(client.post(server.url, content=b""))
        await server.has_request.wait()

        waiting.cancel()
        await asyncio.wait([waiting])
        response = await client.post(server.url, content=b"")

        assert response.content == b"hello"
        assert server.connections == 2
