"""One wide event per request, and a request id on every answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onebill.domain.operation import encode_usage
from onebill.ports import Ids
from onebill.telemetry import Telemetry
from onebill.usecases.answers import Receipt
from onebill.web.errors import INTERNAL_ERROR

_SCOPE_KEY = "onebill.trace"
_MILLISECONDS = 1000


class Receipted(Protocol):
    """Something that has, or will have, a receipt."""

    @property
    def receipt(self) -> Receipt | None:
        """The receipt, once there is one."""
        ...


@dataclass(slots=True)
class Trace:
    """What is learned about one request on its way through. Routes and handlers fill it in."""

    request_id: str
    account_id: str = ""
    key_id: str = ""
    error_code: str = ""
    status: int = 0
    answer: Receipted | None = None


def trace_of(scope: Scope) -> Trace:
    """The trace of the request being served."""
    trace: Trace = scope[_SCOPE_KEY]
    return trace


class Observed:
    """ASGI middleware around everything else: the one place where a crash is met."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        telemetry: Telemetry,
        ids: Ids,
        answer_crash: Callable[[Scope], Response],
    ) -> None:
        self._app = app
        self._answer_crash = answer_crash
        self._telemetry = telemetry
        self._ids = ids

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and write its line."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        trace = scope[_SCOPE_KEY] = Trace(self._ids.request_id())
        request_id = trace.request_id.encode()

        async def send_observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                trace.status = message["status"]
                message["headers"] += [
                    (b"onebill-request-id", request_id),
                    (b"x-request-id", request_id),
                ]
            await send(message)

        started = time.perf_counter()
        try:
            await self._app(scope, receive, send_observed)
        except Exception as error:
            trace.error_code = INTERNAL_ERROR.code
            self._telemetry.crash(error, {"request_id": trace.request_id})
            if trace.status:
                raise  # An answer has begun; all that is left is to break it off.
            await self._answer_crash(scope)(scope, receive, send_observed)
        finally:
            duration_ms = (time.perf_counter() - started) * _MILLISECONDS
            self._write(trace, scope, duration_ms)

    def _write(self, trace: Trace, scope: Scope, duration_ms: float) -> None:
        receipt = trace.answer.receipt if trace.answer is not None else None
        facts: dict[str, object] = {
            "request_id": trace.request_id,
            "method": scope["method"],
            "path": scope["path"],
            "status": trace.status,
            "account_id": trace.account_id,
            "key_id": trace.key_id,
            "error_code": trace.error_code,
        }
        counts: dict[str, float] = {"requests": 1}
        if receipt is not None:
            facts |= _facts(receipt)
            counts |= _counts(receipt)
        self._telemetry.event(counts, duration_ms=round(duration_ms, 2), facts=facts)
        if receipt is not None and (receipt.unsettled or receipt.late):
            self._telemetry.alarm("a request was answered but not debited", facts)


def _facts(receipt: Receipt) -> dict[str, object]:
    return {
        "hold_id": receipt.hold_id,
        "model": receipt.model,
        "price_version": receipt.price_version,
        "usage": encode_usage(receipt.usage),
        "held_nano_usd": receipt.held_nano_usd,
        "outcome": receipt.outcome,
    }


def _counts(receipt: Receipt) -> dict[str, float]:
    """What alarms and dashboards sum up; flags only when they are raised."""
    flags = {
        "estimated": receipt.estimated,
        "contradictory": receipt.contradictory,
        "unsettled": receipt.unsettled,
        "late": receipt.late,
        "over_hold": receipt.cost_nano_usd > receipt.held_nano_usd,
    }
    raised = {name: 1 for name, is_raised in flags.items() if is_raised}
    return {"cost_nano_usd": receipt.cost_nano_usd, **raised}
