"""Counts a prompt in tokens, deterministically and never above its UTF-8 bytes.

Text costs one token per started four bytes. Media costs what OpenAI charges for the least of it:
an image is 85 tokens however short its address, audio is by length.
"""

from dataclasses import dataclass

import orjson

from local.provider_twin.chat_call import ChatCall
from onebill.domain.json_value import JsonObject, JsonValue

BYTES_PER_TOKEN = 4
TOKENS_PER_MESSAGE = 4
TOKENS_PER_IMAGE = 85
AUDIO_TOKENS_PER_SECOND = 10
AUDIO_BYTES_PER_SECOND = 16_000

_SCHEMA_FIELDS = ("tools", "functions", "response_format")


@dataclass(frozen=True, slots=True)
class PromptTokens:
    """`total` includes `audio`."""

    total: int
    audio: int


def prompt_tokens(call: ChatCall) -> PromptTokens:
    """What the prompt of this request counts."""
    text = audio = 0
    for message in call.messages:
        text += TOKENS_PER_MESSAGE
        content = message.get("content")
        for part in content if isinstance(content, list) else [content]:
            if isinstance(part, dict) and part.get("type") == "input_audio":
                audio += _audio_tokens(part)
            else:
                text += _part_tokens(part)
        text += _json_tokens(message.get("tool_calls"))
    for field in _SCHEMA_FIELDS:
        text += _json_tokens(call.body.get(field))
    return PromptTokens(text + audio, audio)


def _part_tokens(part: JsonValue) -> int:
    """One part of a message, or all of it when it is a string."""
    if isinstance(part, str):
        return _ceil_div(len(part.encode()), BYTES_PER_TOKEN)
    if not isinstance(part, dict):
        return 0
    match part.get("type"):
        case "text":
            return _part_tokens(part.get("text") if isinstance(part.get("text"), str) else None)
        case "image_url":
            return TOKENS_PER_IMAGE
        case _:
            return _json_tokens(part)


def _json_tokens(value: JsonValue) -> int:
    return _ceil_div(len(orjson.dumps(value)), BYTES_PER_TOKEN) if value else 0


def _audio_tokens(part: JsonObject) -> int:
    audio = part.get("input_audio")
    data = audio.get("data") if isinstance(audio, dict) else None
    if not isinstance(data, str):
        return 0
    size_bytes = len(data) * 3 // 4  # Base64 carries three bytes in four characters.
    return _ceil_div(size_bytes * AUDIO_TOKENS_PER_SECOND, AUDIO_BYTES_PER_SECOND)


def _ceil_div(amount: int, divisor: int) -> int:
    return -(-amount // divisor)
