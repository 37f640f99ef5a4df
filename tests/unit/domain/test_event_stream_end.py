import json

import pytest

from tests.fakes.providers import DONE, a_chunk, a_usage
from tests.unit.domain.event_streams import USAGE_CHUNK, a_reading, an_event, content_of

STATED = b'{"prompt_tokens":200,"cost":0.0003}'


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
