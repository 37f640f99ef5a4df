"""httpx as the way to the providers: what is sent, and what every answer means."""

import asyncio
import gzip
import inspect
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from onebill.adapters.openai_compatible import (
    ANSWER_BYTES_MAX,
    OpenAiCompatible,
    make_http_client,
    map_httpx_errors,
)
from onebill.adapters.system import SystemClock
from onebill.domain.errors import (
    AnswerTooLarge,
    ProviderError,
    ProviderFailure,
    ProviderRefused,
    ProviderTimeout,
    ProviderUnavailable,
)
from tests.builders import NOW, a_provider
from tests.fakes.clock import FixedClock
from tests.fakes.raw_server import http

DEADLINE = NOW + timedelta(seconds=30)
NOT_FROM_A_PROVIDER = {"InvalidURL", "CookieConflict", "StreamError"}
"""httpx's classes that only a bug of ours can raise, with what derives from them."""


@pytest.fixture
def requests():
    return []


@pytest.fixture
def providers(requests):
    """Makes a `ProviderGateway` whose transport answers with one response or exception."""

    def make(response=None, *, keys=None, clock=None):
        async def answer(request):
            requests.append(request)
            if isinstance(response, Exception):
                raise response
            return await response(request) if callable(response) else response

        client = httpx.AsyncClient(transport=httpx.MockTransport(answer), trust_env=False)
        keys = {"openai": "sk-secret"} if keys is None else keys
        return OpenAiCompatible(client, provider_keys=keys, clock=clock or FixedClock())

    return make


def a_response(body=b"{}", *, status=200, **headers):
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, stream=httpx.ByteStream(body), headers=fields)


async def send(gateway, body=None, **provider):
    return await gateway.send(a_provider(**provider), body or {}, deadline=DEADLINE)


async def test_the_body_goes_to_the_providers_url_with_the_gateways_key(providers, requests):
    await send(providers(a_response()), {"model": "m", "text": "ü"}, base_url="http://up/v1")

    [request] = requests
    assert request.url == "http://up/v1/chat/completions"
    assert request.headers["authorization"] == "Bearer sk-secret"
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.content) == {"model": "m", "text": "ü"}


async def test_the_key_goes_where_the_provider_takes_it(providers, requests):
    await send(providers(a_response()), auth_header="x-api-key", auth_scheme="")

    assert requests[0].headers["x-api-key"] == "sk-secret"
    assert "authorization" not in requests[0].headers


async def test_a_providers_own_headers_are_sent(providers, requests):
    await send(providers(a_response()), extra_headers={"anthropic-version": "2023-06-01"})

    assert requests[0].headers["anthropic-version"] == "2023-06-01"


async def test_without_a_key_the_provider_is_unavailable(providers, requests):
    with pytest.raises(ProviderUnavailable, match="no key for OpenAI"):
        await send(providers(keys={}))

    assert requests == []


async def test_a_deadline_that_is_over_is_a_timeout(providers):
    clock = FixedClock(NOW + timedelta(minutes=5))

    with pytest.raises(ProviderTimeout):
        await send(providers(silence, clock=clock))


async def silence(_request):
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (301, ProviderError),
        (400, ProviderRefused),
        (401, ProviderUnavailable),
        (402, ProviderUnavailable),
        (403, ProviderUnavailable),
        (404, ProviderRefused),
        (407, ProviderUnavailable),
        (408, ProviderTimeout),
        (413, ProviderRefused),
        (422, ProviderRefused),
        (429, ProviderRefused),
        (500, ProviderError),
        (503, ProviderError),
        (504, ProviderTimeout),
        (524, ProviderTimeout),
        (529, ProviderError),
    ],
)
async def test_every_status_has_a_meaning(providers, status, expected):
    with pytest.raises(expected):
        await send(providers(a_response(status=status)))


async def test_a_refusal_carries_the_providers_own_words(providers):
    response = a_response(b'{"error": 1}', status=429, retry_after="7", content_type="a/b")

    with pytest.raises(ProviderRefused) as refused:
        await send(providers(response))

    assert refused.value.status == 429
    assert refused.value.body == b'{"error": 1}'
    assert refused.value.content_type == "a/b"
    assert refused.value.retry_after == "7"
    assert response.is_closed


async def test_the_gateways_own_empty_account_is_not_the_callers_rate_limit(providers):
    response = a_response(b'{"error": {"code": "insufficient_quota"}}', status=429)

    with pytest.raises(ProviderUnavailable):
        await send(providers(response))


async def test_no_error_tells_the_gateways_key(providers):
    with pytest.raises(ProviderUnavailable) as failed:
        await send(providers(a_response(b"bad key sk-secret", status=401)))

    assert "sk-secret" not in str(failed.value)


def httpx_errors():
    members = inspect.getmembers(httpx, inspect.isclass)
    return [each for _, each in members if issubclass(each, Exception)]


@pytest.mark.parametrize("error_class", httpx_errors(), ids=lambda each: each.__name__)
def test_every_error_of_httpx_is_mapped_or_a_bug(error_class):
    error = error_class.__new__(error_class)
    ours = NOT_FROM_A_PROVIDER & {each.__name__ for each in error_class.__mro__}
    expected = error_class if ours else ProviderFailure

    with pytest.raises(expected), map_httpx_errors(a_provider()):
        raise error


async def test_a_timeout_is_told_from_a_broken_connection(providers):
    with pytest.raises(ProviderTimeout):
        await send(providers(httpx.ReadTimeout("slow")))
    with pytest.raises(ProviderError):
        await send(providers(httpx.ConnectError("down")))


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


async def test_the_one_client_ignores_proxies_and_redirects():
    async with make_http_client() as client:
        assert not client.trust_env
        assert not client.follow_redirects


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


async def test_headers_that_cannot_be_handed_on_are_not(providers):
    response = a_response(b"no", status=400)
    response.headers = httpx.Headers(
        [(b"content-type", b"\xc3\xbc"), (b"retry-after", b"\xe2\x82\xac")]
    )

    with pytest.raises(ProviderRefused) as refused:
        await send(providers(response))

    assert (refused.value.content_type, refused.value.retry_after) == ("application/json", None)


async def test_what_a_provider_tells_one_account_is_not_sent_for_another(server):
    server.script = [http(b"{}", headers="set-cookie: session=acme; Path=/\r\n"), http(b"{}")]
    async with make_http_client() as client:
        gateway = OpenAiCompatible(client, provider_keys={"openai": "sk"}, clock=SystemClock())
        for _ in range(2):
            deadline = datetime.now(UTC) + timedelta(seconds=30)
            provider = a_provider(base_url=server.url)
            await (await gateway.send(provider, {}, deadline=deadline)).read()

    assert b"cookie" not in server.requests[1][0].lower()
