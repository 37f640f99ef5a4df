"""The worst case of a request: what is held before the provider is called.

Every bound errs upwards, so that what settles is at most what was held:

* Text: a byte-level tokenizer spends at most one token per UTF-8 byte. The JSON around each
  message is longer than the tokens a chat template adds for it.
* Images, audio, documents: by tables of their own (`Model.bounds`), because a megabyte of
  base64 is not a million tokens. A remote URL is bounded like the media it names.
* Nothing exceeds the model's context window.
"""

from dataclasses import dataclass

from onebill.domain.chat_request import ChatRequest
from onebill.domain.image_size import Pixels
from onebill.domain.media import Media
from onebill.domain.model import MediaBounds, Model
from onebill.domain.money import PICO_USD_PER_NANO_USD, ceil_div, nano_usd_from_pico_usd
from onebill.domain.pricing import Price, Rates

OUTPUT_TOKENS_DEFAULT = 16_384
"""The output cap of a request that names none, unless the model's own is smaller."""

OUTPUT_TOKENS_MIN = 16
"""A shorter answer is not worth its input: below this a request is refused, not shrunk."""

PREAMBLE_TOKENS = 64
"""What a chat template adds once per request."""

TOOLS_PREAMBLE_TOKENS = 1_024
"""What providers add to explain tools; Anthropic's is the largest published, up to 804 tokens
(platform.claude.com, tool use pricing, read 2026-11)."""

AUDIO_BYTES_PER_SECOND_MIN = 750
"""6 kbit/s, the lowest rate of Opus: fewer bytes than this cannot carry a second of sound."""

REMOTE_IMAGE = Pixels(4_096, 4_096)
"""What an image is taken to be whose size cannot be read. A larger one settles above its hold."""

IMAGE_TILE_PIXELS = 256
"""Side of the smallest tile a provider bills whole: Gemini's, 258 tokens however small the image
(ai.google.dev/gemini-api/docs/tokens). Images are rounded up to it."""

FILE_BYTES_PER_PAGE_MIN = 1_024
"""A page object, its stream and its cross-reference entry rarely fit in less."""

FILE_PAGES_MAX = 100
"""The most pages a provider reads of one document (OpenAI, Anthropic: file input limits)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputBound:
    """Upper bounds of the input, in tokens: `tokens` at text rates, `audio_tokens` at audio's.

    `media_tokens` is the part of `tokens` that images and documents account for.
    """

    tokens: int
    audio_tokens: int
    media_tokens: int = 0

    @property
    def total(self) -> int:
        """All input tokens: what selects the long-context tier."""
        return self.tokens + self.audio_tokens


def input_bound(request: ChatRequest, model: Model) -> InputBound:
    """The most input tokens the provider can bill for this request."""
    preamble = PREAMBLE_TOKENS + (TOOLS_PREAMBLE_TOKENS if request.has_tools else 0)
    media, bounds = request.media, model.bounds
    media_tokens = _image_tokens(media, bounds) + _file_tokens(media, bounds)
    seconds = ceil_div(media.audio_bytes, AUDIO_BYTES_PER_SECOND_MIN)
    replies = media.audio_replies * model.max_output_tokens
    audio_tokens = seconds * bounds.audio_tokens_per_second + replies
    return InputBound(
        tokens=min(request.text_bytes + preamble + media_tokens, model.max_input_tokens),
        media_tokens=min(media_tokens, model.max_input_tokens),
        audio_tokens=min(audio_tokens, model.max_input_tokens),
    )


def output_cap(request: ChatRequest, model: Model, *, default: int = OUTPUT_TOKENS_DEFAULT) -> int:
    """The output tokens per choice: asked for, or a default; never more than the model's own."""
    return min(request.requested_output_tokens or default, model.max_output_tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstCase:
    """Prices a request before it runs: a fixed part, and a part per token of the output cap."""

    price: Price
    input: InputBound
    choices: int
    with_audio: bool

    def hold_nano_usd(self, output_tokens: int) -> int:
        """What to hold for an output cap of so many tokens per choice."""
        return max(
            nano_usd_from_pico_usd(
                self._fixed_pico_usd(rates) + output_tokens * self._per_token_pico_usd(rates)
            )
            for rates in self._reachable()
        )

    def affordable_output_tokens(self, budget_nano_usd: int) -> int:
        """The largest output cap whose hold fits the budget; negative if the input does not."""
        budget_pico_usd = budget_nano_usd * PICO_USD_PER_NANO_USD
        return min(
            (budget_pico_usd - self._fixed_pico_usd(rates))
            // max(1, self._per_token_pico_usd(rates))
            for rates in self._reachable()
        )

    def _reachable(self) -> tuple[Rates, ...]:
        return self.price.reachable(self.input.total)

    def _fixed_pico_usd(self, rates: Rates) -> int:
        return (
            self.input.tokens * rates.dearest_input
            + self.input.audio_tokens * max(rates.audio_input, rates.dearest_input)
            + rates.request
        )

    def _per_token_pico_usd(self, rates: Rates) -> int:
        audio = rates.audio_output if self.with_audio else 0
        return self.choices * max(rates.output, rates.reasoning, audio)


def _image_tokens(media: Media, bounds: MediaBounds) -> int:
    """Bound images by a number, or by the squares that cover them, in whole tiles."""
    if bounds.image_tokens is not None:
        return len(media.images) * bounds.image_tokens
    sizes = (pixels or REMOTE_IMAGE for pixels in media.images)
    side = bounds.image_patch_pixels
    return sum(_squares(size.width, side) * _squares(size.height, side) for size in sizes)


def _squares(pixels: int, side: int) -> int:
    """Squares along an edge that is rounded up to whole tiles."""
    return ceil_div(ceil_div(pixels, IMAGE_TILE_PIXELS) * IMAGE_TILE_PIXELS, side)


def _file_tokens(media: Media, bounds: MediaBounds) -> int:
    """Bound documents by pages: by their size when it is known, by the provider's limit if not."""
    pages = 0
    for size_bytes in media.file_bytes:
        by_size = (
            FILE_PAGES_MAX if size_bytes is None else 1 + size_bytes // FILE_BYTES_PER_PAGE_MIN
        )
        pages += min(by_size, FILE_PAGES_MAX)
    return pages * bounds.file_tokens_per_page
