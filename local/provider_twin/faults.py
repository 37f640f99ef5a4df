"""Ways for an answer to go wrong: one small function each.

A fault of streams strikes after a few content chunks and before the finish chunk. Where a
buffered answer has an equivalent, the body is cut in half; otherwise it is left whole.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain, islice

from local.provider_twin.chat_call import ChatCall
from local.provider_twin.manners import Manner, buffered, stream, stream_reply
from local.provider_twin.provider_errors import BROKEN
from local.provider_twin.reply import (
    STREAM_HEADERS,
    Ending,
    Part,
    Reply,
    body_reply,
    in_pieces,
)

CHUNKS_BEFORE_FAULT = 5
"""How many chunks a stream sends before it fails; the first of them only names the role."""

PIECE_BYTES = 7
SLOW_PAUSE_SECONDS = 0.05

_PLAIN = Manner()


def hangs(_call: ChatCall, _chunk_tokens: int) -> Reply:
    """Accept, and never answer."""
    return Reply(status=None, ending=Ending.HANG)


def drops(_call: ChatCall, _chunk_tokens: int) -> Reply:
    """Close the connection instead of answering."""
    return Reply(status=None, ending=Ending.DROP)


def hangs_midway(call: ChatCall, chunk_tokens: int) -> Reply:
    """Fall silent within the answer."""
    return _broken_off(call, chunk_tokens, Ending.HANG)


def drops_midway(call: ChatCall, chunk_tokens: int) -> Reply:
    """Close the connection within the answer."""
    return _broken_off(call, chunk_tokens, Ending.DROP)


def ends_early(call: ChatCall, chunk_tokens: int) -> Reply:
    """End a stream properly, but without a finish chunk, usage or [DONE]."""
    if not call.stream:
        return buffered(call, _PLAIN)
    return stream_reply(_first_chunks(call, chunk_tokens))


def omits_done(call: ChatCall, chunk_tokens: int) -> Reply:
    """Send all of a stream but [DONE]."""
    if not call.stream:
        return buffered(call, _PLAIN)
    events = stream(call, _PLAIN, chunk_tokens)
    return stream_reply(chain(events.content, events.closing))


def errors_midway(call: ChatCall, chunk_tokens: int) -> Reply:
    """End a stream with an error inside an event."""
    if not call.stream:
        return buffered(call, _PLAIN)
    error = b"".join(part.data for part in BROKEN.parts)
    return stream_reply(chain(_first_chunks(call, chunk_tokens), (_PLAIN.framing.event(error),)))


def garbage(call: ChatCall, _chunk_tokens: int) -> Reply:
    """Answer with what is not JSON: a page, or an event that breaks off."""
    if not call.stream:
        return body_reply(200, b"<html><body>Bad gateway</body></html>")
    broken = _PLAIN.framing.event(b'{"id":"chatcmpl-broken","choices":[{"index":0,"delta":{"con')
    return stream_reply((broken, _PLAIN.framing.event(b"[DONE]")))


def empty(call: ChatCall, _chunk_tokens: int) -> Reply:
    """Answer with nothing."""
    nothing = body_reply(200, b"")
    return replace(nothing, headers=STREAM_HEADERS) if call.stream else nothing


def not_a_stream(call: ChatCall, _chunk_tokens: int) -> Reply:
    """Answer in one body, whatever was asked."""
    return buffered(call, _PLAIN)


def splits_bytes(reply: Reply) -> Reply:
    """The same bytes in pieces that end within characters and between a line and its end."""
    return replace(reply, parts=in_pieces(reply.parts, PIECE_BYTES))


def slow(reply: Reply) -> Reply:
    """The same answer, with a pause before each part."""
    return replace(reply, pause_seconds_min=SLOW_PAUSE_SECONDS)


def _broken_off(call: ChatCall, chunk_tokens: int, ending: Ending) -> Reply:
    if call.stream:
        return stream_reply(_first_chunks(call, chunk_tokens), ending=ending)
    whole = buffered(call, _PLAIN)
    (body,) = whole.parts
    half = body.data[: len(body.data) // 2]
    return replace(whole, parts=(Part(half),), ending=ending)


def _first_chunks(call: ChatCall, chunk_tokens: int) -> Iterable[Part]:
    return islice(stream(call, _PLAIN, chunk_tokens).content, CHUNKS_BEFORE_FAULT)
