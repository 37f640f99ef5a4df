"""A `DynamoDb` for the hot path: JSON over kept-alive connections, signed by hand.

It does what boto3 does with the same settings, with bounded timeouts, at a fifth of the CPU per
call (docs/performance.md), and without boto3's import at a cold start.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import orjson

from onebill.adapters.dynamodb.client import (
    CONNECT_TIMEOUT_SECONDS,
    READ_TIMEOUT_SECONDS,
)
from onebill.adapters.dynamodb.errors import DynamoDbError, Unreachable, error_from
from onebill.adapters.dynamodb.sigv4 import CredentialsSource, Signer
from onebill.adapters.http.connection import Connection, ConnectionLost
from onebill.adapters.http.pool import ConnectionPool, origin_of

ANSWER_BYTES_MAX = 16 * 1024 * 1024
"""DynamoDB answers with 1 MB at most, before JSON escapes."""

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
    ) -> None:
        self._origin = origin_of(endpoint_url)
        self._pool = ConnectionPool()
        self._signer = Signer(
            host=urlsplit(endpoint_url).netloc, region=region, credentials=credentials
        )
        self._read_timeout_seconds = read_timeout_seconds

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
        self._pool.close()

    async def _exchange(self, request: bytes) -> tuple[int, bytes]:
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                connection = await self._pool.borrow(self._origin)
        except OSError as error:  # TimeoutError and ssl.SSLError are OSErrors.
            raise Unreachable(f"cannot connect: {error}") from error
        try:
            async with asyncio.timeout(self._read_timeout_seconds):
                head = await connection.ask(request)
                return head.status, await _read(connection)
        except (ConnectionLost, TimeoutError) as error:
            raise Unreachable("no answer") from error
        finally:
            # Unless the exchange is over this closes: a late answer must not meet the next call.
            self._pool.give_back(self._origin, connection)

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


async def _read(connection: Connection) -> bytes:
    """The whole body, within bounds."""
    parts: list[bytes] = []
    length = 0
    while data := await connection.read():
        parts.append(data)
        length += len(data)
        if length > ANSWER_BYTES_MAX:
            raise ConnectionLost("the answer is too long")
    return parts[0] if len(parts) == 1 else b"".join(parts)
