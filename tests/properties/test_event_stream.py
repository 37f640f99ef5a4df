"""A stream passes through as it is, however its bytes arrive."""

import json
from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from onebill.domain.event_stream import EventStream
from tests.properties.effort import PROPERTY

STATED = b'{"prompt_tokens":7,"cost":0.0003}'


@dataclass(frozen=True)
class Event:
    """One event as the provider sends it, and what is to become of it."""

    data: bytes
    words: str | None = None
    usage: object = None
    is_usage_chunk: bool = False
    is_end: bool = False
    is_error: bool = False

    @property
    def is_held_back(self):
        return self.is_usage_chunk or self.is_end


texts = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="\u2028\u2029\x85\x0b\x0c\x1c\r\n \U0001f600\u732b\xe9", max_size=30),
    st.sampled_from(
        [
            '"usage"',
            '"usage": {"prompt_tokens": 1}',
            "[DONE]",
            "data: [DONE]",
            '"error"',
            "\n\ndata: [DONE]\n\n",
            "\r\n\r\n",
            '\\"usage\\"',
            '"usage":null',
        ]
    ),
)
ends = st.sampled_from([b"\n", b"\r\n"])
usages = st.fixed_dictionaries(
    {"prompt_tokens": st.integers(0, 999), "completion_tokens": st.integers(0, 999)}
)


@st.composite
def written(draw, content):
    """The event that says this JSON, in one of the ways SSE allows."""
    line_end, blank_line = draw(ends), draw(ends)
    text = json.dumps(
        content,
        ensure_ascii=draw(st.booleans()),
        separators=draw(st.sampled_from([None, (",", ":")])),
        indent=draw(st.sampled_from([None, None, None, 1])),
    )
    before = draw(st.sampled_from([[], [], [b": ping"], [b"event: message", b"id: 1"]]))
    prefix = draw(st.sampled_from([b"data: ", b"data:"]))
    lines = [*before, *(prefix + line.encode() for line in text.split("\n"))]
    return b"".join(line + line_end for line in lines) + blank_line


def a_chunk(words, **fields):
    choice = {"index": 0, "delta": {"content": words}, "finish_reason": None}
    return {"id": "1", "choices": [choice]} | fields


@st.composite
def words(draw):
    """A chunk with words: silent on usage, or with null, or with a snapshot of it."""
    said, usage = draw(texts), draw(usages)
    fields, found = draw(
        st.sampled_from(
            [
                ({}, None),
                ({"usage": None}, None),
                ({"usage": usage}, usage),
                ({"usage": {}}, {}),
                ({"x_groq": {"id": "r"}}, None),
                ({"x_groq": {"id": "r", "usage": usage}}, usage),
                ({"usage": None, "x_groq": {"usage": usage}}, usage),
            ]
        )
    )
    return Event(draw(written(a_chunk(said, **fields))), words=said, usage=found)


@st.composite
def usage_chunks(draw):
    usage = draw(usages)
    content = {"id": "1", "choices": [], "usage": usage}
    return Event(draw(written(content)), usage=usage, is_usage_chunk=True)


@st.composite
def errors(draw):
    """An error, alone or with what else a last chunk can carry."""
    usage = draw(st.none() | usages)
    beside = {} if usage is None else {"choices": [], "usage": usage}
    content = {"error": {"message": draw(texts)}} | beside
    return Event(draw(written(content)), usage=usage, is_error=True)


comments = st.builds(
    lambda text, line_end, blank_line: Event(b": " + text + line_end + blank_line),
    st.sampled_from([b"OPENROUTER PROCESSING", b"[DONE]", b'"usage"']),
    ends,
    ends,
)
the_end = st.builds(
    lambda text, line_end, blank_line: Event(text + line_end + blank_line, is_end=True),
    st.sampled_from([b"data: [DONE]", b"data:[DONE]", b": bye\ndata: [DONE]"]),
    ends,
    ends,
)


@st.composite
def streams(draw, *more):
    """Events in OpenAI's shape, usually with an end, sometimes without a last blank line."""
    middle = st.lists(st.one_of(words(), words(), comments, *more), max_size=6)
    last = draw(st.lists(the_end, min_size=0, max_size=1))
    events = draw(middle) + draw(st.lists(st.one_of(*more), max_size=1) if more else st.just([]))
    events += last
    cut = draw(st.sampled_from([0, 0, 0, 1, 2]))
    if events and cut:
        tail = events[-1].data
        shorter = tail.removesuffix(b"\n").removesuffix(b"\r")
        events[-1] = replace(events[-1], data=shorter if cut == 1 else shorter.rstrip(b"\r\n"))
    return events


@st.composite
def pieces(draw, data):
    """The same bytes, cut anywhere: in a character, in a name, between CR and LF."""
    cuts = st.lists(st.integers(0, len(data)), max_size=12).map(sorted)
    every_byte = st.just(list(range(1, len(data))))
    places = draw(st.one_of(cuts, cuts, every_byte))
    return [data[low:high] for low, high in zip([0, *places], [*places, len(data)], strict=True)]


def bytes_of(events):
    return b"".join(event.data for event in events)


def read(chunks, *, wants_usage=False):
    """What is passed on of a stream that arrives in these chunks, and the stream after it."""
    stream = EventStream(wants_usage=wants_usage)
    passed_on = b"".join(stream.feed(chunk) for chunk in chunks)
    return passed_on + stream.end(), stream


def payloads(data):
    """The data of every event, by the letter of the SSE specification."""
    lines = data.replace(b"\r\n", b"\n").decode().split("\n")
    events = [[]]
    for line in lines:
        if line:
            events[-1].append(line)
        else:
            events.append([])
    said = [
        "\n".join(
            line.removeprefix("data:").removeprefix(" ") for line in event if line[:5] == "data:"
        )
        for event in events
    ]
    return [text for text in said if text]


class TestAnyStream:
    @PROPERTY
    @given(streams(usage_chunks(), errors()), st.data(), st.booleans())
    def test_is_passed_on_byte_for_byte_but_for_what_is_held_back(self, events, data, wants_usage):
        chunks = data.draw(pieces(bytes_of(events)))

        passed_on, stream = read(chunks, wants_usage=wants_usage)

        assert passed_on == bytes_of(event for event in events if not event.is_held_back)
        assert stream.forwarded_bytes == len(passed_on)

    @PROPERTY
    @given(streams(usage_chunks()), st.data())
    def test_gives_its_end_back_byte_for_byte(self, events, data):
        _, stream = read(data.draw(pieces(bytes_of(events))))

        end = bytes_of(event for event in events if event.is_end)
        assert stream.done == bool(end)
        assert stream.closing(stated_usage=STATED) == end

    @PROPERTY
    @given(streams(usage_chunks(), errors()), st.data())
    def test_has_the_last_usage_wherever_it_stands(self, events, data):
        _, stream = read(data.draw(pieces(bytes_of(events))))

        assert stream.usage == next(
            (event.usage for event in reversed(events) if event.usage is not None), None
        )
        assert stream.failed == any(event.is_error for event in events)

    @PROPERTY
    @given(streams(usage_chunks(), errors()), st.data(), st.booleans())
    def test_does_not_depend_on_how_its_bytes_arrive(self, events, data, wants_usage):
        whole = bytes_of(events)
        one_read, one = read([whole], wants_usage=wants_usage)
        reads, other = read(data.draw(pieces(whole)), wants_usage=wants_usage)

        assert reads == one_read
        assert (other.usage, other.done, other.failed) == (one.usage, one.done, one.failed)
        assert other.closing(stated_usage=STATED) == one.closing(stated_usage=STATED)

    @PROPERTY
    @given(streams(), st.data())
    def test_without_usage_is_estimated_however_its_bytes_arrive(self, events, data):
        silent = [event for event in events if not event.usage]
        whole = bytes_of(silent)
        _, one = read([whole])
        _, other = read(data.draw(pieces(whole)))

        assert other.estimated_output_tokens() == one.estimated_output_tokens()

    @PROPERTY
    @given(streams(usage_chunks()), st.data())
    def test_says_to_a_client_what_the_provider_said(self, events, data):
        chunks = data.draw(pieces(bytes_of(events)))

        passed_on, stream = read(chunks, wants_usage=True)

        said = payloads(passed_on + stream.closing(stated_usage=STATED))
        *contents, usage_chunk = [json.loads(each) for each in said if each != "[DONE]"]
        assert [each["choices"][0]["delta"]["content"] for each in contents] == [
            event.words for event in events if event.words is not None
        ]
        assert (usage_chunk["choices"], usage_chunk["usage"]) == ([], json.loads(STATED))
        assert (said[-1] == "[DONE]") is stream.done

    @PROPERTY
    @given(streams(usage_chunks()), st.data())
    def test_that_breaks_off_says_so_to_a_client(self, events, data):
        passed_on, stream = read(data.draw(pieces(bytes_of(events))))

        *_, last = payloads(passed_on + stream.breaking_off(message="gone", code="provider_error"))

        assert json.loads(last)["error"]["code"] == "provider_error"


class TestAnyBytes:
    @PROPERTY
    @given(
        st.lists(
            st.sampled_from(
                [
                    b"\r",
                    b"\n",
                    b"\n\n",
                    b"data:",
                    b" ",
                    b"{}",
                    b'{"a":1}',
                    b'"error"',
                    b"[DO",
                    b"\xff",
                ]
            ),
            max_size=30,
        ).map(b"".join),
        st.data(),
    )
    def test_are_passed_on_as_they_are(self, noise, data):
        passed_on, stream = read(data.draw(pieces(noise)))

        assert passed_on == noise
        assert stream.usage is None
