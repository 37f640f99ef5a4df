"""Streams read to their end, and the events they are made of."""

import json

from onebill.domain.event_stream import EventStream
from tests.fakes.providers import a_chunk, a_usage

USAGE_CHUNK = a_chunk(usage=a_usage(), choices=False)


def a_reading(*chunks, wants_usage=False):
    """A stream that was fed these chunks to its end, and what it passed on."""
    stream = EventStream(wants_usage=wants_usage)
    passed_on = b"".join(stream.feed(chunk) for chunk in chunks)
    return stream, passed_on + stream.end()


def an_event(**content):
    return b"data: %b\n\n" % json.dumps(content).encode()


def content_of(event):
    return json.loads(event.removeprefix(b"data: "))
