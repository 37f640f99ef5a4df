"""Providers as data: how each is reached, and what its media cost at most."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from onebill.adapters.catalog.entries import Entry
from onebill.domain.model import MediaBounds, Provider

ACCOUNT_PLACEHOLDER = "{account_id}"
OUTPUT_CAP_FIELDS = ("max_completion_tokens", "max_tokens")

_KEYS = (
    "name",
    "aliases",
    "base_url",
    "auth_header",
    "auth_scheme",
    "key_variable",
    "output_cap_field",
    "takes_stream_options",
    "reports_reasoning_apart",
    "ends_with_done",
    "refused_options",
    "extra_headers",
    "sent_always",
    "bounds",
    "sources",
)
IMAGE_PATCH_PIXELS_DEFAULT = 14
"""Side of the smallest square any published vision encoder spends a token on."""

_BOUND_KEYS = {
    "image": "image_tokens",
    "audio": "audio_tokens_per_second",
    "file": "file_tokens",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The most tokens one piece of each medium costs; None where none is published.

    A medium that is missing is not taken at all. An exception applies to the model of exactly
    that name and to those that go on with a hyphen; the longest one that applies wins.
    """

    by_medium: Mapping[str, int | None]
    image_exceptions: Mapping[str, int | None]
    image_patch_pixels: int

    def of(self, model_name: str, *, max_input_tokens: int) -> MediaBounds:
        """The bounds of one model. Images without one are bounded by their pixels."""
        audio = self.by_medium.get("audio")
        return MediaBounds(
            image_tokens=self._image_tokens(model_name),
            image_patch_pixels=self.image_patch_pixels,
            audio_tokens_per_second=max_input_tokens if audio is None else audio,
            file_tokens=self.by_medium.get("file"),
        )

    def _image_tokens(self, model_name: str) -> int | None:
        applying = [
            name
            for name in self.image_exceptions
            if model_name == name or model_name.startswith(f"{name}-")
        ]
        if applying:
            return self.image_exceptions[max(applying, key=len)]
        return self.by_medium.get("image")


@dataclass(frozen=True, slots=True, kw_only=True)
class SellingProvider:
    """A provider with what only the catalogue needs to know of it."""

    provider: Provider
    aliases: tuple[str, ...]
    key_variable: str
    bounds: Bounds

    @property
    def is_addressable(self) -> bool:
        """Whether nothing is missing from the base URL."""
        return ACCOUNT_PLACEHOLDER not in self.provider.base_url


def read_provider(slug: str, entry: Entry, *, base_url: str | None) -> SellingProvider:
    """Read one entry; `base_url` replaces the one written there. Raises CatalogError."""
    entry.allow_only(*_KEYS)
    output_cap_field = entry.text("output_cap_field")
    if output_cap_field not in OUTPUT_CAP_FIELDS:
        entry.fail("output_cap_field", f"must be one of {', '.join(OUTPUT_CAP_FIELDS)}")
    provider = Provider(
        id=slug,
        name=entry.text("name"),
        base_url=(base_url or entry.text("base_url")).rstrip("/"),
        auth_header=entry.text("auth_header"),
        auth_scheme=entry.text("auth_scheme", default=""),
        output_cap_field=output_cap_field,
        refused_options=frozenset(entry.names("refused_options")),
        takes_stream_options=entry.flag("takes_stream_options"),
        reports_reasoning_apart=entry.flag("reports_reasoning_apart"),
        ends_with_done=entry.flag("ends_with_done"),
        extra_headers=_texts(entry, "extra_headers"),
        sent_always=_texts(entry, "sent_always"),
    )
    return SellingProvider(
        provider=provider,
        aliases=entry.names("aliases"),
        key_variable=entry.text("key_variable"),
        bounds=_bounds(entry.entry("bounds")),
    )


def _texts(entry: Entry, key: str) -> Mapping[str, str]:
    if not entry.has(key):
        return MappingProxyType({})
    texts = entry.entry(key)
    return {name: texts.text(name) for name in texts.fields}


def _bounds(entry: Entry) -> Bounds:
    entry.allow_only("image_tokens_by_model", "image_patch_pixels", *_BOUND_KEYS.values())
    exceptions = {}
    if entry.has("image_tokens_by_model"):
        for exception in entry.entries("image_tokens_by_model"):
            exception.allow_only("prefix", "tokens")
            exceptions[exception.text("prefix")] = exception.whole_or_null("tokens")
    return Bounds(
        by_medium={
            medium: entry.whole_or_null(key)
            for medium, key in _BOUND_KEYS.items()
            if entry.has(key)
        },
        image_exceptions=exceptions,
        image_patch_pixels=(
            entry.whole("image_patch_pixels", minimum=1)
            if entry.has("image_patch_pixels")
            else IMAGE_PATCH_PIXELS_DEFAULT
        ),
    )
