"""An answer as OpenAI's JSON: one `chat.completion`, or the bodies of its stream chunks."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

import orjson

from local.provider_twin.answers import Answer
from onebill.domain.json_value import JsonObject, JsonValue

CREATED = 1_700_000_000
"""The twin's only moment: answers must not depend on a clock."""


class Chunk(NamedTuple):
    """One chunk as JSON, and how many tokens it carries."""

    data: bytes
    tokens: int = 0


Tail: TypeAlias = bytes
"""How a chunk ends: what it says of usage, and the last brace."""


def tail(fields: JsonObject) -> Tail:
    """The end of a chunk that carries these fields."""
    return b"," + orjson.dumps(fields)[1:] if fields else b"}"


def completion(answer: Answer, usage: JsonObject | None) -> JsonObject:
    """The buffered answer, with or without usage."""
    message: JsonObject = {"role": "assistant", "content": answer.text, "refusal": None}
    if answer.function_name is not None:
        called = _called(answer.function_name, answer.text)
        call: JsonObject = {"id": _call_id(answer), "type": "function", "function": called}
        message |= {"content": None, "tool_calls": [call]}
    choices: list[JsonValue] = [
        {
            "index": index,
            "message": message,
            "logprobs": None,
            "finish_reason": answer.finish_reason,
        }
        for index in range(answer.choices)
    ]
    body = _shell(answer, "chat.completion") | {"choices": choices}
    return body if usage is None else body | {"usage": usage}


def content_chunks(
    answer: Answer, tail_after: Callable[[int], Tail], *, tokens: int
) -> Iterator[Chunk]:
    """The role of every choice, then what they say, `tokens` at a time, in turns.

    `tail_after` is told how many completion tokens have been sent, each chunk's own included.
    """
    head = _head(answer)
    # Nobody sees a provider reason, yet it is counted before the first word is sent.
    sent = answer.counts.reasoning
    for index in range(answer.choices):
        yield Chunk(head + _choice(index, _opening(answer)) + tail_after(sent))
    for start in range(0, len(answer.tokens), tokens):
        said = answer.tokens[start : start + tokens]
        delta = _delta(answer, "".join(said))
        for index in range(answer.choices):
            sent += len(said)
            yield Chunk(head + _choice(index, delta) + tail_after(sent), len(said))


def finish_chunks(answer: Answer, others: Tail, *, last: Tail) -> Iterator[Chunk]:
    """The chunks that end each choice; only the very last one has a tail of its own."""
    head = _head(answer)
    for index in range(answer.choices):
        end = last if index == answer.choices - 1 else others
        yield Chunk(head + _choice(index, {}, answer.finish_reason) + end)


def usage_chunk(answer: Answer, end: Tail) -> Chunk:
    """The extra chunk without choices that ``include_usage`` asks for."""
    return Chunk(_head(answer) + b"[]" + end)


def _head(answer: Answer) -> bytes:
    """What all chunks of an answer begin with: encoded once, as a stream has many."""
    return orjson.dumps(_shell(answer, "chat.completion.chunk"))[:-1] + b',"choices":'


def _shell(answer: Answer, kind: str) -> JsonObject:
    return {
        "id": f"chatcmpl-{answer.id}",
        "object": kind,
        "created": CREATED,
        "model": answer.model,
        "service_tier": "default",
        "system_fingerprint": "fp_twin",
    }


def _choice(index: int, delta: JsonObject, finish_reason: str | None = None) -> bytes:
    return orjson.dumps(
        [{"index": index, "delta": delta, "logprobs": None, "finish_reason": finish_reason}]
    )


def _opening(answer: Answer) -> JsonObject:
    opening: JsonObject = {"role": "assistant", "content": "", "refusal": None}
    if answer.function_name is None:
        return opening
    called = _called(answer.function_name, "")
    call: JsonObject = {"index": 0, "id": _call_id(answer), "type": "function", "function": called}
    return opening | {"content": None, "tool_calls": [call]}


def _delta(answer: Answer, text: str) -> JsonObject:
    if answer.function_name is None:
        return {"content": text}
    return {"tool_calls": [{"index": 0, "function": {"arguments": text}}]}


def _called(name: str, arguments: str) -> JsonObject:
    return {"name": name, "arguments": arguments}


def _call_id(answer: Answer) -> str:
    return f"call_{answer.id}"
