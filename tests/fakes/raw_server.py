"""A TCP server on loopback that answers each request with scripted bytes."""

import asyncio
from contextlib import asynccontextmanager


def http(body, *, status=200, headers="", version="1.1"):
    """A whole HTTP answer."""
    return (
        f"HTTP/{version} {status} X\r\ncontent-length: {len(body)}\r\n{headers}\r\n".encode()
        + body
    )


HANG_UP = object()
SAY_NOTHING = object()


class RawServer:
    def __init__(self):
        self.script = []
        self.requests = []
        self.has_request = asyncio.Event()
        self.connections = 0
        self.url = ""

    async def serve(self, reader, writer):
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                self.requests.append((head, await reader.readexactly(length)))
                self.has_request.set()
                step = self.script.pop(0)
                if step is HANG_UP:
                    return
                if step is SAY_NOTHING:
                    await reader.read()
                    return
                for part in step if isinstance(step, list) else [step]:
                    writer.write(part)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def raw_server():
    served = RawServer()
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0)
    served.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield served
    finally:
        server.close()
