"""Cloudflare AI Gateway's compatible paths: a client moves here by changing the host."""

import re

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from functions.chat_completions import wire
from functions.chat_completions.serving import admit, admit_to_read, complete_chat, json_response
from onebill.bootstrap import Gateway
from onebill.domain.api_key import ApiKey
from onebill.domain.errors import InvalidApiKey
from onebill.web.observed import trace_of

router = APIRouter(prefix="/v1/{account}/{gateway}/compat")

_COMPAT = re.compile(r"/v1/[^/]+/[^/]+/compat/")


def is_compat(path: str) -> bool:
    """Tell whether errors on this path are said in Cloudflare's envelope."""
    return _COMPAT.match(path) is not None


@router.post("/chat/completions")
async def create_chat_completion(request: Request, account: str) -> Response:
    """The same as OpenAI's path, for the account in the URL."""
    access = await admit(request)
    _refuse_other_accounts(access.api_key, account)
    response = await complete_chat(request, access)
    response.headers["cf-aig-request-id"] = trace_of(request.scope).request_id
    response.headers["cf-aig-step"] = "0"
    return response


@router.get("/models")
async def list_models(request: Request, account: str) -> Response:
    """The list Cloudflare's gateway answers: one rate in, one out, in USD per token."""
    _refuse_other_accounts(await admit_to_read(request), account)
    gateway: Gateway = request.app.state.gateway
    today = gateway.clock.now().date()
    return json_response(wire.cloudflare_models(gateway.catalog.models(), today))


def _refuse_other_accounts(api_key: ApiKey, account: str) -> None:
    """Another account's key is as good as none."""
    if api_key.account_id != account:
        raise InvalidApiKey
