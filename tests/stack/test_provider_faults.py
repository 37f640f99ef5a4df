"""Every fault of the provider twin, through the whole stack: the answer, and the money."""

import contextlib
import json
import re

import httpx
import pytest

from onebill.domain.money import parse_usd
from tests.stack.conftest import start_stack

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]

COST_OF_12_WORDS = 7 * 1_000 + 12 * 2_000
"""Seven tokens of prompt, by the twin's count."""


def body(behaviour, **overrides):
    messages = [{"role": "user", "content": "tokens=12"}]
    return {"model": f"twin/{behaviour}", "messages": messages, "max_tokens": 20} | overrides


def credit(client):
    stated = client.get("/v1/credits").json()
    assert stated["held_usd"] == "0.00"
    return parse_usd(stated["available_usd"])


@pytest.fixture
def client(stack):
    with stack.client() as client:
        yield client


@pytest.fixture
def spent(client):
    """What has left the balance since the test began, in nano-USD."""
    before = credit(client)
    return lambda: before - credit(client)


def events(content):
    return [event for event in re.split(r"\r?\n\r?\n", content) if event]


WITH_USAGE = {False: {}, True: {"stream_options": {"include_usage": True}}}


def usage_in(response):
    """Of a buffered answer, or of the last event before the end of a stream."""
    if "json" in response.headers["content-type"]:
        return response.json()["usage"]
    *_, last, done = events(response.text)
    assert done == "data: [DONE]"
    return json.loads(last.removeprefix("data: "))["usage"]


def cost_of(usage):
    """At the twin's prices: $1 in, $0.10 cached, $2 out per million tokens."""
    cached = usage.get("prompt_tokens_details", {}).get("cached_tokens", 0)
    cached = usage.get("prompt_cache_hit_tokens", cached)
    written = max(usage["completion_tokens"], usage["total_tokens"] - usage["prompt_tokens"])
    return (usage["prompt_tokens"] - cached) * 1_000 + cached * 100 + written * 2_000


FAILS_BEFORE_ANYTHING = [
    ("refuses", 400, "content_policy_violation"),
    ("refuses-404", 404, "model_not_found"),
    ("rate-limits", 429, "rate_limit_exceeded"),
    ("rejects-key", 503, "provider_unavailable"),
    ("error-500", 502, "provider_error"),
    ("error-503", 502, "provider_error"),
    ("overloaded-529", 502, "provider_error"),
    ("drops", 502, "provider_error"),
    ("empty", 502, "provider_error"),
]


@pytest.mark.parametrize("stream", [False, True], ids=["buffered", "streamed"])
@pytest.mark.parametrize(("behaviour", "status", "code"), FAILS_BEFORE_ANYTHING)
def test_a_provider_that_fails_before_anything_costs_nothing(
    client, spent, behaviour, status, code, stream
):
    response = client.post("/v1/chat/completions", json=body(behaviour, stream=stream))

    assert response.status_code == status
    assert response.json()["error"]["code"] == code
    assert spent() == 0


@pytest.mark.parametrize("behaviour", ["drops-mid-stream", "hangs-mid-stream", "garbage"])
def test_a_buffered_answer_that_breaks_off_costs_nothing(
    impatient_client, impatient_spent, behaviour
):
    response = impatient_client.post("/v1/chat/completions", json=body(behaviour))

    assert response.status_code in (502, 504)
    assert impatient_spent() == 0


@pytest.fixture(scope="module")
def impatient_stack(tmp_path_factory):
    """A stack that gives a provider one second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEBILL_PROVIDER_SECONDS_MAX", "1")
        running = start_stack(tmp_path_factory.mktemp("impatient"))
    yield running
    running.stop()


@pytest.fixture
def impatient_client(impatient_stack):
    with impatient_stack.client() as client:
        yield client


@pytest.fixture
def impatient_spent(impatient_client):
    before = credit(impatient_client)
    return lambda: before - credit(impatient_client)


@pytest.mark.parametrize("stream", [False, True], ids=["buffered", "streamed"])
def test_a_provider_that_hangs_is_a_timeout_and_costs_nothing(
    impatient_client, impatient_spent, stream
):
    response = impatient_client.post("/v1/chat/completions", json=body("hangs", stream=stream))

    assert response.status_code == 504
    assert response.json()["error"]["code"] == "provider_timeout"
    assert impatient_spent() == 0


def test_a_stream_that_hangs_ends_with_an_error_and_is_paid_by_estimate(
    impatient_client, impatient_spent
):
    response = impatient_client.post(
        "/v1/chat/completions", json=body("hangs-mid-stream", stream=True)
    )

    assert '"provider_timeout"' in events(response.text)[-1]
    assert 0 < impatient_spent() < 100_000


@pytest.mark.parametrize("behaviour", ["drops-mid-stream", "ends-early"])
def test_a_stream_that_breaks_off_ends_with_an_error_and_is_paid_by_estimate(
    client, spent, behaviour
):
    response = client.post("/v1/chat/completions", json=body(behaviour, stream=True))

    *said, error = events(response.text)
    assert len(said) == 5
    assert error.startswith("event: error\n")
    assert json.loads(error.split("data: ")[1])["error"]["code"] == "provider_error"
    assert 0 < spent() < 100_000


def test_an_error_within_a_stream_is_passed_on_and_ends_it(client, spent):
    response = client.post("/v1/chat/completions", json=body("errors-mid-stream", stream=True))

    assert "error" in json.loads(events(response.text)[-1].removeprefix("data: "))
    assert 0 < spent() < 100_000


@pytest.mark.parametrize("stream", [False, True], ids=["buffered", "streamed"])
def test_an_answer_without_usage_is_estimated_never_free_never_the_whole_hold(
    client, spent, stream
):
    request = body("omits-usage", stream=stream, **WITH_USAGE[stream])

    response = client.post("/v1/chat/completions", json=request)

    assert '"estimated":true' in response.text
    assert 12 * 1_000 < spent() < 110_000


@pytest.mark.parametrize("stream", [False, True], ids=["buffered", "streamed"])
@pytest.mark.parametrize(
    "behaviour",
    [
        "echo",
        "exceeds-hold",
        "exceeds-prompt",
        "usage-in-every-chunk",
        "usage-in-finish-chunk",
        "groq-usage",
        "reasons",
        "reasons-apart",
        "caches",
        "deepseek-cache",
        "crlf",
        "splits-bytes",
        "slow",
    ],
)
def test_whatever_the_provider_reports_is_paid_to_the_nano_dollar(
    client, spent, behaviour, stream
):
    request = body(behaviour, stream=stream, **WITH_USAGE[stream])

    response = client.post("/v1/chat/completions", json=request)

    usage = usage_in(response)
    assert spent() == cost_of(usage) == round(usage["cost"] * 10**9)


def test_an_answer_above_the_hold_is_paid_in_full(client, spent):
    request = body("exceeds-hold", max_tokens=5_000)
    request["messages"][0]["content"] = "tokens=5000"

    client.post("/v1/chat/completions", json=request).raise_for_status()

    assert spent() > 15_000 * 2_000


class TestAClientThatLeavesAStream:
    def test_pays_what_the_provider_went_on_to_write(self, client, spent):
        request = body("slow", stream=True)
        with client.stream("POST", "/v1/chat/completions", json=request) as response:
            next(response.iter_raw())

        wait_until_nothing_is_held(client)

        assert spent() == COST_OF_12_WORDS

    def test_before_its_first_byte_pays_too(self, client, spent):
        with contextlib.suppress(httpx.ReadTimeout):
            client.post("/v1/chat/completions", json=body("slow", stream=True), timeout=0.02)

        wait_until_nothing_is_held(client)

        assert spent() == COST_OF_12_WORDS

    def test_of_a_buffered_answer_pays_too(self, client, spent):
        with contextlib.suppress(httpx.ReadTimeout):
            client.post("/v1/chat/completions", json=body("slow"), timeout=0.02)

        wait_until_nothing_is_held(client)

        assert spent() == COST_OF_12_WORDS


def wait_until_nothing_is_held(client):
    """First until the request has arrived, then until it has settled."""
    statements = (client.get("/v1/credits").json()["held_usd"] for _ in range(10_000))
    assert any(held != "0.00" for held in statements)
    assert any(held == "0.00" for held in statements)
