"""The twin as a process: a loopback port, one line when it listens, gone at SIGTERM."""

import os
import signal
import socket
from types import FrameType
from typing import NoReturn

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from local.provider_twin.app import create_twin
from local.provider_twin.asgi import CLOSE_EXTENSION
from local.provider_twin.settings import TwinSettings

BACKLOG = 1_024
"""How many connections may wait to be accepted: a benchmark opens them all at once."""


class ClosableHttp(HttpToolsProtocol):
    """Lets the application close the connection, which ASGI itself has no word for."""

    def on_message_begin(self) -> None:
        """Hand every request the way to close its connection."""
        super().on_message_begin()
        self.scope["extensions"] = {CLOSE_EXTENSION: {"close": self.transport.close}}


class TwinServer(uvicorn.Server):
    """Says when it listens, and needs no time to stop: the twin has nothing to save."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and only then say so."""
        await super().startup(sockets)
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, _exit)
        for listener in sockets or ():
            host, port = listener.getsockname()
            print(f"ready http://{host}:{port}/v1", flush=True)


def run(settings: TwinSettings, *, host: str, port: int) -> None:
    """Serve until a signal comes. Port 0 takes a free one."""
    config = uvicorn.Config(
        create_twin(settings),
        http=ClosableHttp,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        backlog=BACKLOG,
    )
    with socket.create_server((host, port), backlog=BACKLOG) as listener:
        TwinServer(config).run(sockets=[listener])


def _exit(_signal: int, _frame: FrameType | None) -> NoReturn:
    os._exit(0)
