"""What the twin answers in one body, and how it counts."""

import json

import pytest

from tests.local.provider_twin.asking import PNG, WEATHER_TOOL, a_request, words

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "tags": {"type": "array"}, "hot": {"const": False}},
    "required": ["city", "tags", "hot"],
}


async def answer_to(twin, **fields):
    response = await twin.post("/chat/completions", json=a_request(**fields))
    assert response.status_code == 200
    return response.json()


async def prompt_tokens(twin, content, **fields):
    messages = [{"role": "user", "content": content}]
    answer = await answer_to(twin, messages=messages, **fields)
    return answer["usage"]["prompt_tokens"]


async def test_the_answer_has_openai_s_shape(twin):
    answer = await answer_to(twin, tokens=3)

    assert answer.pop("id").startswith("chatcmpl-")
    assert answer == {
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "twin/echo",
        "service_tier": "default",
        "system_fingerprint": "fp_twin",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "w0 w1 w2", "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 8,
            "completion_tokens": 3,
            "total_tokens": 11,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        },
    }


async def test_the_same_request_gets_the_same_bytes(twin):
    first = await twin.post("/chat/completions", json=a_request())
    same = await twin.post("/chat/completions", json=dict(reversed(a_request().items())))
    other = await twin.post("/chat/completions", json=a_request(user="somebody"))

    assert first.content == same.content
    assert first.json()["id"] != other.json()["id"]


@pytest.mark.parametrize(
    ("fields", "count", "finish_reason"),
    [
        pytest.param({}, 20, "stop", id="by-default"),
        pytest.param({"tokens": 7}, 7, "stop", id="as-wanted"),
        pytest.param({"tokens": 0}, 0, "stop", id="nothing"),
        pytest.param({"tokens": 7, "max_tokens": 7}, 7, "stop", id="just-within"),
        pytest.param({"tokens": 7, "max_tokens": 6}, 6, "length", id="capped"),
        pytest.param({"max_completion_tokens": 5}, 5, "length", id="capped-new-name"),
        pytest.param({"max_completion_tokens": 5, "max_tokens": 4}, 4, "length", id="smaller-cap"),
        pytest.param({"tokens": 999_999_999}, 131_072, "length", id="without-end"),
    ],
)
async def test_the_cap_and_the_wish_decide_the_length(twin, fields, count, finish_reason):
    answer = await answer_to(twin, **fields)

    (choice,) = answer["choices"]
    assert len(words(choice["message"]["content"])) == count
    assert choice["finish_reason"] == finish_reason
    assert answer["usage"]["completion_tokens"] == count


async def test_only_the_last_message_of_the_user_wishes(twin):
    messages = [
        {"role": "user", "content": "tokens=5"},
        {"role": "assistant", "content": "tokens=6"},
        {"role": "user", "content": [{"type": "text", "text": "tokens=3"}]},
        {"role": "assistant", "content": "tokens=7"},
    ]
    answer = await answer_to(twin, messages=messages)
    unasked = await answer_to(twin, messages=[{"role": "system", "content": "tokens=5"}])

    assert answer["usage"]["completion_tokens"] == 3
    assert unasked["usage"]["completion_tokens"] == 20


async def test_each_choice_is_counted(twin):
    answer = await answer_to(twin, tokens=4, n=3)

    assert [choice["index"] for choice in answer["choices"]] == [0, 1, 2]
    assert answer["usage"]["completion_tokens"] == 12


async def test_a_tool_is_called_with_arguments_that_satisfy_its_schema(twin):
    answer = await answer_to(twin, tools=[WEATHER_TOOL])

    (choice,) = answer["choices"]
    (call,) = choice["message"]["tool_calls"]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] is None
    assert call["function"] == {"name": "weather", "arguments": '{"city":"text","days":1}'}
    assert answer["usage"]["completion_tokens"] == 6


async def test_the_named_tool_is_called(twin):
    other = {"type": "function", "function": {"name": "other"}}
    named = {"type": "function", "function": {"name": "other"}}
    answer = await answer_to(twin, tools=[WEATHER_TOOL, other], tool_choice=named)

    (call,) = answer["choices"][0]["message"]["tool_calls"]
    assert call["function"] == {"name": "other", "arguments": "{}"}


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"tool_choice": "none"}, id="forbidden"),
        pytest.param(
            {
                "messages": [
                    {"role": "user", "content": "tokens=20"},
                    {"role": "assistant", "tool_calls": [{"id": "call_1"}]},
                    {"role": "tool", "tool_call_id": "call_1", "content": "sunny"},
                ]
            },
            id="after-its-result",
        ),
        pytest.param({"tools": [{"type": "custom", "custom": {"name": "x"}}]}, id="custom"),
    ],
)
async def test_text_is_answered_when_no_function_can_be_called(twin, fields):
    answer = await answer_to(twin, **{"tools": [WEATHER_TOOL], **fields})

    (choice,) = answer["choices"]
    assert choice["message"]["content"].startswith("w0 w1")
    assert choice["finish_reason"] == "stop"


async def test_arguments_are_cut_by_the_cap(twin):
    answer = await answer_to(twin, tools=[WEATHER_TOOL], max_tokens=2)

    (choice,) = answer["choices"]
    (call,) = choice["message"]["tool_calls"]
    assert call["function"]["arguments"] == '{"city":'
    assert choice["finish_reason"] == "length"
    assert answer["usage"]["completion_tokens"] == 2


@pytest.mark.parametrize(
    ("response_format", "content"),
    [
        pytest.param({"type": "json_object"}, {}, id="any-object"),
        pytest.param({"type": "json_schema", "json_schema": {"name": "any"}}, {}, id="no-schema"),
        pytest.param(
            {"type": "json_schema", "json_schema": {"name": "city", "schema": SCHEMA}},
            {"city": "text", "tags": [], "hot": False},
            id="schema",
        ),
    ],
)
async def test_a_json_answer_satisfies_its_schema(twin, response_format, content):
    answer = await answer_to(twin, response_format=response_format)

    assert json.loads(answer["choices"][0]["message"]["content"]) == content


async def test_a_text_format_is_no_format(twin):
    answer = await answer_to(twin, response_format={"type": "text"}, tokens=1)

    assert answer["choices"][0]["message"]["content"] == "w0"


async def test_text_costs_a_token_per_started_four_bytes(twin):
    assert await prompt_tokens(twin, "") == 4
    assert await prompt_tokens(twin, "abcd") == 5
    assert await prompt_tokens(twin, "abcde") == 6
    assert await prompt_tokens(twin, "日本") == 6
    assert await prompt_tokens(twin, [{"type": "text", "text": "abcd"}] * 2) == 6


async def test_images_audio_and_files_have_prices_of_their_own(twin):
    second = "A" * (16_000 * 4 // 3)
    image = {"type": "image_url", "image_url": {"url": PNG}}
    audio = {"type": "input_audio", "input_audio": {"data": second * 3, "format": "wav"}}
    document = {"type": "file", "file": {"file_data": "A" * 1000}}

    assert await prompt_tokens(twin, [image, image]) == 4 + 2 * 85
    assert await prompt_tokens(twin, [audio]) == 4 + 30
    assert 4 + 250 <= await prompt_tokens(twin, [document]) <= 4 + 270


async def test_audio_is_also_reported_apart(twin):
    audio = {"type": "input_audio", "input_audio": {"data": "A" * 4000, "format": "wav"}}
    answer = await answer_to(twin, messages=[{"role": "user", "content": [audio]}])

    assert answer["usage"]["prompt_tokens_details"]["audio_tokens"] == 2


@pytest.mark.parametrize("audio", [None, "AAAA", {"data": 7}])
async def test_audio_without_sound_is_free(twin, audio):
    part = {"type": "input_audio", "input_audio": audio}

    assert await prompt_tokens(twin, [part]) == 4


@pytest.mark.parametrize("field", ["tools", "functions", "response_format"])
async def test_schemas_are_read_as_text(twin, field):
    values = {
        "tools": [WEATHER_TOOL],
        "functions": [WEATHER_TOOL["function"]],
        "response_format": {"type": "json_object"},
    }
    size_bytes = len(json.dumps(values[field], separators=(",", ":")))

    assert await prompt_tokens(twin, "", **{field: values[field]}) == 4 + -(-size_bytes // 4)
