"""What a request probably used, when the provider does not say.

Never nothing, and never the whole hold for want of an answer: about four bytes of text make a
token, and a tenth is added because a guess must not be systematically below the bill.
"""

from onebill.domain.bounds import InputBound
from onebill.domain.chat_request import ChatRequest
from onebill.domain.json_value import JsonObject, JsonValue
from onebill.domain.money import ceil_div
from onebill.domain.usage import Usage

UNMEASURED_MEDIA_TOKENS = 3_000
"""A large picture, or a dense page of a document with its picture (Anthropic: PDF support)."""

_TOKENS_PER_40_BYTES = 11  # 4 bytes a token, and 10 % on top.
_NOT_WRITTEN_BY_THE_MODEL = ("role", "id", "type", "index")


def estimate_tokens(text_bytes: int) -> int:
    """Guess the tokens of so many UTF-8 bytes."""
    return ceil_div(text_bytes * _TOKENS_PER_40_BYTES, 40)


def estimate_usage(request: ChatRequest, *, bound: InputBound, output_tokens: int) -> Usage:
    """Guess a whole request: its text by bytes, its media by their bounds if they have any."""
    media_tokens = bound.media_tokens + bound.unmeasured * UNMEASURED_MEDIA_TOKENS
    input_tokens = estimate_tokens(request.text_bytes) + media_tokens
    return Usage(
        uncached_input_tokens=min(bound.tokens, input_tokens),
        audio_input_tokens=bound.audio_tokens,
        output_tokens=max(1, output_tokens),
    )


def written_bytes(answer: JsonObject) -> int:
    """UTF-8 bytes of what the model wrote in a buffered answer or in one chunk of a stream."""
    choices = answer.get("choices")
    if not isinstance(choices, list):
        return 0
    said = (
        choice.get("delta") or choice.get("message") or choice.get("text")
        for choice in choices
        if isinstance(choice, dict)
    )
    return _string_bytes(list(said))


def _string_bytes(value: JsonValue) -> int:
    """Sum all strings below, without recursion: a provider may nest as deep as it likes."""
    total, todo = 0, [value]
    while todo:
        match todo.pop():
            case str(text):
                total += len(text.encode(errors="surrogatepass"))
            case list(items):
                todo += items
            case dict(fields):
                todo += (
                    each for name, each in fields.items() if name not in _NOT_WRITTEN_BY_THE_MODEL
                )
    return total
