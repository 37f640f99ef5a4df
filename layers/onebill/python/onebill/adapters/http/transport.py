"""The pool as a transport of httpx: its client, its types and its errors, our connections."""

import asyncio
from collections.abc import AsyncIterator

import httpx

from onebill.adapters.http.connection import Connection, ConnectionLost
from onebill.adapters.http.pool import ConnectionPool, Origin, origin_of

_HOP_BY_HOP = (b"connection",)


class PooledTransport(httpx.AsyncBaseTransport):
    """Carries requests with a body in memory over HTTP/1.1. No proxies, no upgrades."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send, and return when the head of the answer is there."""
        origin = origin_of(str(request.url))
        seconds_max = request.extensions.get("timeout", {}).get("connect")
        connection = await self._borrow(origin, seconds_max)
        try:
            head = await connection.ask(_encode(request, await request.aread()))
        except ConnectionLost as error:
            connection.close()
            raise httpx.RemoteProtocolError(_reason(error)) from error
        except BaseException:
            connection.close()
            raise
        return httpx.Response(
            head.status,
            headers=head.headers,
            stream=_Body(connection, pool=self._pool, origin=origin),
        )

    async def aclose(self) -> None:
        """Close idle connections."""
        self._pool.close()

    async def _borrow(self, origin: Origin, seconds_max: float | None) -> Connection:
        try:
            async with asyncio.timeout(seconds_max):
                return await self._pool.borrow(origin)
        except TimeoutError as error:
            raise httpx.ConnectTimeout(f"cannot connect to {origin.host} in time") from error
        except OSError as error:
            raise httpx.ConnectError(f"cannot connect to {origin.host}: {error}") from error


class _Body(httpx.AsyncByteStream):
    """The body of one answer; closing it decides what becomes of the connection."""

    def __init__(self, connection: Connection, *, pool: ConnectionPool, origin: Origin) -> None:
        self._connection: Connection | None = connection
        self._pool = pool
        self._origin = origin

    async def __aiter__(self) -> AsyncIterator[bytes]:
        connection = self._connection
        if connection is None:
            return
        try:
            while data := await connection.read():
                yield data
        except ConnectionLost as error:
            raise httpx.RemoteProtocolError(_reason(error)) from error

    async def aclose(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._pool.give_back(self._origin, connection)


def _encode(request: httpx.Request, body: bytes) -> bytes:
    """The request as bytes; httpx has set host and content-length."""
    lines = [f"{request.method} ".encode(), request.url.raw_path, b" HTTP/1.1\r\n"]
    for name, value in request.headers.raw:
        if name.lower() not in _HOP_BY_HOP:
            lines += (name, b": ", value, b"\r\n")
    return b"".join((*lines, b"\r\n", body))


def _reason(error: ConnectionLost) -> str:
    return f"the connection was lost: {error.__cause__ or 'it had been closed'}"
