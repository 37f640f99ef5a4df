"""What the two dialects share: a request in, the use case, its answer out."""

import json

import orjson
from starlette.requests import Request
from starlette.responses import Response

from onebill.bootstrap import Gateway
from onebill.domain.api_key import ApiKey
from onebill.domain.chat_request import read_chat_request
from onebill.domain.json_value import JsonObject, JsonValue
from onebill.domain.money import format_usd
from onebill.usecases.admit_key import Access
from onebill.usecases.answers import BufferedAnswer
from onebill.usecases.complete_chat import SETTLE_RESERVE_SECONDS
from onebill.usecases.relay_stream import StreamedAnswer
from onebill.web.body import read_json
from onebill.web.credentials import api_key_of
from onebill.web.observed import trace_of
from onebill.web.stream import EventStreamResponse


async def admit(request: Request) -> Access:
    """Admit the caller to spend. Raises InvalidApiKey."""
    gateway: Gateway = request.app.state.gateway
    access = await gateway.admit_key(api_key_of(request.headers), now=gateway.clock.now())
    _trace(request, access.api_key)
    return access


async def admit_to_read(request: Request) -> ApiKey:
    """Admit the caller to look. Raises InvalidApiKey."""
    gateway: Gateway = request.app.state.gateway
    secret = api_key_of(request.headers)
    api_key = await gateway.admit_key.to_read(secret, now=gateway.clock.now())
    _trace(request, api_key)
    return api_key


async def complete_chat(request: Request, access: Access) -> Response:
    """Answer one chat completion in the way it was asked for."""
    gateway: Gateway = request.app.state.gateway
    body, size_bytes = await read_json(request, bytes_max=gateway.body_bytes_max)
    trace = trace_of(request.scope)
    answer = await gateway.complete_chat(
        access, read_chat_request(body, size_bytes=size_bytes), request_id=trace.request_id
    )
    trace.answer = answer
    headers = {} if answer.output_cap is None else {"onebill-output-cap": str(answer.output_cap)}
    if isinstance(answer, StreamedAnswer):
        remaining = answer.deadline - gateway.clock.now()
        return EventStreamResponse(
            answer,
            headers=headers,
            seconds_max=remaining.total_seconds() + SETTLE_RESERVE_SECONDS,
        )
    return _buffered(answer, headers)


def json_response(content: JsonValue) -> Response:
    """Any JSON answer."""
    return Response(orjson.dumps(content), media_type="application/json")


def _any_json(content: JsonObject) -> bytes:
    """Write what a provider wrote, even lone surrogates and numbers beyond 64 bits."""
    try:
        return orjson.dumps(content)
    except orjson.JSONEncodeError:
        return json.dumps(content, separators=(",", ":")).encode()


def _trace(request: Request, api_key: ApiKey) -> None:
    trace = trace_of(request.scope)
    trace.account_id, trace.key_id = api_key.account_id, api_key.id


def _buffered(answer: BufferedAnswer, headers: dict[str, str]) -> Response:
    """The provider's answer with the cost in its usage, and in headers."""
    receipt = answer.receipt
    rest = {name: value for name, value in answer.body.items() if name != "usage"}
    body = b'%b,"usage":%b}' % (_any_json(rest)[:-1], receipt.stated_usage)
    headers["onebill-cost-usd"] = format_usd(receipt.cost_nano_usd)
    if receipt.available_nano_usd is not None:
        headers["onebill-available-usd"] = format_usd(receipt.available_nano_usd)
    return Response(body, headers=headers, media_type="application/json")
