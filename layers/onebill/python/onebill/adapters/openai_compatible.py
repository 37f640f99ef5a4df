"""The `ProviderGateway` port over httpx, for every provider that speaks OpenAI's chat API.

One pooled client. httpx's exceptions stop here: `map_httpx_errors` is the only place that
knows them, and a test proves that it knows them all.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.cookiejar import Cookie, CookieJar
from typing import TypeVar

import httpx
import orjson

from onebill.adapters.any_json import read_any_json
from onebill.adapters.http.pool import ConnectionPool
from onebill.adapters.http.transport import PooledTransport
from onebill.domain.errors import (
    AnswerTooLarge,
    ProviderError,
    ProviderRefused,
    ProviderTimeout,
    ProviderUnavailable,
)
from onebill.domain.json_value import JsonObject
from onebill.domain.model import Provider
from onebill.ports import Clock

_Result = TypeVar("_Result")

CONNECT_TIMEOUT_SECONDS = 5.0
ANSWER_BYTES_MAX = 64 * 1024 * 1024
REFUSAL_BYTES_MAX = 256 * 1024

_OUR_FAULT = frozenset({401, 402, 403, 407})
"""The provider rejects the gateway's key or its unpaid bill: never the caller's doing."""

_OUT_OF_QUOTA = b"insufficient_quota"
_TIMED_OUT = frozenset({408, 504, 524})
_OK, _CLIENT_ERROR, _SERVER_ERROR = 200, 400, 500


class _NoCookies(CookieJar):
    """Keeps none: what a provider tells one account must not be sent for another."""

    def set_cookie(self, cookie: Cookie) -> None:
        """Forget it."""


def make_http_client() -> httpx.AsyncClient:
    """The one client of a process. Proxies from the environment are not used."""
    return httpx.AsyncClient(
        transport=PooledTransport(ConnectionPool()),
        follow_redirects=False,
        cookies=_NoCookies(),
        trust_env=False,
        timeout=httpx.Timeout(
            None,  # All else ends at the deadline of the request: see `Remaining`.
            connect=CONNECT_TIMEOUT_SECONDS,
        ),
    )


@contextmanager
def map_httpx_errors(provider: Provider) -> Iterator[None]:
    """Say httpx's failures in our words."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise ProviderTimeout(f"{provider.name} did not answer in time.") from error
    except httpx.HTTPError as error:
        raise ProviderError(f"{provider.name} could not be reached or broke off.") from error


class OpenAiCompatible:
    """Sends chat completions with the gateway's own key of each provider."""

    def __init__(
        self, client: httpx.AsyncClient, *, provider_keys: Mapping[str, str], clock: Clock
    ) -> None:
        self._client = client
        self._provider_keys = provider_keys
        self._clock = clock

    async def send(
        self, provider: Provider, body: Mapping[str, object], *, deadline: datetime
    ) -> "HttpxAnswer":
        """See `ports.ProviderGateway`."""
        request = self._client.build_request(
            "POST",
            f"{provider.base_url}/chat/completions",
            content=orjson.dumps(body),
            headers=self._headers(provider),
        )
        remaining = Remaining(provider, deadline=deadline, clock=self._clock)
        with map_httpx_errors(provider):
            response = await remaining.wait(self._client.send(request, stream=True))
        answer = HttpxAnswer(response, provider=provider, remaining=remaining)
        if response.status_code != _OK:
            try:
                await _refuse(response, answer, provider)
            finally:
                await answer.close()
        return answer

    def _headers(self, provider: Provider) -> dict[str, str]:
        key = self._provider_keys.get(provider.id)
        if not key:
            raise ProviderUnavailable(f"This gateway has no key for {provider.name}.")
        return {
            "content-type": "application/json",
            "accept-encoding": "identity",
            "user-agent": "onebill",
            provider.auth_header: f"{provider.auth_scheme} {key}".lstrip(),
            **provider.extra_headers,
        }


class Remaining:
    """The time a provider has left. Every wait for it is cut off at the deadline."""

    def __init__(self, provider: Provider, *, deadline: datetime, clock: Clock) -> None:
        self._provider = provider
        self._deadline = deadline
        self._clock = clock

    async def wait(self, work: Awaitable[_Result]) -> _Result:
        """Await something of the provider's. Raises ProviderTimeout."""
        seconds = (self._deadline - self._clock.now()).total_seconds()
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                return await work
        except TimeoutError as error:
            raise ProviderTimeout(f"{self._provider.name} took too long.") from error


class HttpxAnswer:
    """The `ProviderAnswer` port over an open httpx response."""

    def __init__(
        self, response: httpx.Response, *, provider: Provider, remaining: Remaining
    ) -> None:
        self._response = response
        self._provider = provider
        self._remaining = remaining
        stated = response.headers.get("content-type", "")
        self.content_type = _ascii(stated) or ""
        self.is_event_stream = stated.lower().startswith("text/event-stream")

    async def chunks(self) -> AsyncIterator[bytes]:
        """See `ports.ProviderAnswer`."""
        # Raw bytes unless the provider compressed them against our wish.
        encoded = "content-encoding" in self._response.headers
        body = self._response.aiter_bytes() if encoded else self._response.aiter_raw()
        with map_httpx_errors(self._provider):
            while chunk := await self._remaining.wait(anext(body, b"")):
                yield chunk

    async def read(self) -> JsonObject:
        """See `ports.ProviderAnswer`."""
        body = await self.read_bytes(ANSWER_BYTES_MAX)
        try:
            content = read_any_json(body)
        except ValueError as error:
            raise ProviderError(f"{self._provider.name} answered with no JSON.") from error
        if not isinstance(content, dict):
            raise ProviderError(f"{self._provider.name} answered with no JSON object.")
        return content

    async def read_bytes(self, limit: int) -> bytes:
        """Read the whole body. Raises AnswerTooLarge."""
        parts: list[bytes] = []
        length = 0
        async for chunk in self.chunks():
            parts.append(chunk)
            length += len(chunk)
            if length > limit:
                raise AnswerTooLarge(self._provider.name, limit_bytes=limit)
        return b"".join(parts)

    async def close(self) -> None:
        """See `ports.ProviderAnswer`."""
        with map_httpx_errors(self._provider):
            await self._response.aclose()


async def _refuse(response: httpx.Response, answer: HttpxAnswer, provider: Provider) -> None:
    """Raise what an answer other than 200 means; always raises."""
    status = response.status_code
    if status in _TIMED_OUT:
        raise ProviderTimeout(f"{provider.name} timed out ({status}).")
    if status in _OUR_FAULT:
        raise ProviderUnavailable(f"{provider.name} does not accept this gateway at present.")
    if not _CLIENT_ERROR <= status < _SERVER_ERROR:
        raise ProviderError(f"{provider.name} answered {status}.")
    body = await answer.read_bytes(REFUSAL_BYTES_MAX)
    if _OUT_OF_QUOTA in body:
        raise ProviderUnavailable(f"{provider.name} does not accept this gateway at present.")
    raise ProviderRefused(
        status=status,
        content_type=answer.content_type or "application/json",
        body=body,
        retry_after=_ascii(response.headers.get("retry-after")),
    )


def _ascii(header: str | None) -> str | None:
    """A header that can be handed on: what a provider writes need not be one."""
    return header if header is not None and header.isascii() else None
