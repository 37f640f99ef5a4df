"""Our connections: what every kind of answer comes to."""

import asyncio

from onebill.adapters.http.connection import BUFFERED_BYTES_MAX
from tests.fakes.raw_server import CHUNKED, HANG_UP, http


class TestAnAnswer:
    async def test_has_status_headers_and_body(self, server, client):
        server.script = [http(b"hello", status=418, headers="x-a: 1\r\nX-A: 2\r\n")]

        response = await client.post(server.url, content=b"{}")

        assert response.status_code == 418
        assert response.headers.get_list("x-a") == ["1", "2"]
        assert response.content == b"hello"

    async def test_may_be_empty(self, server, client):
        server.script = [http(b"")]

        assert (await client.post(server.url, content=b"")).content == b""

    async def test_may_end_with_the_connection(self, server, client):
        server.script = [b"HTTP/1.1 200 OK\r\n\r\nhello", HANG_UP]

        async with client.stream("POST", server.url, content=b"") as response:
            body = response.aiter_raw()
            first = await anext(body)
            server.hang_up()
            rest = [part async for part in body]

        assert b"".join([first, *rest]) == b"hello"

    async def test_may_follow_informational_ones(self, server, client):
        hints = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
        server.script = [b"HTTP/1.1 100 Continue\r\n\r\n" + hints + http(b"hello")]

        response = await client.post(server.url, content=b"")

        assert (response.status_code, response.content) == (200, b"hello")
        assert "link" not in response.headers

    async def test_in_many_chunks_of_one_packet_is_read_at_once(self, server, client):
        chunks = b"".join(b"2\r\nab\r\n" for _ in range(50))
        server.script = [CHUNKED + chunks + b"0\r\n\r\n"]

        async with client.stream("POST", server.url, content=b"") as response:
            parts = [part async for part in response.aiter_raw()]

        assert parts == [b"ab" * 50]

    async def test_arrives_part_by_part(self, server, client):
        gate = asyncio.Event()
        server.script = [[CHUNKED + b"2\r\nab\r\n", gate, b"2\r\ncd\r\n0\r\n\r\n"]]

        async with client.stream("POST", server.url, content=b"") as response:
            body = response.aiter_raw()
            first = await anext(body)
            gate.set()
            rest = b"".join([part async for part in body])

        assert (first, rest) == (b"ab", b"cd")

    async def test_larger_than_memory_makes_the_peer_wait(self, server, client):
        megabyte = b"%x\r\n%b\r\n" % (1024 * 1024, b"x" * 1024 * 1024)
        server.script = [[CHUNKED, *[megabyte] * 8, b"0\r\n\r\n"]]

        async with client.stream("POST", server.url, content=b"") as response:
            parts = [part async for part in response.aiter_raw()]

        assert sum(map(len, parts)) == 8 * 1024 * 1024
        assert max(map(len, parts)) <= BUFFERED_BYTES_MAX + 512 * 1024

    async def test_can_be_closed_twice(self, server, client):
        server.script = [http(b"hello"), http(b"again")]

        async with client.stream("POST", server.url, content=b"") as response:
            stream = response.stream
            await response.aread()
        await stream.aclose()
        await client.post(server.url, content=b"")

        assert server.connections == 1

    async def test_can_be_read_only_once(self, server, client):
        server.script = [http(b"hello")]

        async with client.stream("POST", server.url, content=b"") as response:
            stream = response.stream
            await response.aread()
            again = [part async for part in stream]

        assert again == []
