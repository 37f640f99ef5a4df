"""A `DynamoDb` for the hot path: JSON over kept-alive connections, signed by hand.

It does what boto3 does with the same settings, with bounded timeouts, at a fifth of the CPU per
call (docs/performance.md), and without boto3's import at a cold start.
"""

import asyncio
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import orjson

from onebill.adapters.dynamodb.client import (
    CONNECT_TIMEOUT_SECONDS,
    READ_TIMEOUT_SECONDS,
)
from onebill.adapters.dynamodb.connection import Connection, ConnectionLost, connect
from onebill.adapters.dynamodb.errors import DynamoDbError, Unreachable, error_from
from onebill.adapters.dynamodb.sigv4 import CredentialsSource, Signer

IDLE_CONNECTIONS_MAX = 256
_TARGET = "DynamoDB_20120810."
_OK = 200


class LightDynamoDb:
    """Carries calls to one DynamoDB endpoint."""

    def __init__(
        self,
        *,
        endpoint_url: str,
        region: str,
        credentials: CredentialsSource,
        read_timeout_seconds: float = READ_TIMEOUT_SECONDS,
        idle_connections_max: int = IDLE_CONNECTIONS_MAX,
    ) -> None:
        url = urlsplit(endpoint_url)
        if url.hostname is None:
            message = f"not an endpoint URL: {endpoint_url}"
            raise ValueError(message)
        self._tls = ssl.create_default_context() if url.scheme == "https" else None
        self._host = url.hostname
        self._port = url.port or (443 if self._tls else 80)
        self._signer = Signer(host=url.netloc, region=region, credentials=credentials)
        self._read_timeout_seconds = read_timeout_seconds
        self._idle_connections_max = idle_connections_max
        self._idle: list[Connection] = []

    async def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """See `DynamoDb.call`."""
        status, answer = await self._exchange(self._encode(operation, orjson.dumps(request)))
        try:
            content = orjson.loads(answer)
        except orjson.JSONDecodeError as error:
            raise Unreachable(f"{operation}: {status} with a body that is not JSON") from error
        if not isinstance(content, dict):
            raise Unreachable(f"{operation}: {status} with a body that is not an object")
        if status == _OK:
            return content
        raise self._error(status, content)

    async def close(self) -> None:
        """See `DynamoDb.close`."""
        while self._idle:
            self._idle.pop().close()

    async def _exchange(self, request: bytes) -> tuple[int, bytes]:
        connection = await self._connection()
        try:
            async with asyncio.timeout(self._read_timeout_seconds):
                answer = await connection.ask(request)
        except (ConnectionLost, TimeoutError) as error:
            connection.close()
            raise Unreachable("no answer") from error
        except BaseException:
            connection.close()  # Cancelled: the answer on its way would meet the next request.
            raise
        if connection.is_reusable and len(self._idle) < self._idle_connections_max:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    async def _connection(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_reusable:
                return connection
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                return await connect(self._host, self._port, tls=self._tls)
        except OSError as error:  # TimeoutError and ssl.SSLError are OSErrors.
            raise Unreachable(f"cannot connect: {error}") from error

    def _encode(self, operation: str, body: bytes) -> bytes:
        headers = self._signer.headers(
            target=_TARGET + operation, body=body, now=datetime.now(UTC)
        )
        lines = [f"{name}: {value}\r\n" for name, value in headers]
        head = f"POST / HTTP/1.1\r\n{''.join(lines)}content-length: {len(body)}\r\n\r\n"
        return head.encode("latin-1") + body

    @staticmethod
    def _error(status: int, content: Mapping[str, Any]) -> DynamoDbError:
        return error_from(
            status=status,
            code=content.get("__type", ""),
            message=content.get("message") or content.get("Message") or "",
            body=content,
        )
