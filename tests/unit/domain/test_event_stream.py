import json

import pytest

from onebill.domain.estimate import estimate_tokens
from onebill.domain.event_stream import (
    EVENT_BYTES_MAX,
    SAMPLE_BYTES_MAX,
    EventStream,
)
from tests.fakes.providers import DONE, a_chunk, a_usage

USAGE_CHUNK = a_chunk(usage=a_usage(), choices=False)
STATED = b'{"prompt_tokens":200,"cost":0.0003}'


def a_reading(*chunks, wants_usage=False):
    """A stream that was fed these chunks to its end, and what it passed on."""
    stream = EventStream(wants_usage=wants_usage)
    passed_on = b"".join(stream.feed(chunk) for chunk in chunks)
    return stream, passed_on + stream.end()


def an_event(**content):
    return b"data: %b\n\n" % json.dumps(content).encode()


def content_of(event):
    return json.loads(event.removeprefix(b"data: "))


class TestFeed:
    def test_passes_whole_events_on_as_they_come(self):
        stream = EventStream(wants_usage=False)

        assert stream.feed(a_chunk("w0")) == a_chunk("w0")
        assert stream.feed(a_chunk("w1") + a_chunk("w2")) == a_chunk("w1") + a_chunk("w2")

    def test_keeps_an_event_until_it_is_complete(self):
        stream = EventStream(wants_usage=False)
        event = a_chunk("w0")

        assert stream.feed(event[:20]) == b""
        assert stream.feed(event[20:-1]) == b""
        assert stream.feed(event[-1:]) == event

    def test_passes_on_what_is_complete_and_keeps_the_rest(self):
        stream = EventStream(wants_usage=False)
        first, second = a_chunk("w0"), a_chunk("w1")

        assert stream.feed(first + second[:5]) == first
        assert stream.feed(second[5:]) == second

    @pytest.mark.parametrize(
        "separator", [b"\n\n", b"\r\n\r\n", b"\n\r\n", b"\r\n\n", b"\r\r"], ids=repr
    )
    def test_knows_a_blank_line_however_it_is_written(self, separator):
        stream = EventStream(wants_usage=False)
        event = b'data: {"choices":[]}' + separator

        assert stream.feed(event) == event

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("\u2028", id="a line separator"),
            pytest.param("\x85", id="a next line"),
            pytest.param("\\n\\n", id="escaped line ends"),
        ],
    )
    def test_does_not_take_text_for_a_blank_line(self, text):
        stream = EventStream(wants_usage=False)
        event = f'data: {{"choices":[],"text":"{text}"}}\n\n'.encode()

        assert stream.feed(event[:-2]) == b""
        assert stream.feed(event[-2:]) == event

    @pytest.mark.parametrize("chunk", [b": OPENROUTER PROCESSING\n\n", b"retry: 5\n\n", b"\n\n"])
    def test_passes_on_what_is_no_data(self, chunk):
        assert a_reading(chunk)[1] == chunk

    def test_of_nothing_is_nothing(self):
        assert EventStream(wants_usage=False).feed(b"") == b""

    def test_passes_an_endless_event_on_unread(self):
        stream = EventStream(wants_usage=False)
        start = b"data: " + b"x" * (EVENT_BYTES_MAX - 6)

        assert stream.feed(start) == b""
        assert stream.feed(b"y") == start + b"y"
        assert stream.feed(b"z\n\n" + a_chunk("w0")) == b"z\n\n" + a_chunk("w0")

    def test_passes_on_text_that_only_looks_like_a_sign(self):
        event = a_chunk('"usage": [DONE] "error" data: [DONE]')

        stream, passed_on = a_reading(event)

        assert passed_on == event
        assert (stream.usage, stream.done, stream.failed) == (None, False, False)

    @pytest.mark.parametrize(
        "payload", [b"not json [DONE]", b'["error"]', b'"usage"', b'{"usage":', b'"\xff usage"']
    )
    def test_passes_on_what_it_cannot_read(self, payload):
        event = b"data: " + payload + b"\n\n"

        stream, passed_on = a_reading(event)

        assert passed_on == event
        assert stream.usage is None

    # Once: RecursionError. It would escape the relay, and `Order.settle` through the estimate.
    def test_passes_on_what_is_nested_deeper_than_python_likes(self):
        event = b'data: {"error":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n\n"

        assert a_reading(event)[1] == event


class TestTheEndOfAStream:
    def test_is_held_back(self):
        stream, passed_on = a_reading(a_chunk("w0"), DONE)

        assert passed_on == a_chunk("w0")
        assert stream.done
        assert stream.closing(stated_usage=STATED) == DONE

    @pytest.mark.parametrize(
        "end",
        [
            pytest.param(b"data:[DONE]\n\n", id="without a space"),
            pytest.param(b"data: [DONE]\r\n\r\n", id="with other line ends"),
            pytest.param(b"data: [DONE] \n\n", id="with a space behind it"),
            pytest.param(b": bye\ndata: [DONE]\n\n", id="with a comment"),
            pytest.param(b"event: done\ndata: [DONE]\n\n", id="with a name"),
            pytest.param(b"data: [DONE]\n", id="without a blank line"),
            pytest.param(b"data: [DONE]", id="without any line end"),
        ],
    )
    def test_is_known_and_given_back_however_it_is_written(self, end):
        stream, passed_on = a_reading(a_chunk("w0"), end)

        assert passed_on == a_chunk("w0")
        assert stream.done
        assert stream.closing(stated_usage=STATED) == end

    def test_may_be_missing(self):
        stream, _ = a_reading(a_chunk("w0"))

        assert not stream.done
        assert stream.closing(stated_usage=STATED) == b""

    def test_may_be_followed_by_more(self):
        _, passed_on = a_reading(a_chunk("w0"), DONE + b": bye\n\n")

        assert passed_on == a_chunk("w0") + b": bye\n\n"

    @pytest.mark.parametrize("rest", [b"\n", b"", b"\r\n"], ids=repr)
    def test_passes_an_event_on_that_lacks_its_blank_line(self, rest):
        last = a_chunk("w1").removesuffix(b"\n\n") + rest

        _, passed_on = a_reading(a_chunk("w0"), last)

        assert passed_on == a_chunk("w0") + last

    def test_reads_the_usage_of_an_event_that_lacks_its_blank_line(self):
        stream, _ = a_reading(a_chunk("w0"), USAGE_CHUNK.removesuffix(b"\n\n"))

        assert stream.usage == a_usage()


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


class TestAnError:
    @pytest.mark.parametrize("error", [{"message": "overloaded"}, "overloaded"])
    def test_is_noticed_and_passed_on(self, error):
        stream, passed_on = a_reading(a_chunk("w0"), an_event(error=error))

        assert stream.failed
        assert passed_on == a_chunk("w0") + an_event(error=error)

    @pytest.mark.parametrize("error", [None, "", {}], ids=repr)
    def test_may_be_none(self, error):
        assert not a_reading(an_event(error=error, choices=[]))[0].failed

    def test_may_come_with_usage(self):
        stream, _ = a_reading(an_event(error="no", usage=a_usage()))

        assert stream.failed
        assert stream.usage == a_usage()


class TestHasBegun:
    @pytest.mark.parametrize(
        ("chunks", "expected"),
        [
            pytest.param([], False, id="nothing"),
            pytest.param([a_chunk("w0")[:-1]], False, id="half an event"),
            pytest.param([DONE], False, id="only its end"),
            pytest.param([USAGE_CHUNK], False, id="only usage"),
            pytest.param([a_chunk("w0")], True, id="words"),
            pytest.param([a_chunk("w0"), an_event(error="no")], True, id="an error after words"),
            pytest.param([an_event(error="no")], False, id="only an error"),
            pytest.param([an_event(error="no", choices=[])], False, id="an error of no choices"),
            pytest.param(
                [b": ping\n\n", an_event(error="no")], False, id="an error after a comment"
            ),
        ],
    )
    def test_is_told_by_what_was_passed_on(self, chunks, expected):
        stream = EventStream(wants_usage=False)

        b"".join(map(stream.feed, chunks))

        assert stream.has_begun is expected


class TestClosing:
    def test_gives_usage_and_its_cost_to_who_asked(self):
        stream, _ = a_reading(a_chunk("w0"), USAGE_CHUNK, DONE, wants_usage=True)

        usage_event, done = stream.closing(stated_usage=STATED).split(b"\n\n", 1)

        assert done == DONE
        assert usage_event.endswith(b',"choices":[],"usage":' + STATED + b"}")
        assert content_of(usage_event) == content_of(USAGE_CHUNK) | {"usage": json.loads(STATED)}

    def test_gives_nothing_but_the_end_to_who_did_not(self):
        stream, _ = a_reading(a_chunk("w0"), USAGE_CHUNK, DONE, wants_usage=False)

        assert stream.closing(stated_usage=STATED) == DONE

    def test_takes_usage_out_of_a_chunk_with_words(self):
        last = a_chunk("w1", usage=a_usage())
        stream, _ = a_reading(last, wants_usage=True)

        usage_event = content_of(stream.closing(stated_usage=STATED))

        assert usage_event["choices"] == []
        assert usage_event["id"] == "chatcmpl-1"
        assert usage_event["usage"] == json.loads(STATED)

    def test_leaves_out_what_groq_says_beside_it(self):
        groq = an_event(id="1", choices=[{"delta": {}}], x_groq={"usage": a_usage()})
        stream, _ = a_reading(groq, wants_usage=True)

        assert content_of(stream.closing(stated_usage=STATED)) == {
            "id": "1",
            "choices": [],
            "usage": json.loads(STATED),
        }

    def test_makes_a_chunk_of_the_first_event_if_usage_never_came(self):
        stream, _ = a_reading(b": hello\n\n", a_chunk("w0"), a_chunk("w1"), wants_usage=True)

        usage_event = content_of(stream.closing(stated_usage=STATED))

        assert usage_event["id"] == "chatcmpl-1"
        assert (usage_event["choices"], usage_event["usage"]) == ([], json.loads(STATED))

    def test_makes_a_chunk_of_nothing_if_nothing_came(self):
        stream, _ = a_reading(wants_usage=True)

        assert stream.closing(stated_usage=STATED) == (
            b'data: {"choices":[],"usage":' + STATED + b"}\n\n"
        )

    # Once: the usage event is glued to the last line and neither can be read.
    @pytest.mark.parametrize("rest", [b"", b"\n", b"\r\n"], ids=repr)
    def test_begins_an_event_of_its_own_if_the_last_lacks_its_blank_line(self, rest):
        last = a_chunk("w1", usage=a_usage()).removesuffix(b"\n\n") + rest
        stream, passed_on = a_reading(a_chunk("w0"), last, wants_usage=True)

        answer = passed_on + stream.closing(stated_usage=STATED)

        parts = answer.replace(b"\r\n", b"\n").split(b"\n\n")
        events = [part.strip() for part in parts if part.strip()]
        assert [content_of(event)["id"] for event in events] == ["chatcmpl-1"] * 3


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


class TestForwardedBytes:
    def test_are_those_the_client_got(self):
        stream, passed_on = a_reading(a_chunk("w0") + USAGE_CHUNK, a_chunk("w1"), DONE)

        assert stream.forwarded_bytes == len(passed_on) == 2 * len(a_chunk("w0"))


class TestBreakingOff:
    def test_is_an_event_named_error_in_openais_shape(self):
        stream, _ = a_reading(a_chunk("w0"))

        event = stream.breaking_off(message='It said "no".\n', code="provider_timeout")

        name, data = event.removesuffix(b"\n\n").split(b"\n")
        assert name == b"event: error"
        assert content_of(data) == {
            "error": {
                "message": 'It said "no".\n',
                "type": "provider_error",
                "code": "provider_timeout",
                "param": None,
            }
        }

    @pytest.mark.parametrize("rest", [b"", b"\n", b"\r\n", b'data: {"cho'], ids=repr)
    def test_begins_an_event_of_its_own_if_the_last_is_not_whole(self, rest):
        last = a_chunk("w1").removesuffix(b"\n\n") + rest
        stream, passed_on = a_reading(a_chunk("w0"), last)

        answer = passed_on + stream.breaking_off(message="gone", code="provider_error")

        assert answer.replace(b"\r\n", b"\n").count(b"\n\nevent: error\n") == 1

    def test_may_be_all_there_is(self):
        stream, _ = a_reading()

        assert stream.breaking_off(message="gone", code="x").startswith(b"event: error\n")
