"""A provider's answer: how it is read, and where reading ends."""

import asyncio
import gzip

import httpx
import pytest

from onebill.adapters.openai_compatible import ANSWER_BYTES_MAX
from onebill.domain.errors import AnswerTooLarge, ProviderError, ProviderTimeout
from tests.adapters.answers import a_response, send
from tests.fakes.clock import FixedClock


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/event-stream; charset=utf-8", True),
        ("Text/Event-Stream", True),
        ("application/json", False),
    ],
)
async def test_a_stream_is_known_by_its_type(providers, content_type, expected):
    answer = await send(providers(a_response(content_type=content_type)))

    assert answer.is_event_stream is expected


async def test_a_whole_answer_is_read_as_json(providers):
    answer = await send(providers(a_response(b'{"usage": {"total_tokens": 3}}')))

    assert await answer.read() == {"usage": {"total_tokens": 3}}


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"a":'])
async def test_an_answer_that_is_no_json_object_is_an_error(providers, body):
    answer = await send(providers(a_response(body)))

    with pytest.raises(ProviderError):
        await answer.read()


class Endless(httpx.AsyncByteStream):
    async def __aiter__(self):
        while True:
            yield b" " * 1024 * 1024


async def test_an_answer_without_end_is_cut_off(providers):
    answer = await send(providers(httpx.Response(200, stream=Endless())))

    with pytest.raises(AnswerTooLarge, match=str(ANSWER_BYTES_MAX)):
        await answer.read()


class Silent(httpx.AsyncByteStream):
    async def __aiter__(self):
        yield b"something"
        await asyncio.Event().wait()


async def test_a_stream_that_falls_silent_is_cut_off_at_its_deadline(providers):
    clock = FixedClock()
    answer = await send(providers(httpx.Response(200, stream=Silent()), clock=clock))
    chunks = answer.chunks()
    await anext(chunks)
    clock.advance(seconds=30)

    with pytest.raises(ProviderTimeout):
        await anext(chunks)


async def test_a_compressed_answer_is_unpacked(providers):
    response = a_response(gzip.compress(b'{"a": 1}'), content_encoding="gzip")

    answer = await send(providers(response))

    assert await answer.read() == {"a": 1}


async def test_an_answer_can_be_closed_twice(providers):
    answer = await send(providers(a_response()))

    await answer.close()
    await answer.close()


async def test_an_answer_that_only_other_readers_take_is_taken(providers):
    body = b'{"choices": [], "text": "\\ud800", "big": 99999999999999999999999}'

    answer = await send(providers(a_response(body)))

    assert await answer.read() == {"choices": [], "text": "\ud800", "big": 99999999999999999999999}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"usage": {"prompt_tokens": NaN}}', id="NaN"),
        pytest.param(b"[" * 100_000, id="nested without end"),
        pytest.param(b"<html>", id="no JSON"),
    ],
)
async def test_an_answer_that_no_reader_takes_is_an_error(providers, body):
    answer = await send(providers(a_response(body)))

    with pytest.raises(ProviderError, match="no JSON"):
        await answer.read()
