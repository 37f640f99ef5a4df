"""One connection: one exchange at a time, the body as it arrives."""

import asyncio
from ssl import SSLContext
from typing import cast

import httptools

BUFFERED_BYTES_MAX = 1024 * 1024
"""How far the peer may be ahead of the reader before it is told to wait."""

_INFORMATIONAL = range(100, 200)


class ConnectionLost(Exception):
    """The peer closed, reset or broke the protocol before its answer was complete."""


class Head:
    """Status and headers of an answer, names in lower case, as bytes."""

    __slots__ = ("headers", "status")

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.status = status
        self.headers = headers


class Connection(asyncio.Protocol):
    """A connection that can be asked again as long as `is_reusable`."""

    def __init__(self) -> None:
        self.idle_since = 0.0
        self._transport: asyncio.Transport | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._headers: list[tuple[bytes, bytes]] = []
        self._head: Head | None = None
        self._body: list[bytes] = []
        self._buffered_bytes = 0
        self._paused = False
        self._complete = True
        self._keep_alive = True
        self._lost: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    @property
    def is_reusable(self) -> bool:
        """Tell whether the last exchange is over and another may begin."""
        transport = self._transport
        is_open = transport is not None and not transport.is_closing()
        return is_open and self._keep_alive and self._complete and not self._body

    async def ask(self, request: bytes) -> Head:
        """Send one request and wait for the head of the answer. Raises ConnectionLost."""
        transport = self._transport
        if transport is None or not self.is_reusable:
            raise ConnectionLost
        self._complete, self._head, self._headers = False, None, []
        self._parser = httptools.HttpResponseParser(self)
        transport.write(request)
        while (head := self._received_head()) is None:
            await self._arrival()
        return head

    async def read(self) -> bytes:
        """Whatever has arrived of the body, at least a byte; nothing at its end.

        Raises ConnectionLost.
        """
        while not self._body:
            if self._complete:
                return b""
            await self._arrival()
        data = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        self._body.clear()
        self._buffered_bytes = 0
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        return data

    def close(self) -> None:
        """Close at once; whatever was still awaited is lost."""
        self._keep_alive = False
        if self._transport is not None:
            self._transport.abort()

    def _received_head(self) -> Head | None:
        return self._head

    async def _arrival(self) -> None:
        """Wait until something happens that may be what the caller waits for."""
        if self._lost is not None:
            raise ConnectionLost from self._lost
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Bytes have arrived."""
        if self._parser is None or self._complete:
            self.close()  # Nobody asked for this.
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._lost = error
            self.close()
        if self._buffered_bytes > BUFFERED_BYTES_MAX and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone: the end of an answer that had no length, or a loss."""
        self._keep_alive = False
        if not self._complete and exc is None and self._ends_with_connection():
            self._complete = True
        elif not self._complete and self._lost is None:
            self._lost = exc or EOFError("the peer closed the connection")
        self._wake()

    # What httptools calls.

    def on_message_begin(self) -> None:
        """A message. One after the answer is nobody's: parsing ends, and the connection."""
        if self._complete:
            raise ConnectionLost

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """All headers, of the answer or of an informational one before it."""
        status = self._parser.get_status_code() if self._parser is not None else 0
        if status not in _INFORMATIONAL:
            self._head = Head(status, self._headers)

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._body.append(body)
        self._buffered_bytes += len(body)

    def on_message_complete(self) -> None:
        """The end of the answer, or of an informational one before it."""
        if self._head is None:
            self._headers = []
        else:
            self._complete = True
            self._keep_alive = self._parser is not None and self._parser.should_keep_alive()

    def _ends_with_connection(self) -> bool:
        """Tell whether the body had neither a length nor chunks."""
        names = {name for name, _ in self._headers}
        framed = names & {b"content-length", b"transfer-encoding"}
        return self._head is not None and not framed


async def connect(host: str, port: int, *, tls: SSLContext | None) -> Connection:
    """Open a connection. Raises OSError."""
    _, connection = await asyncio.get_running_loop().create_connection(
        Connection, host, port, ssl=tls
    )
    return connection
