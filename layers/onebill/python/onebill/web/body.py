"""Reading a request's body, up to a limit."""

from collections.abc import AsyncIterator

import orjson
from starlette.requests import ClientDisconnect, Request

from onebill.domain.errors import InvalidRequest, RequestTooLarge
from onebill.domain.json_value import JsonValue

DISCARDED_BYTES_MAX = 64 * 1024 * 1024
"""How much of a body that is too large is read and thrown away: most clients listen only after
they have sent everything, and should hear why."""


async def read_json(request: Request, *, bytes_max: int) -> tuple[JsonValue, int]:
    """The body as JSON, and its length. Raises InvalidRequest or RequestTooLarge."""
    body = await _read(request, bytes_max)
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidRequest(f"The body is not JSON: {error}") from error
    try:
        orjson.dumps(content)  # As it will be sent on: it reads deeper nesting than it writes.
    except orjson.JSONEncodeError as error:
        raise InvalidRequest(f"The body cannot be sent on: {error}") from error
    return content, len(body)


async def _read(request: Request, bytes_max: int) -> bytes:
    try:
        return await _collect(request, bytes_max)
    except ClientDisconnect as error:
        raise InvalidRequest("The body is incomplete.") from error


async def _collect(request: Request, bytes_max: int) -> bytes:
    stream = request.stream()
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > bytes_max:
        await _discard(stream)
        raise RequestTooLarge(bytes_max)
    parts: list[bytes] = []
    length = 0
    async for part in stream:
        length += len(part)
        if length > bytes_max:
            await _discard(stream)
            raise RequestTooLarge(bytes_max)
        parts.append(part)
    return b"".join(parts)


async def _discard(stream: AsyncIterator[bytes]) -> None:
    length = 0
    async for part in stream:
        length += len(part)
        if length > DISCARDED_BYTES_MAX:
            return
