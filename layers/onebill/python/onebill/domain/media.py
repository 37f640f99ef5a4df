"""What the messages of a request carry besides text, found without decoding it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from onebill.domain.errors import InvalidRequest
from onebill.domain.image_size import Pixels, pixels_of
from onebill.domain.json_value import JsonObject, JsonValue

_BASE64 = re.compile(r"[A-Za-z0-9+/=_\s-]+", re.ASCII)
_TEXT_PARTS = frozenset({"text", "refusal", "thinking"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """Images by size, audio and documents by bytes; None where it is not known.

    `encoded_bytes` is their share of the body; `audio_replies` counts references to audio the
    model produced earlier.
    """

    images: tuple[Pixels | None, ...] = ()
    audio_bytes: int = 0
    audio_replies: int = 0
    file_bytes: tuple[int | None, ...] = ()
    encoded_bytes: int = 0

    @property
    def kinds(self) -> frozenset[str]:
        """Which media there are, by the names prices use."""
        present = {
            "image": self.images,
            "audio": self.audio_bytes or self.audio_replies,
            "file": self.file_bytes,
        }
        return frozenset(kind for kind, amount in present.items() if amount)


def find_media(messages: Iterable[JsonObject]) -> Media:
    """Look through messages whose content is a list of parts.

    Raises InvalidRequest for a part of a kind that has no bound: what it costs would be a guess.
    """
    found = _Found()
    for index, message in enumerate(messages):
        if isinstance(message.get("audio"), dict):
            found.audio_replies += 1
        content = message.get("content")
        if isinstance(content, list):
            for position, part in enumerate(content):
                found.add(part, param=f"messages[{index}].content[{position}]")
    return Media(
        images=tuple(found.images),
        audio_bytes=found.audio_bytes,
        audio_replies=found.audio_replies,
        file_bytes=tuple(found.file_bytes),
        encoded_bytes=found.encoded_bytes,
    )


@dataclass(slots=True)
class _Found:
    images: list[Pixels | None] = field(default_factory=list)
    audio_bytes: int = 0
    audio_replies: int = 0
    file_bytes: list[int | None] = field(default_factory=list)
    encoded_bytes: int = 0

    def add(self, part: JsonValue, *, param: str) -> None:
        kind = part.get("type") if isinstance(part, dict) else None
        match kind:
            case "image_url":
                url = self._payload(part, "image_url", "url")
                self.images.append(pixels_of(url))
            case "input_audio":
                data = self._payload(part, "input_audio", "data")
                if _BASE64.fullmatch(data) is None:
                    raise InvalidRequest("Audio must be in the request, as base64.", param=param)
                self.audio_bytes += _decoded(data)
            case "file":
                data = self._payload(part, "file", "file_data")
                self.file_bytes.append(_decoded(data) if data else None)
            case _ if not isinstance(kind, str) or kind not in _TEXT_PARTS:
                raise InvalidRequest(f"Parts of type {kind!r} are not priced here.", param=param)

    def _payload(self, part: JsonValue, name: str, inner: str) -> str:
        """The text that carries the medium: in an object, or, at some providers, by itself."""
        value = part.get(name) if isinstance(part, dict) else None
        if isinstance(value, dict):
            value = value.get(inner)
        if not isinstance(value, str) or not value.isascii():
            return ""
        self.encoded_bytes += len(value)
        return value


def _decoded(base64_text: str) -> int:
    return len(base64_text) * 3 // 4
