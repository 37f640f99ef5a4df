"""The interface, as it describes itself."""

from tests.front_doors.paths import CHAT


async def test_the_interface_is_described(client):
    described = (await client.get("/openapi.json")).json()

    assert CHAT in described["paths"]
    assert "/chat/completions" not in described["paths"]
