"""One request and its answer on a connection: reads, waits, sends, and notices who left."""

import asyncio

from local.provider_twin.asgi import CLOSE_EXTENSION, Receive, Scope, Send
from local.provider_twin.reply import Ending, Reply
from local.provider_twin.settings import HANG_SECONDS

BODY_BYTES_MAX = 64 * 1024 * 1024
"""More than any provider accepts."""

PARTS_PER_TURN = 64
"""Without latency, how many parts are sent before other requests get their turn."""


class ClientLeft(Exception):
    """The client closed the connection before the answer was complete."""


class ConnectionDropped(ConnectionError):
    """The twin closed the connection on purpose. Seen only where no socket is: in process."""


class BodyTooLarge(Exception):
    """The request exceeds BODY_BYTES_MAX."""


class Exchange:
    """Sends one reply, and tells how far it came, also when the client leaves."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._departure: asyncio.Task[None] | None = None
        self.tokens_sent = 0
        self.is_stream = False
        self.is_complete = False

    async def body(self) -> bytes:
        """The whole request body. Raises BodyTooLarge, or ClientLeft if it never arrives."""
        parts: list[bytes] = []
        size_bytes = 0
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientLeft
            part = message.get("body", b"")
            size_bytes += len(part)
            if size_bytes > BODY_BYTES_MAX:
                raise BodyTooLarge
            parts.append(part)
            more = message.get("more_body", False)
        return b"".join(parts)

    async def answer(
        self, reply: Reply, *, pause_seconds: float = 0.0, hang_seconds: float = HANG_SECONDS
    ) -> None:
        """Send a reply to its ending. Raises ClientLeft, or ConnectionDropped in process."""
        self.is_stream = reply.is_stream
        try:
            await self._send_parts(reply, max(pause_seconds, reply.pause_seconds_min))
            await self._end(reply.ending, hang_seconds)
        finally:
            if self._departure is not None:
                self._departure.cancel()

    async def _send_parts(self, reply: Reply, pause_seconds: float) -> None:
        if not reply.is_stream:
            await self._pause(pause_seconds)
        if reply.status is not None:
            start = {"status": reply.status, "headers": list(reply.headers)}
            await self._send({"type": "http.response.start", **start})
        for count, (data, tokens, at_once) in enumerate(reply.parts):
            if reply.is_stream and pause_seconds and not at_once:
                await self._pause(pause_seconds)
            elif count % PARTS_PER_TURN == PARTS_PER_TURN - 1:
                await self._yield_turn()
            await self._send({"type": "http.response.body", "body": data, "more_body": True})
            self.tokens_sent += tokens

    async def _end(self, ending: Ending, hang_seconds: float) -> None:
        match ending:
            case Ending.COMPLETE:
                await self._send({"type": "http.response.body", "body": b""})
                self.is_complete = True
            case Ending.HANG:
                await self._pause(hang_seconds)
                await self._drop()
            case Ending.DROP:
                await self._drop()

    async def _drop(self) -> None:
        extension = self._scope.get("extensions", {}).get(CLOSE_EXTENSION)
        if extension is None:
            raise ConnectionDropped
        extension["close"]()
        # The server must see the connection gone, or it would answer in the twin's place.
        await self._departed()

    async def _pause(self, seconds: float) -> None:
        if seconds:
            await asyncio.wait((self._departed(),), timeout=seconds)
            self._refuse_to_go_on_alone()

    async def _yield_turn(self) -> None:
        self._departed()
        await asyncio.sleep(0)
        self._refuse_to_go_on_alone()

    def _refuse_to_go_on_alone(self) -> None:
        if self._departed().done():
            raise ClientLeft

    def _departed(self) -> asyncio.Task[None]:
        """A task that is done when the client has left."""
        if self._departure is None:
            self._departure = asyncio.create_task(self._watch())
        return self._departure

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
