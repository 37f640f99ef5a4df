"""What the twin remembers of its callers, for the tests and benchmarks that ask."""

from collections import deque
from dataclasses import asdict, dataclass, field
from hashlib import sha256

import orjson

from local.provider_twin.asgi import Scope
from onebill.domain.json_value import JsonObject, JsonValue

REQUESTS_MAX = 1_000
"""How many requests are remembered; the oldest are forgotten first."""

BODY_BYTES_MAX = 256 * 1024
"""Larger bodies are remembered by their size only."""

_SECRET_HEADERS = (b"authorization", b"proxy-authorization", b"api-key", b"x-api-key")
_FINGERPRINT_CHARACTERS = 8


@dataclass(slots=True)
class RecordedRequest:
    """One request. `client_left` tells that it was not waited for to the end."""

    method: str
    path: str
    query: bytes
    headers: list[tuple[bytes, bytes]]
    raw: bytes = b""
    client_left: bool = False

    def as_json(self) -> JsonObject:
        """How the request is told. Secrets are replaced by a fingerprint."""
        return {
            "method": self.method,
            "path": self.path,
            "query": self.query.decode("latin-1"),
            "headers": {
                name.decode("latin-1"): _shown(name, value) for name, value in self.headers
            },
            "body": _body(self.raw),
            "body_bytes": len(self.raw),
            "client_left": self.client_left,
        }


@dataclass(slots=True)
class Stats:
    """Counts of chat completions since the start. Never reset."""

    requests_started: int = 0
    answers_completed: int = 0
    streams_cut_by_client: int = 0
    tokens_sent: int = 0

    def as_json(self) -> JsonObject:
        """The counts by name."""
        return asdict(self)


@dataclass(slots=True)
class Recorder:
    """The newest requests and all counts of one twin."""

    stats: Stats = field(default_factory=Stats)
    requests: deque[RecordedRequest] = field(default_factory=lambda: deque(maxlen=REQUESTS_MAX))

    def remember(self, scope: Scope) -> RecordedRequest:
        """Start the record of a request that has just arrived."""
        request = RecordedRequest(
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"],
            headers=scope["headers"],
        )
        self.requests.append(request)
        return request


def _shown(name: bytes, value: bytes) -> str:
    if name not in _SECRET_HEADERS:
        return value.decode("latin-1")
    scheme, space, secret = value.decode("latin-1").rpartition(" ")
    fingerprint = sha256(secret.encode("latin-1")).hexdigest()[:_FINGERPRINT_CHARACTERS]
    return f"{scheme}{space}sha256:{fingerprint}"


def _body(raw: bytes) -> JsonValue:
    if len(raw) > BODY_BYTES_MAX:
        return None
    try:
        body: JsonValue = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return body
