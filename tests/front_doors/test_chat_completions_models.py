"""The models on sale, as a client sees them."""

from datetime import timedelta

import pytest

from onebill.domain.model import DatedPrice
from tests.builders import NOW, a_body, a_model, a_price, some_rates
from tests.front_doors.paths import CHAT, COMPAT
from tests.world import World


class TestModels:
    async def test_are_listed_with_prices_and_limits(self, make_client):
        tiers = ((0, some_rates(cache_read=100_000)), (200_000, some_rates(input=2_500_000)))
        world = World(a_model(price=a_price(*tiers)))
        world.has()

        listed = (await make_client(world).get("/v1/models")).json()

        [model] = listed["data"]
        assert listed["object"] == "list"
        assert (model["id"], model["object"], model["owned_by"]) == (
            "openai/gpt-4o-mini",
            "model",
            "openai",
        )
        assert (model["max_input_tokens"], model["max_output_tokens"]) == (128_000, 16_384)
        base, above = model["pricing"]["tiers"]
        assert (base["input"], base["cache_read"], base["output"]) == ("1.00", "0.10", "2.00")
        assert (above["above_input_tokens"], above["input"]) == (200_000, "2.50")

    async def test_can_be_asked_for_one_by_one(self, client):
        response = await client.get("/v1/models/openai/gpt-4o-mini")

        assert response.json()["id"] == "openai/gpt-4o-mini"

    async def test_that_are_not_sold_are_404(self, client):
        response = await client.get("/v1/models/openai/gpt-99")

        assert response.status_code == 404

    @pytest.mark.parametrize("path", ["/v1/models", COMPAT.replace("chat/completions", "models")])
    async def test_whose_price_begins_later_are_not_listed(self, make_client, path):
        later = DatedPrice(from_day=NOW.date() + timedelta(days=1), price=a_price())
        world = World(a_model(prices=(later,)))
        world.has()

        listed = (await make_client(world).get(path)).json()

        assert listed["data"] == []

    async def test_whose_price_begins_later_are_not_sold(self, make_client):
        later = DatedPrice(from_day=NOW.date() + timedelta(days=1), price=a_price())
        world = World(a_model(prices=(later,)))
        world.has()

        response = await make_client(world).post(CHAT, json=a_body())

        assert (response.status_code, response.json()["error"]["code"]) == (404, "model_not_found")

    @pytest.mark.parametrize(
        "path", ["/v1/models", "/v1/models/openai/gpt-4o-mini", "/v1/credits", "/v1/key"]
    )
    async def test_and_credit_are_only_told_to_a_key(self, world, make_client, path):
        response = await make_client(world, key=None).get(path)

        assert response.status_code == 401
