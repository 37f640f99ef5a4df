"""The worst case of a request: what is held before the provider is called.

Every bound errs upwards, so that what settles is at most what was held:

* Text: a byte-level tokenizer spends at most one token per UTF-8 byte. The JSON around each
  message is longer than the tokens a chat template adds for it.
* Images by their pixels, audio by its length, each by rules of its own (`Model.bounds`), because a
  megabyte of base64 is not a million tokens.
* Whatever has no such bound, as a remote image of any size or a compressed document, can fill
  the model's context window, and nothing can exceed it.
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

IMAGE_TILE_PIXELS = 256
"""Side of the smallest tile a provider bills whole: Gemini's, 258 tokens however small the image
(ai.google.dev/gemini-api/docs/tokens). Images are rounded up to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputBound:
    """Upper bounds of the input, in tokens: `tokens` at text rates, `audio_tokens` at audio's.

    `media_tokens` is the part of `tokens` that images and documents account for as far as
    they have a bound; `unmeasured` counts those that the whole window is held for instead.
    """

    tokens: int
    audio_tokens: int
    media_tokens: int = 0
    unmeasured: int = 0

    @property
    def total(self) -> int:
        """All input tokens: what selects the long-context tier."""
        return self.tokens + self.audio_tokens


def input_bound(request: ChatRequest, model: Model) -> InputBound:
    """The most input tokens the provider can bill for this request."""
    preamble = PREAMBLE_TOKENS + (TOOLS_PREAMBLE_TOKENS if request.has_tools else 0)
    window = model.max_input_tokens
    pieces = [_image_tokens(pixels, model.bounds) for pixels in request.media.images]
    pieces += [model.bounds.file_tokens] * request.media.files
    known_tokens = sum(tokens for tokens in pieces if tokens is not None)
    unmeasured = pieces.count(None)
    tokens = request.text_bytes + preamble + known_tokens
    return InputBound(
        tokens=window if unmeasured else min(tokens, window),
        audio_tokens=_audio_tokens(request.media, model),
        media_tokens=min(known_tokens, window),
        unmeasured=unmeasured,
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


def _image_tokens(pixels: Pixels | None, bounds: MediaBounds) -> int | None:
    """Bound an image by a number, or by the squares that cover it; None if neither can be."""
    if bounds.image_tokens is not None:
        return bounds.image_tokens
    if pixels is None:
        return None
    side = bounds.image_patch_pixels
    return _squares(pixels.width, side) * _squares(pixels.height, side)


def _squares(pixels: int, side: int) -> int:
    """Squares along an edge that is rounded up to whole tiles."""
    return ceil_div(ceil_div(pixels, IMAGE_TILE_PIXELS) * IMAGE_TILE_PIXELS, side)


def _audio_tokens(media: Media, model: Model) -> int:
    """Bound sound by its length, and an earlier answer by the longest there can be."""
    seconds = sum(each for each in media.audio_seconds if each is not None)
    replies = media.audio_replies * model.max_output_tokens
    tokens = seconds * model.bounds.audio_tokens_per_second + replies
    is_known = None not in media.audio_seconds
    return min(tokens, model.max_input_tokens) if is_known else model.max_input_tokens
