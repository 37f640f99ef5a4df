"""Requests to the twin and readings of its answers."""

import json

PNG = "data:image/png;base64,iVBORw0KGgo="
WEATHER_TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city", "days"],
        },
    },
}


def a_request(behaviour="echo", *, tokens=None, **fields):
    """The JSON of a request; `tokens` words are wanted."""
    text = "Hello" if tokens is None else f"Hello tokens={tokens}"
    return {
        "model": f"twin/{behaviour}",
        "messages": [{"role": "user", "content": text}],
        **fields,
    }


def a_stream(behaviour="echo", *, include_usage=True, **fields):
    """The JSON of a request for a stream."""
    options = {"stream_options": {"include_usage": True}} if include_usage else {}
    return a_request(behaviour, stream=True, **options, **fields)


def events(body):
    """The data of each event, as it arrived."""
    return [
        line.removeprefix(b"data: ")
        for line in body.replace(b"\r\n", b"\n").split(b"\n")
        if line.startswith(b"data: ")
    ]


def chunks(body):
    """The chunks of a stream that must end with [DONE]."""
    *data, done = events(body)
    assert done == b"[DONE]"
    return [json.loads(event) for event in data]


def choices(chunk_list):
    """Every choice of every chunk."""
    return [choice for chunk in chunk_list for choice in chunk["choices"]]


def text_of(chunk_list):
    """What a stream said."""
    return "".join(choice["delta"].get("content") or "" for choice in choices(chunk_list))


def usage_of(chunk_list):
    """The usage of the last chunk that has any."""
    return [chunk["usage"] for chunk in chunk_list if chunk.get("usage")][-1]


def words(text):
    """The words of an answer: the twin separates them by single spaces."""
    return text.split(" ") if text else []


async def buffered(twin, behaviour, **fields):
    response = await twin.post("/chat/completions", json=a_request(behaviour, **fields))
    assert response.status_code == 200
    return response.json()


async def streamed(twin, behaviour, **fields):
    response = await twin.post("/chat/completions", json=a_stream(behaviour, **fields))
    assert response.status_code == 200
    return chunks(response.content)


def content_of(answer):
    return answer["choices"][0]["message"]["content"]


async def usages(twin, behaviour, **fields):
    """Usage as reported in one body, and in a stream: the same."""
    whole = await buffered(twin, behaviour, **fields)
    stream = await streamed(twin, behaviour, **fields)
    assert usage_of(stream) == whole["usage"]
    return whole["usage"]
