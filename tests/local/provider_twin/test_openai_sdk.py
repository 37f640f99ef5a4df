"""OpenAI's own SDK, unmodified, is served like by OpenAI."""

import openai
import pytest
from pydantic import BaseModel

from tests.local.provider_twin.asking import WEATHER_TOOL

MESSAGES = [{"role": "user", "content": "Hello tokens=5"}]


class Step(BaseModel):
    explanation: str
    confidence: float


class Plan(BaseModel):
    title: str
    final: bool
    count: int
    first: Step
    others: list[Step]
    note: str | None


@pytest.fixture
async def client(twin_url):
    async with openai.AsyncOpenAI(base_url=twin_url, api_key="any", max_retries=0) as client:
        yield client


async def test_it_chats(client):
    answer = await client.chat.completions.create(model="echo", messages=MESSAGES)

    assert answer.choices[0].message.content == "w0 w1 w2 w3 w4"
    assert answer.usage.completion_tokens == 5


async def test_it_streams(client):
    stream = await client.chat.completions.create(
        model="splits-bytes",
        messages=MESSAGES,
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]

    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1])
    assert text.split(" ")[:3] == ["naïve", "日本語", "a\u2028b"]
    assert chunks[-1].usage.completion_tokens == 5


@pytest.mark.parametrize("model", ["crlf", "usage-in-every-chunk", "groq-usage"])
async def test_it_reads_every_dialect(client, model):
    stream = await client.chat.completions.create(model=model, messages=MESSAGES, stream=True)
    chunks = [chunk async for chunk in stream]

    said = [choice.delta.content or "" for chunk in chunks for choice in chunk.choices]
    assert "".join(said) == "w0 w1 w2 w3 w4"


async def test_it_calls_tools(client):
    answer = await client.chat.completions.create(
        model="echo", messages=MESSAGES, tools=[WEATHER_TOOL]
    )
    call = answer.choices[0].message.tool_calls[0]
    history = [
        *MESSAGES,
        answer.choices[0].message,
        {"role": "tool", "tool_call_id": call.id, "content": "sunny"},
    ]
    said = await client.chat.completions.create(
        model="echo", messages=history, tools=[WEATHER_TOOL]
    )

    assert call.function.arguments == '{"city":"text","days":1}'
    assert said.choices[0].message.content == "w0 w1 w2 w3 w4"


async def test_it_streams_tool_calls(client):
    async with client.chat.completions.stream(
        model="echo", messages=MESSAGES, tools=[WEATHER_TOOL]
    ) as stream:
        answer = await stream.get_final_completion()

    call = answer.choices[0].message.tool_calls[0]
    assert (call.function.name, call.function.arguments) == ("weather", '{"city":"text","days":1}')


async def test_it_parses_structured_output(client):
    answer = await client.chat.completions.parse(
        model="echo", messages=MESSAGES, response_format=Plan
    )

    assert answer.choices[0].message.parsed == Plan(
        title="text",
        final=True,
        count=1,
        first=Step(explanation="text", confidence=1),
        others=[],
        note="text",
    )


async def test_it_lists_models(client):
    models = [model.id async for model in client.models.list()]

    assert models[0] == "echo"


@pytest.mark.parametrize(
    ("model", "error"),
    [
        ("refuses", openai.BadRequestError),
        ("refuses-404", openai.NotFoundError),
        ("rejects-key", openai.AuthenticationError),
        ("rate-limits", openai.RateLimitError),
        ("overloaded-529", openai.InternalServerError),
        ("drops", openai.APIConnectionError),
    ],
)
async def test_it_raises_its_own_errors(client, model, error):
    with pytest.raises(error):
        await client.chat.completions.create(model=model, messages=MESSAGES)


async def test_it_raises_on_an_error_within_a_stream(client):
    stream = await client.chat.completions.create(
        model="errors-mid-stream", messages=MESSAGES, stream=True
    )
    with pytest.raises(openai.APIError, match="The server had an error"):
        _ = [chunk async for chunk in stream]
