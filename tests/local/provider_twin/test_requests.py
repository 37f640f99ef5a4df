"""Who may call, and which requests are refused: in OpenAI's shape, with OpenAI's status."""

import pytest

from tests.local.provider_twin.asking import WEATHER_TOOL, a_request


@pytest.mark.parametrize("prefix", ["", "/v1", "/openai/v1", "/v1beta/openai"])
async def test_any_prefix_leads_to_the_same_provider(twin, prefix):
    answer = await twin.post(f"http://twin{prefix}/chat/completions", json=a_request())
    models = await twin.get(f"http://twin{prefix}/models")

    assert (answer.status_code, models.status_code) == (200, 200)


@pytest.mark.parametrize(
    ("authorization", "status", "code"),
    [
        pytest.param("", 401, None, id="none"),
        pytest.param("Bearer ", 401, None, id="empty"),
        pytest.param("Basic abc", 401, None, id="other-scheme"),
        pytest.param("Bearer invalid-provider-key", 401, "invalid_api_key", id="invalid"),
        pytest.param("Bearer no-credit", 402, "insufficient_quota", id="no-credit"),
        pytest.param("Bearer rate-limited", 429, "rate_limit_exceeded", id="rate-limited"),
        pytest.param("bearer sk-anything", 200, None, id="any"),
    ],
)
async def test_keys_decide_who_is_answered(twin, authorization, status, code):
    headers = {"authorization": authorization}
    answer = await twin.post("/chat/completions", json=a_request(), headers=headers)

    assert answer.status_code == status
    assert answer.json().get("error", {}).get("code") == code


async def test_a_rate_limited_key_is_told_when_to_come_back(twin):
    headers = {"authorization": "Bearer rate-limited"}
    answer = await twin.post("/chat/completions", json=a_request(), headers=headers)

    assert answer.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        pytest.param({"model": None}, None, None, id="no-model"),
        pytest.param({"model": 7}, "model", "invalid_type", id="model-number"),
        pytest.param({"messages": None}, "messages", "missing_required_parameter", id="absent"),
        pytest.param({"messages": "hi"}, "messages", "invalid_type", id="messages-text"),
        pytest.param({"messages": []}, "messages", "empty_array", id="messages-empty"),
        pytest.param({"messages": ["hi"]}, "messages[0]", "invalid_type", id="message-text"),
        pytest.param(
            {"messages": [{"content": "hi"}]},
            "messages[0].role",
            "missing_required_parameter",
            id="no-role",
        ),
        pytest.param(
            {"messages": [{"role": "robot", "content": "hi"}]},
            "messages[0].role",
            "invalid_value",
            id="unknown-role",
        ),
        pytest.param(
            {"messages": [{"role": "user"}]}, "messages[0].content", "invalid_type", id="silence"
        ),
        pytest.param(
            {"messages": [{"role": "user", "content": ["hi"]}]},
            "messages[0].content[0]",
            "invalid_type",
            id="part-text",
        ),
        pytest.param({"temperature": 2.1}, "temperature", "decimal_above_max_value", id="too-hot"),
        pytest.param({"temperature": -1}, "temperature", "decimal_below_min_value", id="too-cold"),
        pytest.param({"temperature": "hot"}, "temperature", "invalid_type", id="hot"),
        pytest.param({"max_tokens": 0}, "max_tokens", "integer_below_min_value", id="no-output"),
        pytest.param({"max_tokens": 1.5}, "max_tokens", "invalid_type", id="half-a-token"),
        pytest.param({"n": 129}, "n", "integer_above_max_value", id="too-many-choices"),
        pytest.param({"stream": "yes"}, "stream", "invalid_type", id="stream-text"),
        pytest.param({"stream_options": {}}, "stream_options", None, id="options-alone"),
        pytest.param(
            {"stream": True, "stream_options": "all"},
            "stream_options",
            "invalid_type",
            id="options-text",
        ),
        pytest.param({"tools": "all"}, "tools", "invalid_type", id="tools-text"),
        pytest.param(
            {"tools": [{"type": "function"}]},
            "tools[0].function.name",
            "missing_required_parameter",
            id="nameless-tool",
        ),
        pytest.param(
            {"tools": [WEATHER_TOOL], "tool_choice": {"function": {"name": "other"}}},
            "tool_choice",
            None,
            id="unknown-tool",
        ),
        pytest.param(
            {"response_format": {"type": "xml"}},
            "response_format.type",
            "invalid_value",
            id="unknown-format",
        ),
        pytest.param(
            {"response_format": {"type": "json_schema"}},
            "response_format.json_schema",
            "missing_required_parameter",
            id="no-schema",
        ),
    ],
)
async def test_invalid_parameters_are_named(twin, fields, param, code):
    answer = await twin.post("/chat/completions", json=a_request(**fields))

    error = answer.json()["error"]
    assert answer.status_code == 400
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", param, code)


async def test_the_limits_themselves_are_allowed(twin):
    request = a_request(temperature=2, n=128, max_tokens=1)
    answer = await twin.post("/chat/completions", json=request)

    assert answer.status_code == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"model":"\\ud800"}'])
async def test_what_is_not_a_json_object_is_refused(twin, body):
    answer = await twin.post("/chat/completions", content=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize("latency_ms", ["soon", "-1", "nan", "600001"])
async def test_an_impossible_latency_is_refused(twin, latency_ms):
    headers = {"x-twin-latency-ms": latency_ms}
    answer = await twin.post("/chat/completions", json=a_request(), headers=headers)

    assert answer.json()["error"]["param"] == "x-twin-latency-ms"


async def test_other_urls_and_methods_are_refused(twin):
    unknown = await twin.post("/embeddings", json={})
    wrong_method = await twin.get("/chat/completions")
    not_for_sale = await twin.post("/models", json={})

    assert unknown.status_code == 404
    assert wrong_method.status_code == 405
    assert not_for_sale.status_code == 405


async def test_a_body_without_end_is_refused(twin):
    async def megabytes():
        for _ in range(65):
            yield bytes(1024 * 1024)

    answer = await twin.post("/chat/completions", content=megabytes())

    assert answer.status_code == 413
