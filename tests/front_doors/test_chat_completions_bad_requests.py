"""What a client sees who asks for what cannot be served."""

from dataclasses import replace
from functools import reduce

import pytest

from tests.builders import a_body
from tests.front_doors.paths import CHAT
from tests.world import SETTINGS, World

NESTED = reduce(lambda inner, _: [inner], range(300), "deep")
"""Deeper than our writer goes, though not than our reader."""


class TestAnError:
    BAD_REQUESTS = [
        pytest.param({"content": b"{"}, 400, "invalid_request", None, id="not JSON"),
        pytest.param({"content": b""}, 400, "invalid_request", None, id="empty"),
        pytest.param({"content": b"\xff\xfe"}, 400, "invalid_request", None, id="not UTF-8"),
        pytest.param(
            {"json": a_body(metadata=NESTED)}, 400, "invalid_request", None, id="nested deeply"
        ),
        pytest.param({"json": []}, 400, "invalid_request", None, id="not an object"),
        pytest.param({"json": {"messages": []}}, 400, "invalid_request", "model", id="no model"),
        pytest.param(
            {"json": a_body(messages=[])}, 400, "invalid_request", "messages", id="no messages"
        ),
        pytest.param(
            {"json": a_body(messages="Hello")}, 400, "invalid_request", "messages", id="text"
        ),
        pytest.param(
            {"json": a_body(stream="yes")}, 400, "invalid_request", "stream", id="stream"
        ),
        pytest.param(
            {"json": a_body(max_tokens=0)}, 400, "invalid_request", "max_tokens", id="cap"
        ),
        pytest.param({"json": a_body(n=129)}, 400, "invalid_request", "n", id="choices"),
        pytest.param(
            {"json": a_body(tools=[{"type": "web_search"}])},
            400,
            "invalid_request",
            "tools[0].type",
            id="hosted tool",
        ),
        pytest.param(
            {"json": a_body(service_tier="priority")},
            400,
            "invalid_request",
            "service_tier",
            id="service tier",
        ),
        pytest.param(
            {"json": a_body(model="openai/gpt-99")}, 404, "model_not_found", "model", id="model"
        ),
        pytest.param({"json": a_body("x" * 3_000)}, 413, "request_too_large", None, id="large"),
    ]

    @pytest.fixture
    def small_world(self):
        world = World(settings=replace(SETTINGS, body_bytes_max=2_000))
        world.has()
        return world

    @pytest.mark.parametrize(("request_", "status", "code", "param"), BAD_REQUESTS)
    async def test_of_the_request_holds_nothing_and_costs_nothing(
        self, small_world, make_client, request_, status, code, param
    ):
        before = small_world.account

        response = await make_client(small_world).post(CHAT, **request_)

        error = response.json()["error"]
        assert (response.status_code, error["code"], error["param"]) == (status, code, param)
        assert response.headers["x-should-retry"] == "false"
        assert small_world.account == before
        assert small_world.providers.sent == []

    async def test_of_a_body_without_a_length_is_413_too(self, small_world, make_client):
        async def parts():
            for _ in range(5):
                yield b" " * 1_000

        response = await make_client(small_world).post(CHAT, content=parts())

        assert response.status_code == 413
