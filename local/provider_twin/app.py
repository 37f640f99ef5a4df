"""The twin as an ASGI application: which URL means what, who may call, and what is remembered."""

from collections.abc import Mapping

from local.provider_twin.asgi import ASGIApp, Receive, Scope, Send
from local.provider_twin.behaviours import BEHAVIOURS, behaviour_of
from local.provider_twin.chat_call import read_chat_call
from local.provider_twin.completion_json import CREATED
from local.provider_twin.exchange import BodyTooLarge, ClientLeft, Exchange
from local.provider_twin.provider_errors import (
    NO_CREDIT,
    NO_KEY,
    NO_SUCH_URL,
    RATE_LIMITED,
    TOO_LARGE,
    WRONG_KEY,
    WRONG_METHOD,
)
from local.provider_twin.recorder import RecordedRequest, Recorder
from local.provider_twin.refusals import InvalidParameter
from local.provider_twin.reply import Reply, json_reply
from local.provider_twin.settings import LATENCY_MS_MAX, TwinSettings
from onebill.domain.json_value import JsonObject, JsonValue

LATENCY_HEADER = b"x-twin-latency-ms"

_CHAT = "/chat/completions"
_MODELS = "/models"
_SIDE_DOOR = "/twin/"
_REFUSED_KEYS: Mapping[bytes, Reply] = {
    b"invalid-provider-key": WRONG_KEY,
    b"no-credit": NO_CREDIT,
    b"rate-limited": RATE_LIMITED,
}


def create_twin(settings: TwinSettings) -> ASGIApp:
    """A provider with a memory of its own."""
    return _Twin(settings)


class _Twin:
    def __init__(self, settings: TwinSettings) -> None:
        self._settings = settings
        self._recorder = Recorder()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            message = f"the twin does not speak {scope['type']}"
            raise ValueError(message)
        exchange = Exchange(scope, receive, send)
        if scope["path"].startswith(_SIDE_DOOR):
            await exchange.answer(self._side_door(scope["method"], scope["path"]))
        else:
            await self._provide(exchange, scope)

    def _side_door(self, method: str, path: str) -> Reply:
        """What tests and benchmarks ask the twin itself."""
        match method, path.removeprefix(_SIDE_DOOR):
            case "GET", "requests":
                return json_reply(200, [request.as_json() for request in self._recorder.requests])
            case "DELETE", "requests":
                self._recorder.requests.clear()
                return Reply(status=204)
            case "GET", "stats":
                return json_reply(200, self._recorder.stats.as_json())
            case _:
                return NO_SUCH_URL

    async def _provide(self, exchange: Exchange, scope: Scope) -> None:
        """Answer as a provider, and remember how it went."""
        record = self._recorder.remember(scope)
        stats = self._recorder.stats
        is_chat = scope["path"].endswith(_CHAT)
        stats.requests_started += is_chat
        try:
            await self._answer(exchange, record)
        except ClientLeft:
            record.client_left = True
            stats.streams_cut_by_client += exchange.is_stream
        finally:
            stats.answers_completed += is_chat and exchange.is_complete
            stats.tokens_sent += exchange.tokens_sent

    async def _answer(self, exchange: Exchange, record: RecordedRequest) -> None:
        pause_seconds = 0.0
        try:
            record.raw = await exchange.body()
            headers = dict(record.headers)
            pause_seconds = self._latency_ms(headers) / 1000
            reply = self._reply(record, headers)
        except BodyTooLarge:
            reply = TOO_LARGE
        except InvalidParameter as refusal:
            reply = json_reply(400, refusal.as_json())
        await exchange.answer(
            reply, pause_seconds=pause_seconds, hang_seconds=self._settings.hang_seconds
        )

    def _reply(self, record: RecordedRequest, headers: Mapping[bytes, bytes]) -> Reply:
        if refusal := _refused_key(headers.get(b"authorization", b"")):
            return refusal
        method, path = record.method, record.path
        if path.endswith(_CHAT):
            return self._chat(record.raw) if method == "POST" else WRONG_METHOD
        if path.endswith(_MODELS):
            return json_reply(200, _models()) if method == "GET" else WRONG_METHOD
        return NO_SUCH_URL

    def _chat(self, raw: bytes) -> Reply:
        call = read_chat_call(raw)
        return behaviour_of(call).reply(call, self._settings.chunk_tokens)

    def _latency_ms(self, headers: Mapping[bytes, bytes]) -> float:
        asked = headers.get(LATENCY_HEADER)
        if asked is None:
            return self._settings.latency_ms
        try:
            latency_ms = float(asked)
        except ValueError:
            latency_ms = -1
        if not 0 <= latency_ms <= LATENCY_MS_MAX:
            name = LATENCY_HEADER.decode()
            raise InvalidParameter(f"{name} must be between 0 and {LATENCY_MS_MAX}.", param=name)
        return latency_ms


def _refused_key(authorization: bytes) -> Reply | None:
    scheme, _, key = authorization.partition(b" ")
    if scheme.lower() != b"bearer" or not key.strip():
        return NO_KEY
    return _REFUSED_KEYS.get(key.strip())


def _models() -> JsonObject:
    models: list[JsonValue] = [
        {"id": name, "object": "model", "created": CREATED, "owned_by": "twin"}
        for name in BEHAVIOURS
    ]
    return {"object": "list", "data": models}
