"""The gateway as an ASGI app: no Lambda in it, and no uvicorn."""

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from functions.chat_completions import cloudflare, openai
from onebill.bootstrap import Gateway
from onebill.domain.errors import OnebillError, ProviderRefused
from onebill.web.errors import (
    INTERNAL_ERROR,
    Problem,
    cloudflare_error,
    openai_error,
    problem_of,
    refusal,
)
from onebill.web.observed import Observed, trace_of

_METHOD_NOT_ALLOWED = 405


def create_app(gateway: Gateway) -> FastAPI:
    """Build the app that serves this gateway."""
    app = FastAPI(
        title="Onebill gateway",
        description="OpenAI-compatible chat completions, paid from prepaid credit.",
        version="1",
        docs_url=None,
        redoc_url=None,
    )
    app.state.gateway = gateway
    app.include_router(openai.router)
    app.include_router(cloudflare.router)
    for error in (OnebillError, HTTPException):
        app.add_exception_handler(error, _answer_error)
    app.add_middleware(
        Observed,
        telemetry=gateway.telemetry,
        ids=gateway.ids,
        answer_crash=lambda scope: _say(INTERNAL_ERROR, scope),
    )
    return app


async def _answer_error(request: Request, error: Exception) -> Response:
    """Say an anticipated failure in the shape the caller's path promises."""
    gateway: Gateway = request.app.state.gateway
    trace = trace_of(request.scope)
    if isinstance(error, ProviderRefused):
        trace.error_code = error.code
        return refusal(error)
    if isinstance(error, OnebillError):
        problem = problem_of(error, now=gateway.clock.now(), top_up_url=gateway.top_up_url)
    else:
        problem = _no_such_route(error)
    trace.error_code = problem.code
    return _say(problem, request.scope)


def _say(problem: Problem, scope: Scope) -> Response:
    say = cloudflare_error if cloudflare.is_compat(scope["path"]) else openai_error
    return say(problem)


def _no_such_route(error: Exception) -> Problem:
    if isinstance(error, HTTPException) and error.status_code == _METHOD_NOT_ALLOWED:
        return Problem(code="method_not_allowed", message="This path takes another method.")
    return Problem(code="not_found", message="There is nothing at this path.")
