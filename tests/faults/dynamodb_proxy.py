"""A proxy between a client and DynamoDB that loses, delays, repeats and spoils on request."""

import asyncio
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

WRITES = (b"UpdateItem", b"TransactWriteItems", b"PutItem")


class Fault:
    """What happens to one request. `PASS` is none of these."""

    PASS = "pass"
    LOSE_REQUEST = "lose the request"
    LOSE_REPLY = "lose the reply"
    DELAY_REPLY = "delay the reply"
    DELAY_REQUEST = "deliver the request later"
    DUPLICATE = "deliver the request twice"
    DUPLICATE_FIRST_REPLY = "deliver twice and answer with the first reply"
    ERROR_AFTER = "apply it and answer 500"
    ERROR_BEFORE = "answer 500 without applying it"
    THROTTLE = "answer that there is too much"
    CONFLICT = "answer that a transaction is in the way"

    ALL = (
        LOSE_REQUEST,
        LOSE_REPLY,
        DELAY_REPLY,
        DELAY_REQUEST,
        DUPLICATE,
        DUPLICATE_FIRST_REPLY,
        ERROR_AFTER,
        ERROR_BEFORE,
        THROTTLE,
        CONFLICT,
    )


class DynamoDbProxy:
    """Asks `decide` about each write: a function from nothing to a fault."""

    def __init__(self, url):
        self._host, self._port = urlsplit(url).hostname, urlsplit(url).port
        self._late = set()
        self.decide = lambda: Fault.PASS
        self.reads = 0
        self.writes = 0
        self.released = asyncio.Event()
        self.url = ""

    async def deliver_what_is_late(self):
        """Let delayed requests go through now, and wait until they have."""
        self.released.set()
        await asyncio.gather(*self._late)
        self._late.clear()
        self.released = asyncio.Event()

    async def serve(self, reader, writer):
        try:
            while True:
                request = await _read_message(reader)
                reply = await self._treat(request)
                if reply is None:
                    return
                writer.write(reply)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _treat(self, request):
        """The reply to send, or None to hang up."""
        if not any(write in request for write in WRITES):
            self.reads += 1
            return await self._forward(request)
        self.writes += 1
        match self.decide():
            case Fault.PASS:
                return await self._forward(request)
            case Fault.LOSE_REQUEST:
                return None
            case Fault.LOSE_REPLY:
                await self._forward(request)
                return None
            case Fault.DELAY_REPLY:
                await self._forward(request)
                await self.released.wait()
                return None
            case Fault.DELAY_REQUEST:
                self._late.add(asyncio.ensure_future(self._forward_later(request)))
                return None
            case Fault.DUPLICATE:
                await self._forward(request)
                return await self._forward(request)
            case Fault.DUPLICATE_FIRST_REPLY:
                reply = await self._forward(request)
                await self._forward(request)
                return reply
            case Fault.ERROR_AFTER:
                await self._forward(request)
                return _error(500, "InternalServerError")
            case Fault.ERROR_BEFORE:
                return _error(500, "InternalServerError")
            case Fault.THROTTLE:
                return _error(400, "ThrottlingException")
            case Fault.CONFLICT:
                return _error(400, "TransactionConflictException")

    async def _forward_later(self, request):
        await self.released.wait()
        await self._forward(request)

    async def _forward(self, request):
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(request)
            return await _read_message(reader)
        finally:
            writer.close()


@asynccontextmanager
async def dynamodb_proxy(url):
    proxy = DynamoDbProxy(url)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        proxy.released.set()
        server.close()


async def _read_message(reader):
    """One HTTP message with a content length, as it came."""
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return head + await reader.readexactly(int(line.split(b":")[1]))
        if line.startswith(b"transfer-encoding:"):
            return head + await reader.readuntil(b"\r\n0\r\n\r\n")
    return head


def _error(status, code):
    body = f'{{"__type": "{code}", "message": "injected"}}'.encode()
    head = f"HTTP/1.1 {status} X\r\ncontent-type: application/x-amz-json-1.0\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body
