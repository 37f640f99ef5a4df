"""What a client sees when there is no answer."""

from dataclasses import replace

import pytest

from onebill.domain.account import AccountState
from onebill.domain.errors import (
    ProviderError,
    ProviderRefused,
    ProviderTimeout,
    ProviderUnavailable,
)
from tests.builders import a_body, a_configuration, a_hold, an_account
from tests.front_doors.paths import CHAT, COMPAT
from tests.world import SETTINGS, World


def a_refusal(status=400, retry_after=None):
    return ProviderRefused(
        status=status,
        content_type="application/json; x=y",
        body=b'{"error": "theirs"}',
        retry_after=retry_after,
    )


class TestEveryError:
    """DESIGN §4, line by line, in OpenAI's shape and in Cloudflare's envelope."""

    def spoil(self, world, case):
        account = world.account
        match case:
            case "frozen":
                frozen = a_configuration(state=AccountState.FROZEN)
                world.has(replace(account, configuration=frozen))
            case "no credit":
                world.has(an_account("0"))
            case "limit":
                world.has(replace(account, configuration=a_configuration(day="0.0000001")))
            case "in flight":
                hold = a_hold("0.01")
                busy = an_account(
                    "4.99",
                    credited_nano_usd=5_000_000_000,
                    held_nano_usd=10_000_000,
                    holds={hold.id: hold},
                    configuration=a_configuration(in_flight_max=1),
                )
                world.has(busy)
            case "down":
                world.providers.will_raise(ProviderError("OpenAI is down."))
            case "slow":
                world.providers.will_raise(ProviderTimeout("OpenAI is slow."))
            case "our key":
                world.providers.will_raise(ProviderUnavailable("OpenAI rejects us."))
            case "bug":
                world.providers.will_raise(RuntimeError("a bug of ours"))
            case "ledger down":
                world.ledger.is_down = True

    CASES = [
        pytest.param("frozen", 403, "account_frozen", 2009, "false", id="frozen"),
        pytest.param("no credit", 402, "insufficient_credits", 2021, "false", id="no credit"),
        pytest.param("limit", 429, "spend_limit_exceeded", 2045, "false", id="limit"),
        pytest.param("in flight", 429, "too_many_in_flight", 2018, "true", id="in flight"),
        pytest.param("down", 502, "provider_error", 2005, "true", id="provider down"),
        pytest.param("slow", 504, "provider_timeout", 2005, "true", id="provider slow"),
        pytest.param("our key", 503, "provider_unavailable", 2005, "false", id="our key"),
        pytest.param("bug", 500, "internal_error", 2002, "true", id="bug"),
        pytest.param("ledger down", 500, "internal_error", 2002, "true", id="ledger down"),
    ]

    @pytest.mark.parametrize(("case", "status", "code", "_cloudflare", "retry"), CASES)
    async def test_in_openais_shape(self, world, client, case, status, code, _cloudflare, retry):
        self.spoil(world, case)

        response = await client.post(CHAT, json=a_body())

        error = response.json()["error"]
        assert (response.status_code, error["code"]) == (status, code)
        assert {"message", "type", "code", "param"} <= error.keys()
        assert response.headers["x-should-retry"] == retry
        assert response.headers["onebill-request-id"]
        assert world.account.debited_nano_usd == 0

    @pytest.mark.parametrize(("case", "status", "code", "cloudflare", "retry"), CASES)
    async def test_in_cloudflares_envelope(
        self, world, client, case, status, code, cloudflare, retry
    ):
        self.spoil(world, case)

        response = await client.post(COMPAT, json=a_body())

        answer = response.json()
        assert response.status_code == answer["httpCode"] == status
        assert answer["success"] is False
        assert answer["error"][0]["code"] == answer["internalCode"] == cloudflare
        assert answer["description"] == code
        assert response.headers["x-should-retry"] == retry

    @pytest.mark.parametrize("path", [CHAT, COMPAT])
    @pytest.mark.parametrize(
        ("refusal", "retry"), [(a_refusal(400), "false"), (a_refusal(429, "7"), "true")]
    )
    async def test_of_the_providers_own_is_its_status_and_body(
        self, world, client, path, refusal, retry
    ):
        world.providers.will_raise(refusal)

        response = await client.post(path, json=a_body())

        assert response.status_code == refusal.status
        assert response.content == b'{"error": "theirs"}'
        assert response.headers["content-type"] == "application/json; x=y"
        assert response.headers.get("retry-after") == refusal.retry_after
        assert response.headers["x-should-retry"] == retry
        assert world.account.available_nano_usd == 5_000_000_000

    async def test_of_credit_says_what_is_missing_and_where_to_top_up(self, make_client):
        world = World(settings=replace(SETTINGS, top_up_url="https://onebill.example/console"))
        world.has(an_account("0.00001"))

        error = (await make_client(world).post(CHAT, json=a_body())).json()["error"]

        assert "is missing" in error["message"]
        assert error["message"].endswith("Top up at https://onebill.example/console")
        assert error["details"]["available_usd"] == "0.00001"
        assert error["details"]["top_up_url"] == "https://onebill.example/console"

    async def test_of_a_limit_names_window_limit_spend_and_reset(self, world, client):
        self.spoil(world, "limit")

        response = await client.post(CHAT, json=a_body())

        details = response.json()["error"]["details"]
        assert details["window"] == "day"
        assert details["limit_usd"] == "0.0000001"
        assert details["spent_usd"] == "0.00"
        assert details["resets_at"] == "2026-11-24T00:00:00+00:00"
        assert response.headers["retry-after"] == str(12 * 3600)

    async def test_of_too_many_asks_to_come_back_in_a_second(self, world, client):
        self.spoil(world, "in flight")

        response = await client.post(CHAT, json=a_body())

        assert response.headers["retry-after"] == "1"

    async def test_of_ours_tells_nothing_of_its_cause(self, world, client):
        self.spoil(world, "bug")

        response = await client.post(CHAT, json=a_body())

        assert "a bug of ours" not in response.text

    @pytest.mark.parametrize(
        ("method", "path", "status", "code"),
        [
            ("GET", "/nowhere", 404, "not_found"),
            ("GET", CHAT, 405, "method_not_allowed"),
            ("PUT", "/v1/credits", 405, "method_not_allowed"),
        ],
    )
    async def test_of_the_path_has_the_same_shape(self, client, method, path, status, code):
        response = await client.request(method, path)

        assert response.status_code == status
        assert response.json()["error"]["code"] == code
