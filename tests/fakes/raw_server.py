"""A TCP server on loopback that answers each request with scripted bytes."""

import asyncio
import struct
from contextlib import asynccontextmanager
from socket import SO_LINGER, SOL_SOCKET


def http(body, *, status=200, headers=""):
    """A whole HTTP answer."""
    head = f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
HANG_UP = object()
SAY_NOTHING = object()
RESET = object()


class RawServer:
    """Each step of the script is bytes, a list of bytes and events to wait for, or a marker."""

    def __init__(self):
        self.script = []
        self.requests = []
        self.has_request = asyncio.Event()
        self.connections = 0
        self.hangs_up_after_each = False
        self.url = ""
        self._writers = []

    def hang_up(self):
        """Close every connection."""
        for writer in self._writers:
            writer.close()

    async def serve(self, reader, writer):
        self.connections += 1
        self._writers.append(writer)
        try:
            while await self._answer(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _answer(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        self.requests.append((head, await reader.readexactly(length)))
        self.has_request.set()
        step = self.script.pop(0)
        if step is HANG_UP:
            return False
        if step is SAY_NOTHING:
            await reader.read()
            return False
        for part in step if isinstance(step, list) else [step]:
            if part is RESET:
                # Closing with nothing to linger for is a reset.
                option = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, option)
                writer.transport.abort()
            elif isinstance(part, asyncio.Event):
                await part.wait()
            else:
                writer.write(part)
                await writer.drain()
        return not self.hangs_up_after_each


@asynccontextmanager
async def raw_server(tls=None):
    served = RawServer()
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    served.url = f"https://localhost:{port}" if tls else f"http://127.0.0.1:{port}"
    try:
        yield served
    finally:
        server.close()
        served.hang_up()
