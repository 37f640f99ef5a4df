import pytest

from tests.fakes.providers import DONE, a_chunk, a_usage
from tests.unit.domain.event_streams import USAGE_CHUNK, a_reading, an_event


class TestUsage:
    def test_is_found_in_the_extra_chunk_which_is_held_back(self):
        stream, passed_on = a_reading(a_chunk("w0"), USAGE_CHUNK, DONE)

        assert stream.usage == a_usage()
        assert passed_on == a_chunk("w0")

    def test_is_found_in_the_last_chunk_with_words_which_is_not(self):
        last = a_chunk("w1", finish_reason="stop", usage=a_usage())

        stream, passed_on = a_reading(a_chunk("w0"), last, DONE)

        assert stream.usage == a_usage()
        assert passed_on == a_chunk("w0") + last

    def test_is_found_where_groq_puts_it(self):
        last = an_event(choices=[{"delta": {}}], x_groq={"id": "r", "usage": a_usage()})

        stream, passed_on = a_reading(last)

        assert stream.usage == a_usage()
        assert passed_on == last

    def test_is_taken_once_where_groq_states_it_twice(self):
        twice = an_event(choices=[], usage=a_usage(1, 2), x_groq={"usage": a_usage(3, 4)})

        assert a_reading(twice)[0].usage == a_usage(1, 2)

    def test_is_the_last_of_many_and_never_their_sum(self):
        chunks = [a_chunk("w", usage=a_usage(200, written)) for written in (1, 2, 3)]

        assert a_reading(*chunks)[0].usage == a_usage(200, 3)

    def test_is_the_last_of_many_that_arrive_at_once(self):
        chunks = [a_chunk("w", usage=a_usage(200, written)) for written in (1, 2, 3)]

        assert a_reading(b"".join(chunks))[0].usage == a_usage(200, 3)

    def test_is_not_undone_by_a_null(self):
        assert a_reading(USAGE_CHUNK, a_chunk("w0"))[0].usage == a_usage()

    def test_is_found_among_nulls(self):
        assert a_reading(a_chunk("w0") + USAGE_CHUNK + a_chunk("w1"))[0].usage == a_usage()

    @pytest.mark.parametrize("space", [b"", b" ", b"\t"], ids=repr)
    def test_is_not_looked_for_in_a_null(self, space):
        event = b'data: {"choices":[],"usage"' + space + b":" + space + b"null}\n\n"

        stream, passed_on = a_reading(event)

        assert stream.usage is None
        assert passed_on == event

    @pytest.mark.parametrize("groq", [None, [], "usage", {"usage": None}, {"id": "r"}], ids=repr)
    def test_is_not_there_if_groq_says_something_else(self, groq):
        assert a_reading(an_event(choices=[], x_groq=groq, note="usage"))[0].usage is None

    def test_is_found_in_data_of_several_lines(self):
        event = b'event: message\ndata: {"choices": [],\ndata: "usage": {"prompt_tokens": 7}}\n\n'

        stream, passed_on = a_reading(event)

        assert stream.usage == {"prompt_tokens": 7}
        assert passed_on == b""

    def test_is_found_between_lines_that_end_differently(self):
        event = b'id: 1\r\ndata: {"choices":[],"usage":{"prompt_tokens":7}}\r\n\r\n'

        assert a_reading(event)[0].usage == {"prompt_tokens": 7}

    @pytest.mark.parametrize(
        "event",
        [
            pytest.param(an_event(usage=a_usage()), id="no choices at all"),
            pytest.param(an_event(usage=a_usage(), choices=None), id="null for choices"),
        ],
    )
    def test_is_held_back_only_in_the_shape_openai_gives_it(self, event):
        assert a_reading(event)[1] == event

    # Once: held back as if it were the extra chunk; then nobody tells the client what failed.
    def test_is_not_held_back_with_an_error(self):
        event = an_event(choices=[], usage=a_usage(), error={"message": "overloaded"})

        stream, passed_on = a_reading(event)

        assert stream.failed
        assert passed_on == event
