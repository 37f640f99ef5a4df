"""Where and how usage is reported, by the behaviours that differ from OpenAI in that alone."""

import pytest

from tests.local.provider_twin.asking import (
    PNG,
    buffered,
    streamed,
    text_of,
    usages,
    words,
)


async def test_omits_usage_everywhere(twin):
    whole = await buffered(twin, "omits-usage")
    stream = await streamed(twin, "omits-usage")

    assert not any("usage" in part for part in [whole, *stream])
    assert all(chunk["choices"] for chunk in stream)


@pytest.mark.parametrize("include_usage", [False, True])
async def test_usage_in_every_chunk_is_cumulative(twin, include_usage):
    stream = await streamed(twin, "usage-in-every-chunk", tokens=3, include_usage=include_usage)

    counts = [chunk["usage"]["completion_tokens"] for chunk in stream]
    assert counts == [0, 1, 2, 3, 3]
    assert stream[-1]["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("include_usage", [False, True])
async def test_usage_in_finish_chunk_is_nowhere_else(twin, include_usage):
    *content, finish = await streamed(
        twin, "usage-in-finish-chunk", tokens=3, n=2, include_usage=include_usage
    )

    assert not any("usage" in chunk for chunk in content)
    assert finish["choices"][0]["finish_reason"] == "stop"
    assert finish["usage"]["completion_tokens"] == 6


async def test_groq_reports_usage_twice_when_asked(twin):
    *_content, finish, extra = await streamed(twin, "groq-usage", tokens=3)

    assert finish["usage"] is None
    assert finish["x_groq"]["usage"] == extra["usage"]
    assert extra["choices"] == []
    assert extra["usage"]["completion_tokens"] == 3


async def test_groq_reports_usage_once_when_not_asked(twin):
    *content, finish = await streamed(twin, "groq-usage", tokens=3, include_usage=False)

    assert not any("usage" in chunk or "x_groq" in chunk for chunk in content)
    assert "usage" not in finish
    assert finish["x_groq"]["usage"]["completion_tokens"] == 3


@pytest.mark.parametrize(
    ("cap", "completion", "reasoning", "said"),
    [({}, 16, 8, 8), ({"max_tokens": 100}, 16, 8, 8), ({"max_tokens": 9}, 9, 4, 5)],
)
async def test_reasoning_is_part_of_the_completion(twin, cap, completion, reasoning, said):
    stream = await streamed(twin, "reasons", tokens=8, **cap)
    usage = await usages(twin, "reasons", tokens=8, **cap)

    assert usage["completion_tokens"] == completion
    assert usage["completion_tokens_details"]["reasoning_tokens"] == reasoning
    assert usage["total_tokens"] == usage["prompt_tokens"] + completion
    assert len(words(text_of(stream))) == said


async def test_reasoning_apart_is_only_in_the_total(twin):
    usage = await usages(twin, "reasons-apart", tokens=8)

    assert usage["completion_tokens"] == 8
    assert usage["completion_tokens_details"]["reasoning_tokens"] == 8
    assert usage["total_tokens"] == usage["prompt_tokens"] + 8 + 8


async def test_half_of_the_prompt_is_cached(twin):
    image = {"type": "image_url", "image_url": {"url": PNG}}
    usage = await usages(twin, "caches", messages=[{"role": "user", "content": [image]}])

    assert usage["prompt_tokens"] == 89
    assert usage["prompt_tokens_details"]["cached_tokens"] == 44


async def test_deepseek_names_hits_and_misses(twin):
    image = {"type": "image_url", "image_url": {"url": PNG}}
    usage = await usages(twin, "deepseek-cache", messages=[{"role": "user", "content": [image]}])

    assert usage["prompt_tokens"] == 89
    assert usage["prompt_cache_hit_tokens"] == 44
    assert usage["prompt_cache_miss_tokens"] == 45
    assert "prompt_tokens_details" not in usage
