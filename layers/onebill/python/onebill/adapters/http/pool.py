"""Kept-alive connections, by origin."""

import asyncio
import ssl
from collections.abc import Callable
from functools import cache
from ssl import SSLContext
from typing import NamedTuple
from urllib.parse import urlsplit

import certifi

from onebill.adapters.http.connection import Connection, connect

IDLE_CONNECTIONS_MAX = 256
"""Per origin; more are closed when their exchange is over."""

IDLE_SECONDS_MAX = 30.0
"""Older connections are not trusted: the peer, or a sleep of the machine, may have ended them."""

_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """Where a connection leads."""

    scheme: str
    host: str
    port: int


def origin_of(url: str) -> Origin:
    """The origin of an absolute http or https URL. Raises ValueError for anything else."""
    parts = urlsplit(url)
    if parts.hostname is None or parts.scheme not in _PORTS:
        message = f"not an http or https URL: {url}"
        raise ValueError(message)
    return Origin(parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme])


class ConnectionPool:
    """Lends connections; the borrower returns each one, whatever became of it."""

    def __init__(
        self,
        *,
        idle_connections_max: int = IDLE_CONNECTIONS_MAX,
        tls: Callable[[], SSLContext] | None = None,
    ) -> None:
        self._idle: dict[Origin, list[Connection]] = {}
        self._idle_connections_max = idle_connections_max
        self._tls = tls or verifying_tls

    async def borrow(self, origin: Origin) -> Connection:
        """A connection nobody else uses. Raises OSError if none can be opened."""
        idle = self._idle.get(origin, [])
        oldest = asyncio.get_running_loop().time() - IDLE_SECONDS_MAX
        while idle:
            connection = idle.pop()
            if connection.is_reusable and connection.idle_since > oldest:
                return connection
            connection.close()
        tls = self._tls() if origin.scheme == "https" else None
        return await connect(origin.host, origin.port, tls=tls)

    def give_back(self, origin: Origin, connection: Connection) -> None:
        """Keep the connection if its exchange is over and it may be used again."""
        idle = self._idle.setdefault(origin, [])
        if connection.is_reusable and len(idle) < self._idle_connections_max:
            connection.idle_since = asyncio.get_running_loop().time()
            idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close every idle connection."""
        for idle in self._idle.values():
            while idle:
                idle.pop().close()


@cache
def verifying_tls() -> SSLContext:
    """Trust what certifi trusts. Made at the first need: reading certificates takes a while."""
    return ssl.create_default_context(cafile=certifi.where())
