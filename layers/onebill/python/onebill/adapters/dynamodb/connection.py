"""One keep-alive HTTP/1.1 connection: one request, one answer at a time.

DynamoDB's protocol needs nothing more, and a general client costs three to seven times the CPU
(docs/decisions/0006). Parsing is httptools', as in uvicorn.
"""

import asyncio
from ssl import SSLContext
from typing import cast

import httptools

ANSWER_BYTES_MAX = 16 * 1024 * 1024
"""DynamoDB answers with 1 MB at most, before JSON escapes."""


class ConnectionLost(Exception):
    """The peer closed, reset or broke the protocol; whether it acted is unknown."""


class Connection(asyncio.Protocol):
    """A connection that can be asked again as long as `is_reusable`."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._body = bytearray()
        self._keep_alive = True

    @property
    def is_reusable(self) -> bool:
        """Tell whether the next request may use this connection."""
        transport = self._transport
        return self._keep_alive and transport is not None and not transport.is_closing()

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send one request and wait for status and body. Raises ConnectionLost."""
        transport = self._transport
        if transport is None or not self.is_reusable:
            raise ConnectionLost
        self._body = bytearray()
        self._parser = httptools.HttpResponseParser(self)
        self._answer = asyncio.get_running_loop().create_future()
        transport.write(request)
        try:
            return await self._answer
        finally:
            self._answer = None

    def close(self) -> None:
        """Close at once; an answer still awaited is lost."""
        self._keep_alive = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        if self._parser is None or self._answer is None:
            self.close()  # Nobody asked for this.
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._lose(error)
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        self._keep_alive = False
        self._lose(exc)

    def on_body(self, body: bytes) -> None:
        """Called by httptools."""
        self._body += body
        if len(self._body) > ANSWER_BYTES_MAX:
            self._lose(None)
            self.close()

    def on_message_complete(self) -> None:
        """Called by httptools."""
        parser, answer = self._parser, self._answer
        if parser is not None and answer is not None and not answer.done():
            self._keep_alive = parser.should_keep_alive()
            answer.set_result((parser.get_status_code(), bytes(self._body)))

    def _lose(self, cause: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            lost = ConnectionLost()
            lost.__cause__ = cause
            self._answer.set_exception(lost)


async def connect(host: str, port: int, *, tls: SSLContext | None) -> Connection:
    """Open a connection. Raises OSError."""
    _, connection = await asyncio.get_running_loop().create_connection(
        Connection, host, port, ssl=tls
    )
    return connection
