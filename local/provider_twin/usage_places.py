"""Where providers report usage in a stream."""

from dataclasses import dataclass, replace

from local.provider_twin.answers import Counts
from local.provider_twin.completion_json import Tail, tail
from local.provider_twin.usage_shapes import UsageShape
from onebill.domain.json_value import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class UsagePlaces:
    """Where usage is reported. `extra_chunk` only when the client asked to include usage."""

    buffered: bool = True
    extra_chunk: bool = False
    every_chunk: bool = False
    finish_chunk: bool = False
    x_groq: bool = False


WHEN_ASKED = UsagePlaces(extra_chunk=True)
NOWHERE = UsagePlaces(buffered=False)
IN_EVERY_CHUNK = UsagePlaces(every_chunk=True, finish_chunk=True)
IN_FINISH_CHUNK = UsagePlaces(finish_chunk=True)
AS_GROQ = UsagePlaces(extra_chunk=True, x_groq=True)


class StreamUsage:
    """What each chunk of one stream says of usage."""

    def __init__(
        self, counts: Counts, shape: UsageShape, places: UsagePlaces, *, include_usage: bool
    ) -> None:
        self._counts = counts
        self._shape = shape
        self._places = places
        self.has_extra_chunk = places.extra_chunk and include_usage
        self.nothing_yet = tail(self._null())

    def after(self, sent: int) -> Tail:
        """The end of a content chunk, once so many completion tokens have been sent."""
        if not self._places.every_chunk:
            return self.nothing_yet
        return tail({"usage": self._shape(replace(self._counts, completion=sent))})

    def at_finish(self, request_id: str) -> Tail:
        """The end of the last finish chunk."""
        if self._places.finish_chunk:
            return self.in_full()
        if not self._places.x_groq:
            return self.nothing_yet
        return tail(self._null() | self._x_groq(request_id))

    def in_full(self) -> Tail:
        """The end of a chunk that reports everything."""
        return tail({"usage": self._shape(self._counts)})

    def _null(self) -> JsonObject:
        return {"usage": None} if self.has_extra_chunk else {}

    def _x_groq(self, request_id: str) -> JsonObject:
        return {"x_groq": {"id": request_id, "usage": self._shape(self._counts)}}
