"""Reading a provider's event stream while it passes through.

Bytes go to the client as they come, whole events at a time; a copy is watched for usage. Two
things are held back until the request is settled: the extra usage chunk, which the client gets
with its cost, or not at all if it did not ask for one, and ``[DONE]``, so that a client that
has seen the end also sees the money moved.

Events are split at blank lines only: JSON may contain U+2028 and other exotic line ends.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from onebill.domain.estimate import estimate_tokens, written_bytes
from onebill.domain.json_value import JsonObject, JsonValue

EVENT_BYTES_MAX = 8 * 1024 * 1024
"""A longer event is passed on unread: no provider sends one, and memory is bounded."""

SAMPLE_BYTES_MAX = 256 * 1024
"""How much of a stream is kept to estimate its tokens, should usage never come."""

_DONE = b"[DONE]"
_USAGE = b'"usage"'
_ERROR = b'"error"'
_USAGE_FIELDS = ("usage", "x_groq")
_NULL_USAGE = re.compile(rb'"usage"\s*:\s*null')
_EVENT = re.compile(rb".*?(?:\n\n|\n\r\n|\r\r|\Z)", re.DOTALL)
_BLANK_LINES = (b"\n\n", b"\n\r\n", b"\r\r")
_DATA_LINE = re.compile(rb"^data:[ ]?(.*)$", re.MULTILINE)


@dataclass(slots=True)
class EventStream:
    """One stream, fed chunk by chunk. What `feed` returns is forwarded at once."""

    wants_usage: bool
    usage: JsonValue = None
    done: bool = False
    failed: bool = False
    forwarded_bytes: int = 0
    _pending: bytes = b""
    _ends_between_events: bool = True
    _usage_chunk: JsonObject | None = None
    _done_event: bytes = b""
    _sample: list[bytes] = field(default_factory=list)
    _sample_bytes: int = 0

    def feed(self, chunk: bytes) -> bytes:
        """Take what arrived and return what may go on: complete events, nothing else."""
        data = self._pending + chunk if self._pending else chunk
        end = _end_of_last_event(data)
        if end == len(data):
            self._pending = b""
        elif len(data) - end > EVENT_BYTES_MAX:
            end, self._pending = len(data), b""
        else:
            data, self._pending = data[:end], data[end:]
        if not data:
            return b""
        return self._forward(data if self._is_plain(data) else self._sift(data))

    def end(self) -> bytes:
        """Return an incomplete last event, which some providers leave without a blank line."""
        rest, self._pending = self._pending, b""
        return self._forward(self._sift(rest)) if rest else b""

    @property
    def has_begun(self) -> bool:
        """Tell whether anything was passed on that can be said to be produced."""
        if self.failed:
            return any(content.get("choices") for content in self._sampled())
        return self.forwarded_bytes > 0

    def closing(self, *, stated_usage: bytes) -> bytes:
        """The end of a settled stream: its usage, if it was asked for, then ``[DONE]``."""
        usage_event = self._usage_event(stated_usage) if self.wants_usage else b""
        return self._after_last_event(usage_event + self._done_event)

    def breaking_off(self, *, message: str, code: str) -> bytes:
        """The in-band error that ends a stream which failed after it began."""
        error = {"message": message, "type": "provider_error", "code": code, "param": None}
        return self._after_last_event(
            b"event: error\ndata: %b\n\n" % json.dumps({"error": error}).encode()
        )

    def _after_last_event(self, ending: bytes) -> bytes:
        """Finish the last event first, if the provider left it without its blank line."""
        return ending if self._ends_between_events or not ending else b"\n\n" + ending

    def estimated_output_tokens(self) -> int:
        """Tokens of the text that was forwarded, from the kept sample scaled to the whole."""
        text_bytes = sum(written_bytes(content) for content in self._sampled())
        if self._sample_bytes < self.forwarded_bytes:
            text_bytes = text_bytes * self.forwarded_bytes // self._sample_bytes
        return estimate_tokens(text_bytes)

    def _usage_event(self, stated_usage: bytes) -> bytes:
        """OpenAI's extra chunk, whatever shape usage arrived in, or whether it arrived."""
        chunk = self._usage_chunk or next(iter(self._sampled()), {})
        rest = {name: value for name, value in chunk.items() if name not in _USAGE_FIELDS}
        text = json.dumps({**rest, "choices": []}, separators=(",", ":")).encode()
        return b'data: %b,"usage":%b}\n\n' % (text[:-1], stated_usage)

    def _sampled(self) -> Iterator[JsonObject]:
        """The events of the sample, decoded."""
        for event in _EVENT.findall(b"".join(self._sample)):
            content = _decoded(_payload(event))
            if content is not None:
                yield content

    def _forward(self, data: bytes) -> bytes:
        self.forwarded_bytes += len(data)
        if data:
            self._ends_between_events = data.endswith(_BLANK_LINES)
        if self._sample_bytes < SAMPLE_BYTES_MAX:
            self._sample.append(data)
            self._sample_bytes += len(data)
        return data

    @staticmethod
    def _is_plain(data: bytes) -> bool:
        """Tell, at the speed of C, that no event here needs a look."""
        if _DONE in data or _ERROR in data:
            return False
        mentions = data.count(_USAGE)
        return mentions == 0 or mentions == len(_NULL_USAGE.findall(data))

    def _sift(self, data: bytes) -> bytes:
        return b"".join(
            event for event in _EVENT.findall(data) if event and not self._hold_back(event)
        )

    def _hold_back(self, event: bytes) -> bool:
        """Note what the event says; True if the client gets it later, or never."""
        payload = _payload(event)
        if payload.strip() == _DONE:
            self.done = True
            self._done_event = event
            return True
        content = _decoded(payload)
        if content is None:
            return False
        if content.get("error"):
            self.failed = True
        usage = _usage_in(content)
        if usage is None:
            return False
        self.usage = usage
        self._usage_chunk = content
        return content.get("choices") == [] and not content.get("error")


def _end_of_last_event(data: bytes) -> int:
    ends = (data.rfind(b"\n\n") + 2, data.rfind(b"\n\r\n") + 3, data.rfind(b"\r\r") + 2)
    return max(
        (end for end, length in zip(ends, (2, 3, 2), strict=True) if end >= length), default=0
    )


def _payload(event: bytes) -> bytes:
    return b"\n".join(line.rstrip(b"\r") for line in _DATA_LINE.findall(event))


def _decoded(payload: bytes) -> JsonObject | None:
    try:
        content = json.loads(payload, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _usage_in(content: JsonObject) -> JsonValue:
    """Usage where OpenAI puts it, or where Groq does."""
    usage = content.get("usage")
    if usage is None and isinstance(groq := content.get("x_groq"), dict):
        usage = groq.get("usage")
    return usage


def _refuse_constant(constant: str) -> None:
    """NaN and the infinities are no JSON, and must not get into ours."""
    raise ValueError(constant)
