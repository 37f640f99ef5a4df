"""What the messages of a request carry besides text, found without decoding it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from onebill.domain.audio_length import seconds_of
from onebill.domain.errors import InvalidRequest
from onebill.domain.image_size import Pixels, pixels_of
from onebill.domain.json_value import JsonObject, JsonValue

_BASE64 = re.compile(r"[A-Za-z0-9+/=_\s-]+", re.ASCII)
_TEXT_PARTS = frozenset({"text", "refusal", "thinking"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """Images by their pixels, sound by its seconds, None where they are not known; documents.

    `encoded_bytes` is their share of the body; `audio_replies` counts references to audio the
    model produced earlier.
    """

    images: tuple[Pixels | None, ...] = ()
    audio_seconds: tuple[int | None, ...] = ()
    audio_replies: int = 0
    files: int = 0
    encoded_bytes: int = 0

    @property
    def kinds(self) -> frozenset[str]:
        """Which media there are, by the names prices use."""
        present = {
            "image": self.images,
            "audio": self.audio_seconds or self.audio_replies,
            "file": self.files,
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
        audio_seconds=tuple(found.audio_seconds),
        audio_replies=found.audio_replies,
        files=found.files,
        encoded_bytes=found.encoded_bytes,
    )


@dataclass(slots=True)
class _Found:
    images: list[Pixels | None] = field(default_factory=list)
    audio_seconds: list[int | None] = field(default_factory=list)
    audio_replies: int = 0
    files: int = 0
    encoded_bytes: int = 0

    def add(self, part: JsonValue, *, param: str) -> None:
        kind = part.get("type") if isinstance(part, dict) else None
        match kind:
            case "image_url":
                url = self._payload(part, "image_url", "url", param=param)
                self.images.append(pixels_of(url))
            case "input_audio":
                data = self._payload(part, "input_audio", "data", param=param)
                if _BASE64.fullmatch(data) is None:
                    raise InvalidRequest("Audio must be in the request, as base64.", param=param)
                self.audio_seconds.append(seconds_of(data))
            case "file":
                self._payload(part, "file", "file_data", param=param)
                self.files += 1
            case _ if not isinstance(kind, str) or kind not in _TEXT_PARTS:
                raise InvalidRequest(f"Parts of type {kind!r} are not priced here.", param=param)

    def _payload(self, part: JsonValue, name: str, inner: str, *, param: str) -> str:
        """The text that carries the medium: in an object, or, at some providers, by itself.

        Raises InvalidRequest for a file stored at the provider: all accounts share the gateway's
        key there, so a file's name is no right to read it.
        """
        value = part.get(name) if isinstance(part, dict) else None
        if isinstance(value, dict):
            if "file_id" in value:
                raise InvalidRequest("Files stored at a provider cannot be used.", param=param)
            value = value.get(inner)
        if not isinstance(value, str) or not value.isascii():
            return ""
        self.encoded_bytes += len(value)
        return value
