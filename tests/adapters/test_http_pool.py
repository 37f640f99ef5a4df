"""Connections are kept, and lent again only where that is safe."""

import asyncio

import pytest

from onebill.adapters.http.pool import IDLE_SECONDS_MAX, ConnectionPool, Origin, origin_of
from tests.fakes.raw_server import CHUNKED, http


class TestThePool:
    async def test_lends_a_connection_again(self, server, client):
        server.script = [http(b"1"), http(b"2")]

        await client.post(server.url, content=b"")
        await client.post(server.url, content=b"")

        assert server.connections == 1

    async def test_does_not_lend_one_that_was_left_in_the_middle(self, server, client):
        server.script = [[CHUNKED + b"2\r\nab\r\n", asyncio.Event()], http(b"2")]
        async with client.stream("POST", server.url, content=b"") as response:
            await anext(response.aiter_raw())

        await client.post(server.url, content=b"")

        assert server.connections == 2

    async def test_does_not_lend_one_that_was_idle_for_too_long(self, server):
        pool, origin = ConnectionPool(), origin_of(server.url)
        first = await pool.borrow(origin)
        pool.give_back(origin, first)
        first.idle_since -= IDLE_SECONDS_MAX + 1

        second = await pool.borrow(origin)

        assert second is not first
        assert not first.is_reusable
        second.close()

    async def test_keeps_only_so_many(self, server):
        pool, origin = ConnectionPool(idle_connections_max=1), origin_of(server.url)
        lent = [await pool.borrow(origin) for _ in range(3)]

        for connection in lent:
            pool.give_back(origin, connection)

        assert [connection.is_reusable for connection in lent] == [True, False, False]
        pool.close()
        assert not lent[0].is_reusable

    @pytest.mark.parametrize(
        ("url", "origin"),
        [
            ("http://a", Origin("http", "a", 80)),
            ("https://a/b?c", Origin("https", "a", 443)),
            ("https://a:8443", Origin("https", "a", 8443)),
        ],
    )
    def test_knows_the_origin_of_a_url(self, url, origin):
        assert origin_of(url) == origin

    @pytest.mark.parametrize("url", ["dynamodb", "ftp://a", "http://"])
    def test_knows_no_other(self, url):
        with pytest.raises(ValueError, match="not an http or https URL"):
            origin_of(url)
