import pytest

from onebill.domain.estimate import estimate_tokens
from onebill.domain.event_stream import SAMPLE_BYTES_MAX, EventStream
from tests.fakes.providers import a_chunk
from tests.unit.domain.event_streams import a_reading, an_event


class TestEstimatedOutputTokens:
    def test_are_those_of_the_words_that_were_passed_on(self):
        stream, _ = a_reading(
            a_chunk("w" * 100), a_chunk("w" * 300), a_chunk(finish_reason="stop")
        )

        assert stream.estimated_output_tokens() == estimate_tokens(400)

    def test_are_none_for_an_empty_stream(self):
        assert a_reading(b": nothing\n\n")[0].estimated_output_tokens() == 0
        assert a_reading()[0].estimated_output_tokens() == 0

    def test_are_those_of_the_words_before_an_unusable_usage(self):
        stream, _ = a_reading(a_chunk("w" * 400), an_event(choices=[], usage={}))

        assert stream.estimated_output_tokens() == estimate_tokens(400)

    # Once: ZeroDivisionError, because nothing is sampled once usage was seen, usable or not.
    # It escapes `Order.settle`: the hold stays open and the answer is never paid.
    @pytest.mark.parametrize(
        "chunks",
        [
            pytest.param([a_chunk("w" * 400, usage={})], id="in every chunk"),
            pytest.param(
                [a_chunk("w" * 400) + an_event(choices=[], usage={"total_tokens": None})],
                id="in the same read as the words",
            ),
        ],
    )
    def test_are_there_however_an_unusable_usage_arrives(self, chunks):
        stream, _ = a_reading(*chunks)

        assert stream.estimated_output_tokens() == estimate_tokens(400)

    def test_are_scaled_up_from_a_sample_of_a_long_stream(self):
        chunk = a_chunk("w" * 1_000)
        length = 4 * SAMPLE_BYTES_MAX // len(chunk)
        stream, _ = a_reading(*[chunk] * length)

        assert stream.estimated_output_tokens() == pytest.approx(
            estimate_tokens(1_000 * length), rel=0.01
        )

    def test_are_none_of_what_was_not_passed_on(self):
        stream = EventStream(wants_usage=False)

        stream.feed(a_chunk("w" * 400)[:-1])

        assert stream.estimated_output_tokens() == 0
        assert stream.forwarded_bytes == 0
