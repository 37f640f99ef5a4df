"""How an answer is told: which answer, how its usage is spelt and where, how events are framed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from local.provider_twin.answers import Answer, plain_answer
from local.provider_twin.chat_call import ChatCall
from local.provider_twin.completion_json import (
    Chunk,
    completion,
    content_chunks,
    finish_chunks,
    usage_chunk,
)
from local.provider_twin.reply import STREAM_HEADERS, Ending, Part, Reply, json_reply
from local.provider_twin.usage_places import WHEN_ASKED, StreamUsage, UsagePlaces
from local.provider_twin.usage_shapes import UsageShape, openai_usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """What stands before and after the data of each event."""

    before: bytes = b"data: "
    after: bytes = b"\n\n"

    def event(self, data: bytes, tokens: int = 0) -> Part:
        """One event."""
        return Part(self.before + data + self.after, tokens)

    def events(self, chunks: Iterable[Chunk]) -> Iterator[Part]:
        """One event for each chunk."""
        for data, tokens in chunks:
            yield self.event(data, tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """A provider's ways. The defaults are OpenAI's."""

    answer: Callable[[ChatCall], Answer] = plain_answer
    usage_shape: UsageShape = openai_usage
    usage_places: UsagePlaces = WHEN_ASKED
    framing: Framing = Framing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The events of one streamed answer, in the parts that faults cut between."""

    content: Iterator[Part]
    closing: Iterator[Part]
    done: Part


def buffered(call: ChatCall, manner: Manner) -> Reply:
    """The whole answer in one body."""
    answer = manner.answer(call)
    usage = manner.usage_shape(answer.counts) if manner.usage_places.buffered else None
    return json_reply(200, completion(answer, usage), tokens=answer.counts.completion)


def stream(call: ChatCall, manner: Manner, chunk_tokens: int) -> Stream:
    """The events of the answer, encoded as they are sent."""
    answer = manner.answer(call)
    usage = StreamUsage(
        answer.counts, manner.usage_shape, manner.usage_places, include_usage=call.include_usage
    )
    content = content_chunks(answer, usage.after, tokens=chunk_tokens)
    return Stream(
        content=manner.framing.events(content),
        closing=manner.framing.events(_closing_chunks(answer, usage)),
        done=manner.framing.event(b"[DONE]"),
    )


def stream_reply(parts: Iterable[Part], *, ending: Ending = Ending.COMPLETE) -> Reply:
    """An answer with status 200 that is sent event by event."""
    return Reply(status=200, headers=STREAM_HEADERS, parts=parts, ending=ending, is_stream=True)


def _closing_chunks(answer: Answer, usage: StreamUsage) -> Iterator[Chunk]:
    yield from finish_chunks(answer, usage.nothing_yet, last=usage.at_finish(f"req_{answer.id}"))
    if usage.has_extra_chunk:
        yield usage_chunk(answer, usage.in_full())
