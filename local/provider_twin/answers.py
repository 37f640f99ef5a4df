"""What the twin answers, computed from the request alone: the same request, the same answer.

Text is the words "w0 w1 w2 …", one token each. JSON (tool arguments, structured output) is cut
into pieces of four characters, one token each. `tokens=N` in the last message of the user asks
for N words; the request's own cap cuts everything, JSON too, as a real provider does.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256

import orjson

from local.provider_twin.chat_call import ChatCall
from local.provider_twin.prompt_tokens import prompt_tokens
from local.provider_twin.schema_values import schema_value
from onebill.domain.json_value import JsonObject

WORDS_DEFAULT = 20
"""How many words answer a request that does not say."""

OUTPUT_TOKENS_MAX = 131_072
"""The most tokens one choice may have; no request can make the twin speak longer."""

CHARACTERS_PER_JSON_TOKEN = 4
OVERSHOOT = 3
"""How many times its cap an answer is long that exceeds it."""

EXAGGERATION = 10
"""How many times the bytes of its request a prompt counts that is exaggerated."""

_WANTED = re.compile(r"tokens=(\d{1,9})")
_TRAPS = ("naïve", "日本語", "a\u2028b", "usage", '"usage":{"prompt_tokens":1}', "🙂", "data:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Token counts of a whole answer. `completion` includes `reasoning`, `prompt` the others."""

    prompt: int
    cached: int = 0
    audio: int = 0
    completion: int
    reasoning: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`tokens` are what each choice says: text, or the arguments for `function_name`."""

    id: str
    model: str
    choices: int
    tokens: list[str]
    function_name: str | None
    finish_reason: str
    counts: Counts

    @property
    def text(self) -> str:
        """All tokens of one choice."""
        return "".join(self.tokens)


def plain_answer(call: ChatCall) -> Answer:
    """The answer of a provider without surprises."""
    return _compose(call, _speech(call, plain_words))


def thoughtful_answer(call: ChatCall) -> Answer:
    """Reasons for as many tokens as it speaks, but for no more than half of the cap."""
    speech = _speech(call, plain_words)
    return _compose(call, speech, reasoning=min(len(speech), _cap(call) // 2))


def tricky_answer(call: ChatCall) -> Answer:
    """Speaks in words that break parsers: multi-byte, U+2028, JSON and SSE inside the text."""
    return _compose(call, _speech(call, tricky_words))


def overlong_answer(call: ChatCall) -> Answer:
    """Text three times as long as its cap, or as what was wanted when there is no cap."""
    length = OVERSHOOT * min(call.output_cap or _wanted(call), OUTPUT_TOKENS_MAX)
    text_only = replace(call, output_cap=length, function=None, json_schema=None)
    return _compose(text_only, plain_words(length))


def exaggerated_answer(call: ChatCall) -> Answer:
    """A normal answer that claims a prompt far above the bytes of the request."""
    answer = plain_answer(call)
    return replace(answer, counts=replace(answer.counts, prompt=EXAGGERATION * call.size_bytes))


def cached_answer(call: ChatCall) -> Answer:
    """A normal answer whose prompt was half cached, rounded down."""
    answer = plain_answer(call)
    return replace(answer, counts=replace(answer.counts, cached=answer.counts.prompt // 2))


def plain_words(count: int) -> list[str]:
    """As many tokens, which joined are the words w0, w1, w2 …, a space between them."""
    return ["w0", *(f" w{index}" for index in range(1, count))] if count else []


def tricky_words(count: int) -> list[str]:
    """As many tokens, which joined are the traps over and over, a space between them."""
    return [
        _TRAPS[index % len(_TRAPS)] if index == 0 else f" {_TRAPS[index % len(_TRAPS)]}"
        for index in range(count)
    ]


def _speech(call: ChatCall, words: Callable[[int], list[str]]) -> list[str]:
    """Everything the model would say if nothing capped it."""
    if call.function is not None:
        parameters = call.function.get("parameters")
        return _json_tokens(parameters if isinstance(parameters, dict) else {})
    if call.json_schema is not None:
        return _json_tokens(call.json_schema)
    return words(_wanted(call))


def _json_tokens(schema: JsonObject) -> list[str]:
    text = orjson.dumps(schema_value({"type": "object", **schema})).decode()
    starts = range(0, len(text), CHARACTERS_PER_JSON_TOKEN)
    return [text[start : start + CHARACTERS_PER_JSON_TOKEN] for start in starts]


def _compose(call: ChatCall, speech: list[str], *, reasoning: int = 0) -> Answer:
    tokens = speech[: _cap(call) - reasoning]
    prompt = prompt_tokens(call)
    finished = "stop" if call.function is None else "tool_calls"
    return Answer(
        id=sha256(orjson.dumps(call.body, option=orjson.OPT_SORT_KEYS)).hexdigest()[:24],
        model=call.model,
        choices=call.choices,
        tokens=tokens,
        function_name=None if call.function is None else str(call.function["name"]),
        finish_reason=finished if len(tokens) == len(speech) else "length",
        counts=Counts(
            prompt=prompt.total,
            audio=prompt.audio,
            completion=call.choices * (len(tokens) + reasoning),
            reasoning=call.choices * reasoning,
        ),
    )


def _cap(call: ChatCall) -> int:
    return min(call.output_cap or OUTPUT_TOKENS_MAX, OUTPUT_TOKENS_MAX)


def _wanted(call: ChatCall) -> int:
    """How many words the last message of the user asks for."""
    for message in reversed(call.messages):
        if message["role"] == "user":
            found = _WANTED.search(_text(message))
            return min(int(found[1]), OUTPUT_TOKENS_MAX + 1) if found else WORDS_DEFAULT
    return WORDS_DEFAULT


def _text(message: JsonObject) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    return " ".join(text for text in texts if isinstance(text, str))
