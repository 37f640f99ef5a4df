"""Every behaviour the twin can be asked for, by the name of its model.

The part of a model's name after the last slash selects one; any other name is `echo`. README.md
repeats this table, and a test compares the two.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

from local.provider_twin import answers, faults, provider_errors, usage_places
from local.provider_twin.chat_call import ChatCall
from local.provider_twin.manners import Framing, Manner, buffered, stream, stream_reply
from local.provider_twin.reply import Reply
from local.provider_twin.usage_shapes import deepseek_usage, reasoning_apart_usage

Behave: TypeAlias = Callable[[ChatCall, int], Reply]
"""From a request, and the tokens per stream chunk, to what is sent."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One row of the table."""

    name: str
    summary: str
    reply: Behave


def behaviour_of(call: ChatCall) -> Behaviour:
    """The behaviour this request asks for."""
    return BEHAVIOURS.get(call.behaviour_name, ECHO)


def _answers(manner: Manner) -> Behave:
    """Answer to the end, in a provider's manner."""

    def reply(call: ChatCall, chunk_tokens: int) -> Reply:
        if not call.stream:
            return buffered(call, manner)
        events = stream(call, manner, chunk_tokens)
        return stream_reply(chain(events.content, events.closing, (events.done,)))

    return reply


def _refuses(refusal: Reply) -> Behave:
    """Answer with an error, always the same."""
    return lambda _call, _chunk_tokens: refusal


def _altered(behave: Behave, alter: Callable[[Reply], Reply]) -> Behave:
    """Answer the same, but send it differently."""
    return lambda call, chunk_tokens: alter(behave(call, chunk_tokens))


_PLAIN = _answers(Manner())
_TRICKY = _answers(Manner(answer=answers.tricky_answer))
_OPENROUTER = Framing(before=b": PROCESSING\r\n\r\ndata: ", after=b"\r\n\r\n")

ECHO = Behaviour("echo", "answers normally", _PLAIN)

_TABLE = (
    ECHO,
    Behaviour("refuses", "400, `content_policy_violation`", _refuses(provider_errors.REFUSED)),
    Behaviour("refuses-404", "404, `model_not_found`", _refuses(provider_errors.NO_SUCH_MODEL)),
    Behaviour("rate-limits", "429 with `Retry-After: 7`", _refuses(provider_errors.RATE_LIMITED)),
    Behaviour("rejects-key", "401, `invalid_api_key`", _refuses(provider_errors.WRONG_KEY)),
    Behaviour("error-500", "500", _refuses(provider_errors.BROKEN)),
    Behaviour("error-503", "503", _refuses(provider_errors.UNAVAILABLE)),
    Behaviour("overloaded-529", "529, `overloaded_error`", _refuses(provider_errors.OVERLOADED)),
    Behaviour("hangs", "accepts, then silence until the client leaves", faults.hangs),
    Behaviour(
        "hangs-mid-stream", "five chunks (or half a body), then silence", faults.hangs_midway
    ),
    Behaviour("drops", "closes the connection without an answer", faults.drops),
    Behaviour(
        "drops-mid-stream",
        "five chunks (or half a body), then closes the connection",
        faults.drops_midway,
    ),
    Behaviour(
        "ends-early",
        "five chunks, then a proper end: no finish chunk, no usage, no `[DONE]`",
        faults.ends_early,
    ),
    Behaviour("omits-done", "a complete stream, but no `[DONE]` (Anthropic)", faults.omits_done),
    Behaviour(
        "errors-mid-stream",
        "five chunks, an event with `error`, a proper end without `[DONE]`",
        faults.errors_midway,
    ),
    Behaviour(
        "omits-usage",
        "no `usage` anywhere, asked or not",
        _answers(Manner(usage_places=usage_places.NOWHERE)),
    ),
    Behaviour(
        "exceeds-hold",
        "three times as many words as the cap allows, and counts them",
        _answers(Manner(answer=answers.overlong_answer)),
    ),
    Behaviour(
        "exceeds-prompt",
        "ten prompt tokens for each byte of the request",
        _answers(Manner(answer=answers.exaggerated_answer)),
    ),
    Behaviour("garbage", "200 with a page, or with one broken event and `[DONE]`", faults.garbage),
    Behaviour("empty", "200 without a body", faults.empty),
    Behaviour("not-a-stream", "one JSON body even for a stream", faults.not_a_stream),
    Behaviour(
        "usage-in-every-chunk",
        "cumulative usage in every chunk, asked or not (Gemini, Perplexity)",
        _answers(Manner(usage_places=usage_places.IN_EVERY_CHUNK)),
    ),
    Behaviour(
        "usage-in-finish-chunk",
        "usage in the finish chunk, asked or not (Mistral)",
        _answers(Manner(usage_places=usage_places.IN_FINISH_CHUNK)),
    ),
    Behaviour(
        "groq-usage",
        "`x_groq.usage` in the finish chunk, and the extra chunk if asked (Groq)",
        _answers(Manner(usage_places=usage_places.AS_GROQ)),
    ),
    Behaviour(
        "reasons",
        "as many reasoning tokens as words, inside `completion_tokens`",
        _answers(Manner(answer=answers.thoughtful_answer)),
    ),
    Behaviour(
        "reasons-apart",
        "the same, outside `completion_tokens` but inside `total_tokens` (xAI)",
        _answers(Manner(answer=answers.thoughtful_answer, usage_shape=reasoning_apart_usage)),
    ),
    Behaviour(
        "caches",
        "half of the prompt in `cached_tokens`, rounded down",
        _answers(Manner(answer=answers.cached_answer)),
    ),
    Behaviour(
        "deepseek-cache",
        "the same in `prompt_cache_hit_tokens` and `prompt_cache_miss_tokens` alone (DeepSeek)",
        _answers(Manner(answer=answers.cached_answer, usage_shape=deepseek_usage)),
    ),
    Behaviour(
        "crlf",
        "a comment line before each event, all separated by CR LF (OpenRouter)",
        _answers(Manner(framing=_OPENROUTER)),
    ),
    Behaviour(
        "splits-bytes",
        "multi-byte text, U+2028 and the word `usage`, sent in pieces of 7 bytes",
        _altered(_TRICKY, faults.splits_bytes),
    ),
    Behaviour("slow", "at least 50 ms before each chunk", _altered(_PLAIN, faults.slow)),
)

BEHAVIOURS: Mapping[str, Behaviour] = {behaviour.name: behaviour for behaviour in _TABLE}
