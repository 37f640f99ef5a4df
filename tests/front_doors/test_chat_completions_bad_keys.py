"""What a client sees whose key is not one of ours."""

import pytest

from tests.builders import KEY_TEXT, a_body
from tests.front_doors.paths import CHAT, COMPAT


class TestAnError:
    @pytest.mark.parametrize(
        "key",
        [
            pytest.param(None, id="none"),
            pytest.param("", id="empty"),
            pytest.param("sk-other", id="another product's"),
            pytest.param(KEY_TEXT.swapcase(), id="every letter changed"),
            pytest.param(KEY_TEXT[:-1] + chr(ord(KEY_TEXT[-1]) ^ 1), id="one character changed"),
        ],
    )
    @pytest.mark.parametrize("path", [CHAT, COMPAT])
    async def test_of_the_key_is_401(self, world, make_client, key, path):
        response = await make_client(world, key=key).post(path, json=a_body())

        assert response.status_code == 401
        assert b"invalid_api_key" in response.content
        assert world.ledger.writes == []

    async def test_of_the_scheme_is_401(self, world, make_client):
        client = make_client(world, key=None)

        response = await client.post(
            CHAT, json=a_body(), headers={"authorization": f"Basic {KEY_TEXT}"}
        )

        assert response.status_code == 401
