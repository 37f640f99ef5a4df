"""The gateway under Cloudflare's path: what its clients see."""

from tests.builders import KEY_TEXT, a_body
from tests.fakes.providers import DONE, a_stream
from tests.front_doors.paths import COMPAT


class TestCloudflaresPath:
    async def test_answers_like_openais_with_cloudflares_headers(self, world, client):
        world.providers.will_answer()

        response = await client.post(COMPAT, json=a_body())

        assert response.status_code == 200
        assert response.headers["cf-aig-request-id"] == "request-1"
        assert response.headers["cf-aig-step"] == "0"

    async def test_streams(self, world, client):
        world.providers.will_stream(a_stream("w0 "))

        response = await client.post(COMPAT, json=a_body(stream=True))

        assert response.content.endswith(DONE)
        assert response.headers["cf-aig-request-id"] == "request-1"

    async def test_is_closed_to_keys_of_other_accounts(self, world, client):
        response = await client.post(COMPAT.replace("acme", "other"), json=a_body())

        assert response.status_code == 401
        assert response.json()["internalCode"] == 2009

    async def test_does_not_take_a_providers_key_for_credit(self, world, client):
        headers = {"cf-aig-authorization": f"Bearer {KEY_TEXT}", "authorization": "Bearer sk-1"}

        response = await client.post(COMPAT, json=a_body(), headers=headers)

        assert response.status_code == 400
        assert "provider's key" in response.json()["message"]

    async def test_takes_its_own_key_in_both_headers(self, world, client):
        world.providers.will_answer()
        headers = {"cf-aig-authorization": f"Bearer {KEY_TEXT}"}

        response = await client.post(COMPAT, json=a_body(), headers=headers)

        assert response.status_code == 200

    async def test_lists_models_at_one_rate_in_and_out(self, client):
        response = await client.get("/v1/acme/default/compat/models")

        [model] = response.json()["data"]
        assert model["id"] == "openai/gpt-4o-mini"
        assert (model["cost_in"], model["cost_out"]) == (0.000001, 0.000002)
