"""Streams in OpenAI's shape."""

import json

import httpx
import pytest

from local.provider_twin.app import create_twin
from local.provider_twin.settings import TwinSettings
from tests.local.provider_twin.asking import (
    WEATHER_TOOL,
    a_request,
    a_stream,
    choices,
    chunks,
    text_of,
    words,
)


async def stream_of(twin, request):
    response = await twin.post("/chat/completions", json=request)
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    return chunks(response.content)


async def test_a_stream_has_openai_s_shape(twin):
    role, first, second, finish, usage = await stream_of(twin, a_stream(tokens=2))

    shell = {key: role.pop(key) for key in ("id", "object", "created", "model")}
    assert shell["object"] == "chat.completion.chunk"
    assert role == {
        "service_tier": "default",
        "system_fingerprint": "fp_twin",
        "choices": [
            {
                "index": 0,
                "delta": {"role": "assistant", "content": "", "refusal": None},
                "logprobs": None,
                "finish_reason": None,
            }
        ],
        "usage": None,
    }
    assert first["choices"][0]["delta"] == {"content": "w0"}
    assert second["choices"][0]["delta"] == {"content": " w1"}
    assert finish["choices"][0] == {
        "index": 0,
        "delta": {},
        "logprobs": None,
        "finish_reason": "stop",
    }
    assert first["usage"] is second["usage"] is finish["usage"] is None
    assert usage["choices"] == []
    assert usage["usage"]["completion_tokens"] == 2
    assert [chunk["id"] for chunk in (first, second, finish, usage)] == [shell["id"]] * 4


async def test_a_stream_reports_no_usage_unless_asked(twin):
    unasked = await stream_of(twin, a_stream(include_usage=False))
    declined = await stream_of(twin, a_request(stream=True, stream_options={}))

    assert not any("usage" in chunk for chunk in unasked + declined)
    assert all(chunk["choices"] for chunk in unasked + declined)


async def test_a_stream_says_what_a_body_says(twin):
    whole = (await twin.post("/chat/completions", json=a_request(tokens=30))).json()
    stream = await stream_of(twin, a_stream(tokens=30))

    assert text_of(stream) == whole["choices"][0]["message"]["content"]
    assert len(stream[-1]["usage"]) == len(whole["usage"])


async def test_the_same_request_gets_the_same_stream(twin):
    first = await twin.post("/chat/completions", json=a_stream())
    second = await twin.post("/chat/completions", json=a_stream())

    assert first.content == second.content


async def test_a_capped_stream_says_so(twin):
    *_content, finish, usage = await stream_of(twin, a_stream(tokens=9, max_tokens=4))

    assert finish["choices"][0]["finish_reason"] == "length"
    assert usage["usage"]["completion_tokens"] == 4


async def test_choices_take_turns(twin):
    *stream, usage = await stream_of(twin, a_stream(tokens=2, n=2))

    assert [choice["index"] for choice in choices(stream)] == [0, 1] * 4
    assert usage["usage"]["completion_tokens"] == 4


async def test_arguments_arrive_in_pieces(twin):
    *stream, _usage = await stream_of(twin, a_stream(tools=[WEATHER_TOOL]))

    opening, *deltas, finish = choices(stream)
    (call,) = opening["delta"]["tool_calls"]
    pieces = [delta["delta"]["tool_calls"][0]["function"]["arguments"] for delta in deltas]
    assert opening["delta"]["content"] is None
    assert call["type"] == "function"
    assert call["id"].startswith("call_")
    assert call["function"] == {"name": "weather", "arguments": ""}
    assert json.loads("".join(pieces)) == {"city": "text", "days": 1}
    assert finish["finish_reason"] == "tool_calls"


@pytest.mark.parametrize(("chunk_tokens", "deltas"), [(1, 10), (3, 4), (10, 1), (100, 1)])
async def test_a_chunk_carries_as_many_tokens_as_it_is_told(chunk_tokens, deltas):
    transport = httpx.ASGITransport(create_twin(TwinSettings(chunk_tokens=chunk_tokens)))
    headers = {"authorization": "Bearer any"}
    async with httpx.AsyncClient(transport=transport, base_url="http://twin") as twin:
        response = await twin.post("/chat/completions", json=a_stream(tokens=10), headers=headers)

    _role, *content, _finish, _usage = chunks(response.content)
    assert len(content) == deltas
    assert len(words(text_of(content))) == 10
