"""One connection: asked, told too much, and told what nobody asked for."""

import asyncio

import pytest

from onebill.adapters.http.connection import (
    BUFFERED_BYTES_MAX,
    Connection,
    ConnectionLost,
    connect,
)
from onebill.adapters.http.pool import origin_of
from tests.fakes.raw_server import http


class FakeTransport(asyncio.Transport):
    paused = False

    def write(self, data):
        return None

    def is_closing(self):
        return False

    def pause_reading(self):
        self.paused = True

    def resume_reading(self):
        self.paused = False


class TestAConnection:
    async def test_that_was_never_made_cannot_be_asked(self):
        with pytest.raises(ConnectionLost):
            await Connection().ask(b"")

    async def test_that_was_never_made_can_be_closed(self):
        Connection().close()

    async def test_tells_a_peer_that_is_far_ahead_to_wait(self):
        transport = FakeTransport()
        connection = Connection()
        connection.connection_made(transport)
        asked = asyncio.ensure_future(connection.ask(b"POST / HTTP/1.1\r\n\r\n"))
        await asyncio.sleep(0)

        connection.data_received(http(b"x" * (BUFFERED_BYTES_MAX + 1)))
        told_to_wait = transport.paused
        await asked
        await connection.read()

        assert told_to_wait
        assert not transport.paused

    async def test_that_hears_what_nobody_asked_for_is_closed(self, server):
        origin = origin_of(server.url)
        connection = await connect(origin.host, origin.port, tls=None)

        connection.data_received(b"HTTP/1.1 200 OK\r\n\r\n")

        assert not connection.is_reusable

    async def test_never_takes_a_second_answer_for_part_of_the_first(self, server, client):
        server.script = [http(b"first") + http(b"second", status=418), http(b"third")]

        first = await client.post(server.url, content=b"")
        third = await client.post(server.url, content=b"")

        assert (first.status_code, first.content) == (200, b"first")
        assert third.content == b"third"
        assert server.connections == 2
