"""The credit that is left, as a client sees it."""

from tests.builders import KEY_TEXT, a_configuration, a_hold, an_account, an_api_key
from tests.world import World


class TestCredit:
    async def test_is_told_with_every_window(self, make_client):
        world = World()
        hold = a_hold("0.01")
        world.has(
            an_account(
                "4.98",
                credited_nano_usd=5_000_000_000,
                debited_nano_usd=10_000_000,
                held_nano_usd=10_000_000,
                holds={hold.id: hold},
                windows={"d:2026-11-23": 20_000_000, "w:2026-W48": 30_000_000},
                configuration=a_configuration(day="1.00"),
            )
        )

        credit = (await make_client(world).get("/v1/credits")).json()

        assert (credit["available_usd"], credit["held_usd"]) == ("4.98", "0.01")
        assert credit["windows"]["day"] == {
            "limit_usd": "1.00",
            "spent_usd": "0.01",
            "held_usd": "0.01",
            "remaining_usd": "0.98",
            "resets_at": "2026-11-24T00:00:00+00:00",
        }
        assert credit["windows"]["week"]["spent_usd"] == "0.02"
        assert credit["windows"]["week"]["limit_usd"] is None
        assert credit["windows"]["month"]["resets_at"] == "2026-12-01T00:00:00+00:00"

    async def test_is_told_with_the_key_that_asks_but_never_its_text(self, world, make_client):
        world.has(world.account, an_api_key(expires_at=None))

        response = await make_client(world).get("/v1/key")

        key = response.json()
        assert (key["id"], key["name"], key["hint"]) == ("key-1", "laptop", KEY_TEXT[-4:])
        assert key["available_usd"] == "5.00"
        assert KEY_TEXT not in response.text
