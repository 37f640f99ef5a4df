"""A whole answer over HTTP: what a client sees."""

from functools import reduce

from tests.builders import KEY_TEXT, a_body
from tests.fakes.providers import a_usage
from tests.front_doors.paths import CHAT


class TestABufferedAnswer:
    async def test_carries_its_cost_in_usage_and_in_headers(self, world, client):
        world.providers.will_answer(usage=a_usage(200, 50))

        response = await client.post(CHAT, json=a_body())

        assert response.status_code == 200
        assert response.json()["usage"]["cost"] == 0.0003
        assert response.headers["onebill-cost-usd"] == "0.0003"
        assert response.headers["onebill-available-usd"] == "4.9997"
        assert b'"cost":0.0003}' in response.content

    async def test_is_the_providers_answer_otherwise(self, world, client):
        world.providers.will_answer(content="üñ\u2028", made_up=[1, {"a": None}])

        answer = (await client.post(CHAT, json=a_body())).json()

        assert answer["choices"][0]["message"]["content"] == "üñ\u2028"
        assert answer["made_up"] == [1, {"a": None}]

    async def test_names_its_request(self, world, client):
        world.providers.will_answer()

        response = await client.post(CHAT, json=a_body())

        assert response.headers["onebill-request-id"] == "request-1"
        assert response.headers["x-request-id"] == "request-1"

    async def test_says_when_the_output_cap_is_not_the_clients(self, world, client):
        world.providers.will_answer()
        world.providers.will_answer()

        defaulted = await client.post(CHAT, json=a_body())
        chosen = await client.post(CHAT, json=a_body(max_tokens=9))

        assert defaulted.headers["onebill-output-cap"] == "16384"
        assert "onebill-output-cap" not in chosen.headers

    async def test_without_usage_states_the_estimate(self, world, client):
        world.providers.will_answer(content="word " * 8, usage={})

        usage = (await client.post(CHAT, json=a_body())).json()["usage"]

        assert usage["estimated"] is True
        assert usage["completion_tokens"] == 11
        assert usage["cost"] > 0

    async def test_still_comes_when_the_ledger_does_not_answer_any_more(self, world, client):
        provider_answer = world.providers.will_answer()
        read = provider_answer.read

        async def read_while_the_ledger_goes_down():
            world.ledger.is_down = True
            return await read()

        provider_answer.read = read_while_the_ledger_goes_down

        response = await client.post(CHAT, json=a_body())

        assert response.status_code == 200
        assert "onebill-available-usd" not in response.headers

    async def test_takes_the_key_in_cloudflares_header_too(self, world, make_client):
        world.providers.will_answer()
        client = make_client(world, key=None)

        response = await client.post(
            CHAT, json=a_body(), headers={"cf-aig-authorization": f"Bearer {KEY_TEXT}"}
        )

        assert response.status_code == 200

    async def test_is_found_without_the_version_in_the_path(self, world, client):
        world.providers.will_answer()

        response = await client.post("/chat/completions", json=a_body())

        assert response.status_code == 200

    async def test_passes_on_what_a_strict_writer_refuses(self, world, client):
        nested = reduce(lambda inner, _: [inner], range(400), "deep")
        world.providers.will_answer(content="\ud800", nested=nested)

        response = await client.post(CHAT, json=a_body())

        assert response.status_code == 200
        assert b"\\ud800" in response.content
        assert response.json()["usage"]["cost"] > 0
