"""A streamed answer over HTTP: what a client sees."""

import json

from onebill.domain.errors import ProviderError
from tests.builders import a_body
from tests.fakes.providers import DONE, a_chunk, a_stream, a_usage
from tests.front_doors.paths import CHAT


class TestAStream:
    async def test_passes_events_on_and_ends_with_the_cost(self, world, client):
        words = a_stream("w0 ", "w1 ", usage=a_usage(200, 50))
        world.providers.will_stream(words)
        body = a_body(stream=True, stream_options={"include_usage": True})

        response = await client.post(CHAT, json=body)

        *_, usage, done, _ = response.content.split(b"\n\n")
        assert response.content.startswith(b"".join(words[:3]))
        assert json.loads(usage.removeprefix(b"data: "))["usage"]["cost"] == 0.0003
        assert done + b"\n\n" == DONE

    async def test_is_not_cached_or_held_back_on_the_way(self, world, client):
        world.providers.will_stream(a_stream("w0 "))

        response = await client.post(CHAT, json=a_body(stream=True))

        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["cache-control"] == "no-cache"
        assert response.headers["x-accel-buffering"] == "no"
        assert response.headers["onebill-output-cap"] == "16384"

    async def test_that_breaks_off_ends_with_an_error_event(self, world, client):
        world.providers.will_stream([a_chunk("w0 "), ProviderError("gone")])

        response = await client.post(CHAT, json=a_body(stream=True))

        *_, error, _ = response.content.split(b"\n\n")
        kind, data = error.split(b"\n")
        assert kind == b"event: error"
        assert json.loads(data.removeprefix(b"data: "))["error"]["code"] == "provider_error"
