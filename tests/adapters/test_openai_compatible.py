"""httpx as the way to the providers: what is sent, and what every answer means."""

import asyncio
import inspect
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from onebill.adapters.openai_compatible import (
    OpenAiCompatible,
    make_http_client,
    map_httpx_errors,
)
from onebill.adapters.system import SystemClock
from onebill.domain.errors import (
    ProviderError,
    ProviderFailure,
    ProviderRefused,
    ProviderTimeout,
    ProviderUnavailable,
)
from tests.adapters.answers import a_response, send
from tests.builders import NOW, a_provider
from tests.fakes.clock import FixedClock
from tests.fakes.raw_server import http

NOT_FROM_A_PROVIDER = {"InvalidURL", "CookieConflict", "StreamError"}
"""httpx's classes that only a bug of ours can raise, with what derives from them."""


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


async def test_the_one_client_ignores_proxies_and_redirects():
    async with make_http_client() as client:
        assert not client.trust_env
        assert not client.follow_redirects
