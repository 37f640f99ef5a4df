"""The unmodified OpenAI SDK for Python against the whole stack."""

import json

import openai
import pytest
from pydantic import BaseModel

from onebill.domain.money import parse_usd

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]

MODEL = "openai/gpt-4o-mini"
HELLO = [{"role": "user", "content": "tokens=7"}]
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city", "days"],
        },
    },
}


@pytest.fixture
def sdk(stack):
    with openai.OpenAI(
        base_url=f"{stack.base_url}/v1", api_key=stack.info["api_key"], max_retries=0
    ) as client:
        yield client


@pytest.fixture
def spent(stack):
    """What has left the balance since the test began, in nano-USD."""

    def available():
        with stack.client() as client:
            return parse_usd(client.get("/v1/credits").json()["available_usd"])

    before = available()
    return lambda: before - available()


def cost_of(usage):
    pico_usd = usage.prompt_tokens * 150_000 + usage.completion_tokens * 600_000
    return -(-pico_usd // 1000)


def test_a_buffered_answer_costs_its_usage(sdk, spent):
    answer = sdk.chat.completions.create(model=MODEL, messages=HELLO)

    assert answer.choices[0].message.content == "w0 w1 w2 w3 w4 w5 w6"
    assert answer.usage.completion_tokens == 7
    assert spent() == cost_of(answer.usage) == round(answer.usage.cost * 10**9)


def test_a_stream_costs_its_usage_and_has_no_surprising_chunk(sdk, spent):
    chunks = list(sdk.chat.completions.create(model=MODEL, messages=HELLO, stream=True))

    words = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert words == "w0 w1 w2 w3 w4 w5 w6"
    assert spent() > 0


def test_a_stream_ends_with_usage_and_cost_when_asked(sdk, spent):
    chunks = list(
        sdk.chat.completions.create(
            model=MODEL, messages=HELLO, stream=True, stream_options={"include_usage": True}
        )
    )

    *_, last = chunks
    assert last.choices == []
    assert spent() == cost_of(last.usage) == round(last.usage.cost * 10**9)
    assert [chunk.usage for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)


@pytest.mark.parametrize("stream", [False, True], ids=["buffered", "streamed"])
def test_tools_are_called(sdk, stream):
    request = {"model": MODEL, "messages": HELLO, "tools": [WEATHER]}

    if stream:
        with sdk.chat.completions.stream(**request) as events:
            answer = events.get_final_completion()
    else:
        answer = sdk.chat.completions.create(**request)

    [call] = answer.choices[0].message.tool_calls
    assert call.function.name == "get_weather"
    assert '"city"' in call.function.arguments


def test_the_turn_after_a_tool_is_text(sdk):
    first = sdk.chat.completions.create(model=MODEL, messages=HELLO, tools=[WEATHER])
    [call] = first.choices[0].message.tool_calls
    result = {"role": "tool", "tool_call_id": call.id, "content": "sunny"}

    second = sdk.chat.completions.create(
        model=MODEL, messages=[*HELLO, first.choices[0].message, result], tools=[WEATHER]
    )

    assert second.choices[0].message.content.startswith("w0")


def test_structured_output_is_parsed(sdk):
    class Weather(BaseModel):
        city: str
        celsius: int

    answer = sdk.chat.completions.parse(model=MODEL, messages=HELLO, response_format=Weather)

    assert isinstance(answer.choices[0].message.parsed, Weather)


async def test_the_asynchronous_client_streams(stack):
    async with openai.AsyncOpenAI(
        base_url=f"{stack.base_url}/v1", api_key=stack.info["api_key"]
    ) as client:
        stream = await client.chat.completions.create(model=MODEL, messages=HELLO, stream=True)
        words = [chunk.choices[0].delta.content or "" async for chunk in stream]

    assert "".join(words) == "w0 w1 w2 w3 w4 w5 w6"


def test_models_are_listed_and_retrieved(sdk):
    listed = [model.id for model in sdk.models.list()]

    assert MODEL in listed
    assert sdk.models.retrieve(MODEL).id == MODEL


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("twin/refuses", openai.BadRequestError),
        ("openai/gpt-99", openai.NotFoundError),
        ("twin/rate-limits", openai.RateLimitError),
        ("twin/error-500", openai.InternalServerError),
    ],
)
def test_errors_are_the_sdks_own(sdk, model, expected):
    with pytest.raises(expected) as failed:
        sdk.chat.completions.create(model=model, messages=HELLO)

    assert failed.value.request_id.startswith("req_")


def test_a_wrong_key_is_an_authentication_error(stack):
    client = openai.OpenAI(base_url=f"{stack.base_url}/v1", api_key="ob_wrong")

    with client, pytest.raises(openai.AuthenticationError) as failed:
        client.chat.completions.create(model=MODEL, messages=HELLO)

    assert failed.value.code == "invalid_api_key"


def test_an_error_within_a_stream_is_raised(sdk):
    stream = sdk.chat.completions.create(
        model="twin/drops-mid-stream", messages=HELLO, stream=True
    )

    with pytest.raises(openai.APIError, match="broke off"):
        list(stream)


def test_a_refusal_for_money_is_not_retried(stack, onebill):
    onebill("accounts", "create", "poor", "--state-dir", stack.state_dir)
    created = onebill("keys", "create", "poor", "--json", "--state-dir", stack.state_dir)
    key = json.loads(created.stdout)["api_key"]
    client = openai.OpenAI(base_url=f"{stack.base_url}/v1", api_key=key, max_retries=3)

    with client, pytest.raises(openai.APIStatusError) as failed:
        client.chat.completions.create(model=MODEL, messages=HELLO)

    assert failed.value.status_code == 402
    assert lines_of(stack, '"account_id":"poor"') == 1


def lines_of(stack, text):
    """How many lines of the gateway's log have a text, once one has: it is written after all."""
    with stack.client() as client:
        for _ in range(1_000):
            client.get("/v1/credits")
            log = (stack.state_dir / "logs" / "gateway.log").read_text()
            if text in log:
                return log.count(text)
    return 0
