"""The gateway over HTTP: what a client sees."""

import json
from dataclasses import replace

import pytest

from onebill.domain.account import AccountState
from onebill.domain.errors import (
    ProviderError,
    ProviderRefused,
    ProviderTimeout,
    ProviderUnavailable,
)
from tests.builders import (
    KEY_TEXT,
    a_body,
    a_configuration,
    a_hold,
    a_model,
    a_price,
    an_account,
    an_api_key,
    some_rates,
)
from tests.fakes.providers import DONE, a_chunk, a_stream, a_usage
from tests.world import SETTINGS, World

CHAT = "/v1/chat/completions"
COMPAT = "/v1/acme/default/compat/chat/completions"


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

        assert response.headers["content-type"] == "text/event-stream"
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

    BAD_REQUESTS = [
        pytest.param({"content": b"{"}, 400, "invalid_request", None, id="not JSON"),
        pytest.param({"content": b""}, 400, "invalid_request", None, id="empty"),
        pytest.param({"content": b"\xff\xfe"}, 400, "invalid_request", None, id="not UTF-8"),
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

    async def test_of_a_body_without_a_length_is_413_too(self, small_world, make_client):
        async def parts():
            for _ in range(5):
                yield b" " * 1_000

        response = await make_client(small_world).post(CHAT, content=parts())

        assert response.status_code == 413

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

    @pytest.mark.parametrize(
        "path", ["/v1/models", "/v1/models/openai/gpt-4o-mini", "/v1/credits", "/v1/key"]
    )
    async def test_and_credit_are_only_told_to_a_key(self, world, make_client, path):
        response = await make_client(world, key=None).get(path)

        assert response.status_code == 401


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


async def test_the_interface_is_described(client):
    described = (await client.get("/openapi.json")).json()

    assert CHAT in described["paths"]
    assert "/chat/completions" not in described["paths"]
