"""A chat completion, paid from the balance: hold, call the provider, settle.

The order is the whole point. Nothing is sent before it is held for; whatever the provider
produced is settled in the same invocation, whether the client is still there or not; and a
request that produced nothing costs nothing.
"""

from datetime import timedelta

from onebill.domain.bounds import OUTPUT_TOKENS_DEFAULT, WorstCase, input_bound, output_cap
from onebill.domain.chat_request import OUTPUT_CAP_FIELDS, ChatRequest, refuse_options
from onebill.domain.errors import AnswerTooLarge, InvalidRequest, ProviderError
from onebill.domain.estimate import estimate_tokens, written_bytes
from onebill.domain.json_value import JsonObject
from onebill.domain.model import Model
from onebill.ports import Catalog, Clock, ProviderAnswer, ProviderGateway
from onebill.usecases.admit_key import Access
from onebill.usecases.answers import BufferedAnswer
from onebill.usecases.hold_credit import REQUEST_SECONDS_MAX, HoldCredit
from onebill.usecases.order import Order
from onebill.usecases.relay_stream import StreamedAnswer

SETTLE_RESERVE_SECONDS = 40
"""Kept back from the longest request for settling it: as long as that may take, and a little."""

PROVIDER_SECONDS_MAX = REQUEST_SECONDS_MAX - SETTLE_RESERVE_SECONDS


class CompleteChat:
    """The use case. One instance serves a process."""

    def __init__(
        self,
        *,
        hold_credit: HoldCredit,
        catalog: Catalog,
        providers: ProviderGateway,
        clock: Clock,
        output_tokens_default: int = OUTPUT_TOKENS_DEFAULT,
        provider_seconds_max: float = PROVIDER_SECONDS_MAX,
    ) -> None:
        self._hold_credit = hold_credit
        self._catalog = catalog
        self._providers = providers
        self._clock = clock
        self._output_tokens_default = output_tokens_default
        self._provider_seconds_max = provider_seconds_max

    async def __call__(
        self, access: Access, request: ChatRequest, *, request_id: str
    ) -> BufferedAnswer | StreamedAnswer:
        """Answer, or raise a typed error after which nothing is held and nothing was paid.

        Raises ModelNotFound, InvalidRequest, what `refuse_hold` raises, ProviderRefused and
        ProviderFailure.
        """
        order = await self._take(access, request, request_id)
        try:
            answer = await self._providers.send(
                order.model.provider, upstream_body(order), deadline=order.deadline
            )
        except BaseException:
            await order.release("provider failed")
            raise
        if answer.is_event_stream:
            return await StreamedAnswer.begin(order, answer)
        return await _buffer(order, answer)

    async def _take(self, access: Access, request: ChatRequest, request_id: str) -> Order:
        """Find the model, bound the request, and hold credit for the worst case of it."""
        now = self._clock.now()
        model = self._catalog.find(request.model)
        _refuse_unpriced(request, model)
        worst_case = WorstCase(
            price=model.price_on(now.date()),
            input=input_bound(request, model),
            choices=request.choices,
            with_audio=request.wants_audio,
        )
        open_hold = await self._hold_credit(
            access,
            worst_case=worst_case,
            output_tokens=output_cap(request, model, default=self._output_tokens_default),
            now=now,
        )
        return Order(
            request_id=request_id,
            request=request,
            model=model,
            worst_case=worst_case,
            open_hold=open_hold,
            deadline=now + timedelta(seconds=self._provider_seconds_max),
        )


def upstream_body(order: Order) -> JsonObject:
    """The client's body with the model's own name, the cap that is paid for, and usage on."""
    body = dict(order.request.body)
    provider = order.model.provider
    body["model"] = order.model.upstream_name
    for name in OUTPUT_CAP_FIELDS:
        body.pop(name, None)
    # Only the field this provider obeys: one that it ignores would be no cap at all.
    body[provider.output_cap_field] = order.open_hold.output_tokens
    body.update(provider.sent_always)
    if order.request.stream:
        if provider.takes_stream_options:
            options = body.get("stream_options")
            body["stream_options"] = {
                **(options if isinstance(options, dict) else {}),
                "include_usage": True,
            }
        else:
            body.pop("stream_options", None)
    return body


def _refuse_unpriced(request: ChatRequest, model: Model) -> None:
    """Refuse, before anything is held, what this model's price does not cover."""
    refuse_options(request.body, model.provider.refused_options)
    for kind in sorted(request.media.kinds - model.accepts):
        raise InvalidRequest(f"{model.id} has no price for {kind} input.", param="messages")
    if request.wants_audio and "audio" not in model.produces:
        raise InvalidRequest(f"{model.id} has no price for audio output.", param="modalities")


async def _buffer(order: Order, answer: ProviderAnswer) -> BufferedAnswer:
    """Read the whole answer, settle it, hand it on."""
    try:
        body = await _read(order, answer)
        receipt = await order.settle(
            body.get("usage"),
            estimate_output_tokens=lambda: estimate_tokens(written_bytes(body)),
            outcome="answered",
        )
    finally:
        await answer.close()
    return BufferedAnswer(body=body, receipt=receipt, output_cap=order.output_cap)


async def _read(order: Order, answer: ProviderAnswer) -> JsonObject:
    """Read a completion; whatever else it is, the hold is closed before the error goes on."""
    try:
        body = await answer.read()
        _refuse_error(body, order.model)
    except AnswerTooLarge as error:
        read_bytes = error.limit_bytes
        await order.settle(
            None, estimate_output_tokens=lambda: estimate_tokens(read_bytes), outcome="too_large"
        )
        raise
    except BaseException:
        await order.release("no usable answer")
        raise
    return body


def _refuse_error(body: JsonObject, model: Model) -> None:
    """Some providers say 200 and then that they failed, or nothing."""
    choices = body.get("choices")
    if not isinstance(choices, list) or (body.get("error") and not choices):
        raise ProviderError(f"{model.provider.name} answered with an error.")
