"""The one table from error codes to HTTP, in OpenAI's shape and in Cloudflare's envelope."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from starlette.responses import Response

from onebill.domain.errors import (
    InsufficientCredits,
    OnebillError,
    ProviderRefused,
    SpendLimitExceeded,
    TooManyInFlight,
)

IN_FLIGHT_RETRY_SECONDS = 1
_TOO_MANY_REQUESTS = 429


@dataclass(frozen=True, slots=True)
class Meaning:
    """How one code is said: its status, OpenAI `type`, Cloudflare code; worth sending again."""

    status: int
    type: str
    cloudflare_code: int
    should_retry: bool


MEANINGS: Mapping[str, Meaning] = {
    "invalid_api_key": Meaning(401, "authentication_error", 2009, should_retry=False),
    "account_not_found": Meaning(404, "invalid_request_error", 7003, should_retry=False),
    "account_exists": Meaning(409, "invalid_request_error", 7004, should_retry=False),
    "grant_exists": Meaning(409, "invalid_request_error", 7004, should_retry=False),
    "api_key_exists": Meaning(409, "invalid_request_error", 7004, should_retry=False),
    "api_key_not_found": Meaning(404, "invalid_request_error", 7003, should_retry=False),
    "account_frozen": Meaning(403, "permission_error", 2009, should_retry=False),
    "insufficient_credits": Meaning(402, "billing_error", 2021, should_retry=False),
    "top_up_in_progress": Meaning(503, "billing_error", 2021, should_retry=True),
    "spend_limit_exceeded": Meaning(429, "billing_error", 2045, should_retry=False),
    "too_many_in_flight": Meaning(429, "rate_limit_error", 2018, should_retry=True),
    "model_not_found": Meaning(404, "invalid_request_error", 7003, should_retry=False),
    "invalid_request": Meaning(400, "invalid_request_error", 2019, should_retry=False),
    "request_too_large": Meaning(413, "invalid_request_error", 2019, should_retry=False),
    "not_found": Meaning(404, "invalid_request_error", 7002, should_retry=False),
    "method_not_allowed": Meaning(405, "invalid_request_error", 7001, should_retry=False),
    "provider_error": Meaning(502, "provider_error", 2005, should_retry=True),
    "answer_too_large": Meaning(502, "invalid_request_error", 2005, should_retry=False),
    "provider_timeout": Meaning(504, "provider_error", 2005, should_retry=True),
    "provider_unavailable": Meaning(503, "provider_error", 2005, should_retry=False),
    "internal_error": Meaning(500, "server_error", 2002, should_retry=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One failure, ready to be said in either shape. `facts` are for programs."""

    code: str
    message: str
    param: str | None = None
    retry_after_seconds: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def meaning(self) -> Meaning:
        """The row of the table. A code without one is a bug, and crashes."""
        return MEANINGS[self.code]


INTERNAL_ERROR = Problem(
    code="internal_error",
    message="Something went wrong here. It was logged; nothing about it is your doing.",
)


def problem_of(error: OnebillError, *, now: datetime, top_up_url: str) -> Problem:
    """Describe an anticipated error to a caller."""
    message, facts, retry_after_seconds = str(error), error.facts, None
    if isinstance(error, InsufficientCredits) and top_up_url:
        message = f"{message} Top up at {top_up_url}"
        facts = {**facts, "top_up_url": top_up_url}
    elif isinstance(error, SpendLimitExceeded):
        retry_after_seconds = max(1, int((error.resets_at - now).total_seconds()))
    elif isinstance(error, TooManyInFlight):
        retry_after_seconds = IN_FLIGHT_RETRY_SECONDS
    return Problem(
        code=error.code,
        message=message,
        param=error.param,
        retry_after_seconds=retry_after_seconds,
        facts=facts,
    )


def openai_error(problem: Problem) -> Response:
    """OpenAI's error object, as its SDKs expect it."""
    error: dict[str, object] = {
        "message": problem.message,
        "type": problem.meaning.type,
        "code": problem.code,
        "param": problem.param,
    }
    if problem.facts:
        error["details"] = dict(problem.facts)
    return _response(problem, {"error": error})


def cloudflare_error(problem: Problem) -> Response:
    """The envelope of Cloudflare's gateway; `error` is a list there."""
    meaning = problem.meaning
    body = {
        "success": False,
        "result": [],
        "messages": [],
        "error": [{"code": meaning.cloudflare_code, "message": problem.message}],
        "name": "AiGatewayError",
        "httpCode": meaning.status,
        "internalCode": meaning.cloudflare_code,
        "message": problem.message,
        "description": problem.code,
    }
    return _response(problem, body)


def refusal(error: ProviderRefused) -> Response:
    """The provider's own answer: it judged the request, and it is right about it."""
    headers = {"x-should-retry": _flag(error.status == _TOO_MANY_REQUESTS)}
    if error.retry_after is not None:
        headers["retry-after"] = error.retry_after
    return Response(error.body, error.status, headers=headers, media_type=error.content_type)


def _response(problem: Problem, body: Mapping[str, object]) -> Response:
    headers = {"x-should-retry": _flag(problem.meaning.should_retry)}
    if problem.retry_after_seconds is not None:
        headers["retry-after"] = str(problem.retry_after_seconds)
    return Response(
        orjson.dumps(body),
        problem.meaning.status,
        headers=headers,
        media_type="application/json",
    )


def _flag(value: bool) -> str:  # noqa: FBT001  (a header's value)
    return "true" if value else "false"
