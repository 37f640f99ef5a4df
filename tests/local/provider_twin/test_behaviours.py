"""Every behaviour of the table, one test each; those that need a socket are elsewhere."""

import json

import pytest

from local.provider_twin.behaviours import BEHAVIOURS, behaviour_of
from local.provider_twin.chat_call import read_chat_call
from local.provider_twin.exchange import ConnectionDropped
from local.provider_twin.reply import Part, in_pieces
from tests.local.provider_twin.asking import (
    WEATHER_TOOL,
    a_request,
    a_stream,
    buffered,
    chunks,
    content_of,
    events,
    streamed,
    text_of,
    usage_of,
    usages,
    words,
)

STREAMED_TOO = pytest.mark.parametrize("stream", [False, True], ids=["buffered", "streamed"])
WORDS_BEFORE_FAULT = ["w0", "w1", "w2", "w3"]


async def test_the_models_are_the_behaviours(twin):
    models = (await twin.get("/models")).json()

    assert [model["id"] for model in models["data"]] == list(BEHAVIOURS)
    assert models["object"] == "list"


@pytest.mark.parametrize("model", ["echo", "twin/echo", "gpt-4o-mini", "a/b/llama", "drops/x"])
async def test_other_names_are_answered_normally(twin, model):
    answer = await twin.post("/chat/completions", json=a_request(tokens=2) | {"model": model})

    assert content_of(answer.json()) == "w0 w1"
    assert answer.json()["model"] == model


@pytest.mark.parametrize(
    ("behaviour", "status", "kind", "code"),
    [
        ("refuses", 400, "invalid_request_error", "content_policy_violation"),
        ("refuses-404", 404, "invalid_request_error", "model_not_found"),
        ("rate-limits", 429, "requests", "rate_limit_exceeded"),
        ("rejects-key", 401, "invalid_request_error", "invalid_api_key"),
        ("error-500", 500, "server_error", None),
        ("error-503", 503, "server_error", None),
        ("overloaded-529", 529, "overloaded_error", None),
    ],
)
async def test_refusals_have_openai_s_shape(twin, behaviour, status, kind, code):
    buffered = await twin.post("/chat/completions", json=a_request(behaviour))
    streamed = await twin.post("/chat/completions", json=a_stream(behaviour))

    error = buffered.json()["error"]
    assert buffered.status_code == streamed.status_code == status
    assert (error["type"], error["code"], error["param"]) == (kind, code, None)
    assert error["message"]
    assert streamed.json()["error"] == error


async def test_rate_limits_tell_when_to_come_back(twin):
    answer = await twin.post("/chat/completions", json=a_request("rate-limits"))

    assert answer.headers["retry-after"] == "7"


@STREAMED_TOO
@pytest.mark.parametrize("behaviour", ["drops", "drops-mid-stream"])
async def test_a_drop_is_an_error_in_process(twin, behaviour, stream):
    with pytest.raises(ConnectionDropped):
        await twin.post("/chat/completions", json=a_request(behaviour, stream=stream))


async def test_ends_early_ends_without_finish_usage_or_done(twin):
    answer = await twin.post("/chat/completions", json=a_stream("ends-early"))
    whole = await buffered(twin, "ends-early", tokens=9)

    stream = [json.loads(event) for event in events(answer.content)]
    assert words(text_of(stream)) == WORDS_BEFORE_FAULT
    assert all(chunk["usage"] is None for chunk in stream)
    assert all(chunk["choices"][0]["finish_reason"] is None for chunk in stream)
    assert whole["usage"]["completion_tokens"] == 9


async def test_omits_done_but_nothing_else(twin):
    complete = await twin.post("/chat/completions", json=a_stream("echo"))
    answer = await twin.post("/chat/completions", json=a_stream("omits-done"))
    whole = await buffered(twin, "omits-done", tokens=9)

    *_content, finish, usage = [json.loads(event) for event in events(answer.content)]
    assert len(events(answer.content)) == len(events(complete.content)) - 1
    assert finish["choices"][0]["finish_reason"] == "stop"
    assert usage["usage"]["completion_tokens"] == 20
    assert whole["usage"]["completion_tokens"] == 9


async def test_errors_mid_stream_end_with_an_error_event(twin):
    answer = await twin.post("/chat/completions", json=a_stream("errors-mid-stream"))
    whole = await buffered(twin, "errors-mid-stream", tokens=9)

    *stream, error = [json.loads(event) for event in events(answer.content)]
    assert words(text_of(stream)) == WORDS_BEFORE_FAULT
    assert error["error"]["type"] == "server_error"
    assert whole["usage"]["completion_tokens"] == 9


async def test_a_fault_strikes_even_a_short_stream_before_its_finish(twin):
    answer = await twin.post("/chat/completions", json=a_stream("ends-early", tokens=1))

    assert len(events(answer.content)) == 2


@pytest.mark.parametrize(("cap", "length"), [({"max_tokens": 10}, 30), ({}, 60)])
async def test_exceeds_hold_says_and_counts_three_times_the_cap(twin, cap, length):
    whole = await buffered(twin, "exceeds-hold", **cap)
    stream = await streamed(twin, "exceeds-hold", **cap)

    assert len(words(content_of(whole))) == length
    assert len(words(text_of(stream))) == length
    assert whole["usage"] == usage_of(stream)
    assert whole["usage"]["completion_tokens"] == length


async def test_exceeds_hold_is_not_kept_from_it_by_tools(twin):
    usage = await usages(twin, "exceeds-hold", tools=[WEATHER_TOOL], max_tokens=10)

    assert usage["completion_tokens"] == 30


async def test_exceeds_prompt_counts_far_more_than_the_bytes(twin):
    request = a_request("exceeds-prompt")
    answer = await twin.post("/chat/completions", json=request)

    usage = answer.json()["usage"]
    assert usage["prompt_tokens"] == 10 * len(answer.request.content)
    assert usage["total_tokens"] == usage["prompt_tokens"] + 20


async def test_garbage_is_not_json(twin):
    page = await twin.post("/chat/completions", json=a_request("garbage"))
    stream = await twin.post("/chat/completions", json=a_stream("garbage"))

    broken, done = events(stream.content)
    assert (page.status_code, page.headers["content-type"]) == (200, "application/json")
    assert page.content.startswith(b"<html>")
    with pytest.raises(json.JSONDecodeError):
        json.loads(broken)
    assert done == b"[DONE]"


async def test_empty_has_no_body(twin):
    page = await twin.post("/chat/completions", json=a_request("empty"))
    stream = await twin.post("/chat/completions", json=a_stream("empty"))

    assert (page.status_code, page.content) == (200, b"")
    assert (stream.status_code, stream.content) == (200, b"")
    assert stream.headers["content-type"].startswith("text/event-stream")


async def test_not_a_stream_answers_a_stream_in_one_body(twin):
    answer = await twin.post("/chat/completions", json=a_stream("not-a-stream", tokens=2))

    assert answer.headers["content-type"] == "application/json"
    assert content_of(answer.json()) == "w0 w1"
    assert answer.json()["usage"]["completion_tokens"] == 2


async def test_crlf_separates_events_and_comments(twin):
    answer = await twin.post("/chat/completions", json=a_stream("crlf", tokens=2))

    *blocks, rest = answer.content.split(b"\r\n\r\n")
    assert rest == b""
    assert set(blocks[::2]) == {b": PROCESSING"}
    assert [block[:6] for block in blocks[1::2]] == [b"data: "] * 6
    assert b"\n" not in b"".join(blocks)
    assert text_of(chunks(answer.content)) == "w0 w1"


@STREAMED_TOO
async def test_splits_bytes_speaks_in_traps(twin, stream):
    request = a_request("splits-bytes", tokens=14, stream=stream)
    answer = await twin.post("/chat/completions", json=request)

    said = text_of(chunks(answer.content)) if stream else content_of(answer.json())
    assert "\u2028" in said
    assert "usage" in words(said)
    assert len(words(said)) == 14


@STREAMED_TOO
def test_splits_bytes_within_characters_and_lines(stream):
    call = read_chat_call(json.dumps(a_request("splits-bytes", stream=stream)).encode())
    *pieces, last = [part.data for part in behaviour_of(call).reply(call, 1).parts]

    assert {len(piece) for piece in pieces} == {7}
    assert 1 <= len(last) <= 7
    assert any(b"\xe6" in piece[-2:] for piece in pieces)


def test_pieces_wait_only_where_an_event_begins():
    parts = [Part(b"x" * 15, 1), Part(b"y" * 15, 1), Part(b"z", 0)]
    pieces = list(in_pieces(parts, 7))

    assert [piece.data for piece in pieces] == [
        *(b"xxxxxxx", b"xxxxxxx", b"xyyyyyy", b"yyyyyyy", b"yyz")
    ]
    assert [piece.at_once for piece in pieces] == [False, True, False, True, True]
    assert [piece.tokens for piece in pieces] == [1, 0, 1, 0, 0]


def test_slow_pauses_before_each_chunk():
    call = read_chat_call(json.dumps(a_stream("slow")).encode())

    assert behaviour_of(call).reply(call, 1).pause_seconds_min == 0.05
