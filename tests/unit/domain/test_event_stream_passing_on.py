import pytest

from onebill.domain.event_stream import EVENT_BYTES_MAX, EventStream
from tests.fakes.providers import DONE, a_chunk
from tests.unit.domain.event_streams import USAGE_CHUNK, a_reading, an_event


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


class TestForwardedBytes:
    def test_are_those_the_client_got(self):
        stream, passed_on = a_reading(a_chunk("w0") + USAGE_CHUNK, a_chunk("w1"), DONE)

        assert stream.forwarded_bytes == len(passed_on) == 2 * len(a_chunk("w0"))
