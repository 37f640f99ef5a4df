"""The most tokens a request can be billed for: its text, and what it carries beside it."""

import pytest

from onebill.domain.bounds import (
    PREAMBLE_TOKENS,
    TOOLS_PREAMBLE_TOKENS,
    InputBound,
    input_bound,
)
from onebill.domain.chat_request import read_chat_request
from onebill.domain.model import MediaBounds
from tests.builders import a_body, a_model
from tests.unit.domain.requests import (
    a_file,
    a_png,
    a_request,
    a_wav,
    an_audio,
    an_encoded,
    an_image,
    an_mp3,
)

A_FUNCTION = {"type": "function", "function": {"name": "f"}}


def bounds(**overrides):
    fields = {
        "image_tokens": 1_500,
        "image_patch_pixels": 14,
        "audio_tokens_per_second": 10,
        "file_tokens": 3_000,
    }
    return MediaBounds(**(fields | overrides))


def bound_of(request, model=None):
    return input_bound(request, model or a_model())


def media_tokens(*parts, **overrides):
    return bound_of(a_request(list(parts)), a_model(bounds=bounds(**overrides))).media_tokens


class TestTheInputBound:
    def test_of_text_is_a_token_per_byte_and_what_a_template_adds(self):
        request = read_chat_request(a_body(), size_bytes=1_000)

        assert bound_of(request) == InputBound(
            tokens=1_000 + PREAMBLE_TOKENS, audio_tokens=0, media_tokens=0
        )

    @pytest.mark.parametrize(
        "fields",
        [
            pytest.param({"tools": [A_FUNCTION]}, id="tools"),
            pytest.param({"functions": [{"name": "f"}]}, id="functions"),
        ],
    )
    def test_has_room_for_what_providers_say_about_tools(self, fields):
        request = a_request(**fields)

        assert bound_of(request).tokens == (
            request.size_bytes + PREAMBLE_TOKENS + TOOLS_PREAMBLE_TOKENS
        )

    def test_has_at_least_a_token_of_text(self):
        request = read_chat_request(a_body(), size_bytes=0)

        assert bound_of(request).tokens == 1 + PREAMBLE_TOKENS

    def test_does_not_take_the_bytes_of_an_image_for_text(self):
        url = an_encoded(a_png(640, 480) + bytes(90_000))
        request = a_request([an_image(url)])

        assert bound_of(request).tokens == (
            request.size_bytes - len(url) + PREAMBLE_TOKENS + 1_500
        )

    def test_never_exceeds_the_context_window(self):
        request = read_chat_request(
            a_body([an_image()] * 90 + [an_audio(a_wav(13_000, sample_rate=1, bits=8))]),
            size_bytes=128_001,
        )

        assert bound_of(request) == InputBound(
            tokens=128_000, audio_tokens=128_000, media_tokens=128_000
        )

    def test_reaches_the_context_window_exactly(self):
        below = read_chat_request(a_body(), size_bytes=127_999 - PREAMBLE_TOKENS)
        above = read_chat_request(a_body(), size_bytes=128_001 - PREAMBLE_TOKENS)

        assert bound_of(below).tokens == 127_999
        assert bound_of(above).tokens == 128_000

    def test_selects_the_tier_by_text_and_audio_together(self):
        assert InputBound(tokens=3, audio_tokens=4, media_tokens=2).total == 7


class TestImages:
    def test_cost_a_number_each_where_one_is_published(self):
        assert media_tokens(an_image(), an_image(), image_tokens=85) == 170

    def test_may_be_free(self):
        large = an_image(an_encoded(a_png(9_000, 9_000)))

        assert media_tokens(large, image_tokens=0) == 0

    @pytest.mark.parametrize(
        ("width", "height", "expected"),
        [
            pytest.param(256, 256, 19 * 19, id="a whole tile"),
            pytest.param(257, 256, 37 * 19, id="a column more"),
            pytest.param(256, 257, 19 * 37, id="a row more"),
            pytest.param(1, 1, 19 * 19, id="a dot"),
        ],
    )
    def test_cost_their_squares_where_none_is(self, width, height, expected):
        image = an_image(an_encoded(a_png(width, height)))

        assert media_tokens(image, image_tokens=None, image_patch_pixels=14) == expected

    # Once: taken to be 4096 by 4096; a larger one cost 18 times its hold.
    @pytest.mark.parametrize(
        "image",
        [
            pytest.param(an_image(), id="elsewhere"),
            pytest.param(an_image(an_encoded(b"GIF89a" + bytes(20))), id="a GIF"),
        ],
    )
    def test_of_unknown_size_can_fill_the_context_window(self, image):
        model = a_model(bounds=bounds(image_tokens=None))

        bound = bound_of(a_request([image, image]), model)

        assert bound == InputBound(tokens=128_000, audio_tokens=0, unmeasured=2)

    def test_add_up(self):
        small, large = (an_image(an_encoded(a_png(side, side))) for side in (32, 512))

        assert media_tokens(small, large, image_tokens=None, image_patch_pixels=32) == 64 + 256

    # Gemini before 3 bills whole tiles, 258 tokens for the smallest image
    # (ai.google.dev/gemini-api/docs/tokens, quoted in providers.json under image_tokens).
    def test_cost_a_whole_tile_however_small_they_are(self):
        dot = an_image(an_encoded(a_png(1, 1)))

        assert media_tokens(dot, image_tokens=None, image_patch_pixels=14) >= 258


class TestAudio:
    def test_costs_by_the_longest_it_can_last(self):
        request = a_request([an_audio(a_wav(60)), an_audio(an_mp3(4_998))])

        assert bound_of(request).audio_tokens == (61 + 5) * 10

    # Once: taken to last a second for every 750 bytes; silence takes less.
    def test_of_a_kind_that_has_no_length_can_fill_the_context_window(self):
        request = a_request([an_audio(a_wav(1)), an_audio(b"fLaC" + bytes(60))])

        assert bound_of(request).audio_tokens == 128_000

    def test_that_the_model_answered_before_can_be_as_long_as_an_answer(self):
        replies = [{"role": "assistant", "audio": {"id": "audio_1"}}] * 2
        model = a_model(max_output_tokens=2_000)

        assert bound_of(a_request(messages=replies), model).audio_tokens == 4_000


class TestDocuments:
    def test_cost_a_number_each_where_one_is_published(self):
        assert media_tokens(a_file(), a_file(), file_tokens=700) == 1_400

    # Once: bounded by its bytes; 1,500 of them can be a hundred pages full of text.
    def test_can_fill_the_context_window_where_none_is(self):
        model = a_model(bounds=bounds(file_tokens=None))

        assert bound_of(a_request([a_file()]), model) == InputBound(
            tokens=128_000, audio_tokens=0, unmeasured=1
        )
