"""Sending a stream without Starlette's own StreamingResponse.

That one cancels the sender when the client leaves. Here the sender always runs to its end,
under uvicorn as in Lambda (which never says that a client left), because what the provider
has begun to write must be read and settled.
"""

import asyncio
from collections.abc import Mapping
from typing import Protocol, Self

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class Chunks(Protocol):
    """A body that must be iterated to its end, or closed."""

    def __aiter__(self) -> Self:
        """Iterate over the bytes."""
        ...

    async def __anext__(self) -> bytes:
        """The next bytes, perhaps none."""
        ...

    async def aclose(self) -> None:
        """Stop early; harmless after the end."""
        ...


class EventStreamResponse(Response):
    """A stream of events that is sent as it is made."""

    def __init__(
        self,
        chunks: Chunks,
        *,
        headers: Mapping[str, str],
        seconds_max: float,
    ) -> None:
        self.status_code = 200
        self.background = None
        self.body = b""
        self._chunks = chunks
        self._seconds_max = seconds_max
        self.raw_headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-cache"),
            (b"x-accel-buffering", b"no"),
            *(
                (name.encode("latin-1"), value.encode("latin-1"))
                for name, value in headers.items()
            ),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send everything; give up on a client that reads too slowly, never on settling."""
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        try:
            await send(start)
            async with asyncio.timeout(self._seconds_max):
                async for chunk in self._chunks:
                    if chunk:
                        await send(
                            {"type": "http.response.body", "body": chunk, "more_body": True}
                        )
        finally:
            await self._chunks.aclose()
        await send({"type": "http.response.body", "body": b"", "more_body": False})
