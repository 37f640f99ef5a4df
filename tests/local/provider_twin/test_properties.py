"""The two promises that billing rests on, for any request."""

import json

from hypothesis import given
from hypothesis import strategies as st

from local.provider_twin.behaviours import behaviour_of
from local.provider_twin.chat_call import read_chat_call
from local.provider_twin.prompt_tokens import TOKENS_PER_IMAGE
from tests.local.provider_twin.asking import chunks, text_of, usage_of, words

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
IMAGE = st.builds(lambda url: {"type": "image_url", "image_url": {"url": url}}, TEXT)
AUDIO = st.builds(
    lambda data: {"type": "input_audio", "input_audio": {"data": data}},
    st.text("ABCD", max_size=300),
)
PART = st.one_of(st.builds(lambda text: {"type": "text", "text": text}, TEXT), IMAGE, AUDIO)
MESSAGE = st.builds(
    lambda role, content: {"role": role, "content": content},
    st.sampled_from(["system", "user", "assistant", "tool"]),
    st.one_of(TEXT, st.lists(PART, max_size=4)),
)
TOOL = st.builds(
    lambda name, numbers: {
        "type": "function",
        "function": {"name": name, "parameters": {"type": "object", "examples": numbers}},
    },
    TEXT,
    st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=20),
)
MESSAGES = st.lists(MESSAGE, min_size=1, max_size=6)


def sent(call, *, chunk_tokens=1):
    parts = behaviour_of(call).reply(call, chunk_tokens).parts
    return b"".join(part.data for part in parts)


@given(messages=MESSAGES, tools=st.lists(TOOL, max_size=3), escaped=st.booleans())
def test_prompt_tokens_never_exceed_the_bytes_of_the_request(messages, tools, escaped):
    body = {"model": "echo", "messages": messages, "tools": tools}
    raw = json.dumps(body, ensure_ascii=escaped, separators=(",", ":")).encode()
    contents = [message["content"] for message in messages]
    images = sum(
        part["type"] == "image_url"
        for content in contents
        if isinstance(content, list)
        for part in content
    )

    usage = json.loads(sent(read_chat_call(raw)))["usage"]

    assert usage["prompt_tokens"] <= len(raw) + images * TOKENS_PER_IMAGE


@given(
    behaviour=st.sampled_from(["echo", "splits-bytes", "crlf", "caches", "usage-in-every-chunk"]),
    wanted=st.integers(0, 300),
    cap=st.none() | st.integers(1, 300),
    choices=st.integers(1, 3),
    chunk_tokens=st.integers(1, 50),
)
def test_completion_tokens_are_the_words_sent(behaviour, wanted, cap, choices, chunk_tokens):
    body = {
        "model": behaviour,
        "messages": [{"role": "user", "content": f"tokens={wanted}"}],
        "max_completion_tokens": cap,
        "n": choices,
    }
    streaming = {**body, "stream": True, "stream_options": {"include_usage": True}}

    whole = json.loads(sent(read_chat_call(json.dumps(body).encode())))
    stream = chunks(
        sent(read_chat_call(json.dumps(streaming).encode()), chunk_tokens=chunk_tokens)
    )

    length = min(wanted, wanted if cap is None else cap)
    text = whole["choices"][-1]["message"]["content"]
    assert len(words(text)) == length
    assert len(text_of(stream)) == len(text) * choices
    assert whole["usage"]["completion_tokens"] == length * choices
    assert usage_of(stream) == whole["usage"]
