"""What goes over the wire for one request: plain data, computed before anything is sent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, TypeAlias

import orjson

from local.provider_twin.refusals import error_json
from onebill.domain.json_value import JsonObject

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]

JSON_HEADER = (b"content-type", b"application/json")
STREAM_HEADERS: Headers = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
)


class Ending(Enum):
    """What follows the last byte."""

    COMPLETE = "the answer's proper end"
    HANG = "silence, until the client leaves"
    DROP = "a closed connection"


class Part(NamedTuple):
    """Bytes sent at once. Before each part of a stream the twin waits, unless `at_once`."""

    data: bytes
    tokens: int = 0
    at_once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer. Without a `status` not even a status line is sent."""

    status: int | None
    headers: Headers = ()
    parts: Iterable[Part] = ()
    ending: Ending = Ending.COMPLETE
    is_stream: bool = False
    pause_seconds_min: float = 0.0


def json_reply(
    status: int, body: JsonObject | list[JsonObject], *, headers: Headers = (), tokens: int = 0
) -> Reply:
    """A buffered answer."""
    return body_reply(status, orjson.dumps(body), headers=headers, tokens=tokens)


def body_reply(status: int, data: bytes, *, headers: Headers = (), tokens: int = 0) -> Reply:
    """A buffered answer whose body claims to be JSON, whatever it is."""
    length = (b"content-length", str(len(data)).encode())
    return Reply(
        status=status, headers=(JSON_HEADER, length, *headers), parts=(Part(data, tokens),)
    )


def error_reply(
    status: int,
    message: str,
    *,
    kind: str = "invalid_request_error",
    code: str | None = None,
    headers: Headers = (),
) -> Reply:
    """A refusal in OpenAI's shape."""
    return json_reply(status, error_json(message, kind=kind, code=code), headers=headers)


def in_pieces(parts: Iterable[Part], size: int) -> Iterator[Part]:
    """The same bytes in pieces of one size, which pay no heed to where an event ends."""
    waiting = b""
    for data, tokens, _ in parts:
        waiting += data
        whole = len(waiting) // size * size
        for start in range(0, whole, size):
            is_first = start == 0
            yield Part(waiting[start : start + size], tokens if is_first else 0, not is_first)
        waiting = waiting[whole:]
    if waiting:
        yield Part(waiting, at_once=True)
