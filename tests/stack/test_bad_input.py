"""Bad input through the whole stack: its documented error; nothing held, nothing paid."""

import json
import subprocess

import pytest

from tests.stack.conftest import ONEBILL

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]

MEGABYTE = 1024 * 1024
PATH = "/v1/chat/completions"
SAID = [{"role": "user", "content": "tokens=3"}]


def encoded(**overrides):
    return json.dumps({"model": "twin/echo", "messages": SAID} | overrides).encode()


@pytest.fixture
def client(stack):
    with stack.client() as client:
        yield client


@pytest.fixture
def untouched(client):
    """After the test the books are as they were before it."""
    before = client.get("/v1/credits").json()
    yield
    assert client.get("/v1/credits").json() == before


BAD_BODIES = [
    pytest.param(b"", 400, "invalid_request", id="nothing"),
    pytest.param(b"model=twin/echo", 400, "invalid_request", id="not JSON"),
    pytest.param(b"\xff\xfe{}", 400, "invalid_request", id="not UTF-8"),
    pytest.param(b"[" * 100_000, 400, "invalid_request", id="deeper than any reader goes"),
    pytest.param(b"[]", 400, "invalid_request", id="not an object"),
    pytest.param(encoded(model=7), 400, "invalid_request", id="a model that is a number"),
    pytest.param(encoded(messages="hello"), 400, "invalid_request", id="messages that are text"),
    pytest.param(encoded(messages=[]), 400, "invalid_request", id="no messages"),
    pytest.param(encoded(max_tokens="16"), 400, "invalid_request", id="a cap that is text"),
    pytest.param(encoded(max_tokens=-1), 400, "invalid_request", id="a negative cap"),
    pytest.param(encoded(max_tokens=True), 400, "invalid_request", id="a cap that is a truth"),
    pytest.param(encoded(stream="yes"), 400, "invalid_request", id="stream as text"),
    pytest.param(encoded(n=0), 400, "invalid_request", id="no choices"),
    pytest.param(encoded(model="twin/unheard-of"), 404, "model_not_found", id="unknown model"),
    pytest.param(encoded(model="nobody/echo"), 404, "model_not_found", id="unknown provider"),
    pytest.param(b" " * 50 * MEGABYTE, 413, "request_too_large", id="50 MB"),
]


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(("content", "status", "code"), BAD_BODIES)
def test_a_bad_body_gets_its_error_and_costs_nothing(client, content, status, code):
    response = client.post(PATH, content=content)

    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


@pytest.mark.usefixtures("untouched")
def test_fifty_megabytes_without_a_stated_length_are_refused_too(client):
    response = client.post(PATH, content=(b" " * MEGABYTE for _ in range(50)))

    assert (response.status_code, response.json()["error"]["code"]) == (413, "request_too_large")


@pytest.mark.usefixtures("untouched")
def test_a_key_with_one_character_changed_is_refused(stack, client):
    key = stack.info["api_key"]
    for position in (3, len(key) // 2, len(key) - 1):
        other = "a" if key[position] != "a" else "b"
        changed = key[:position] + other + key[position + 1 :]

        response = client.post(
            PATH, content=encoded(), headers={"authorization": f"Bearer {changed}"}
        )

        assert (response.status_code, response.json()["error"]["code"]) == (
            401,
            "invalid_api_key",
        )


def onebill(stack, *arguments):
    """What the command line prints about this stack, as a machine reads it."""
    command = [ONEBILL, *arguments, "--json", "--state-dir", str(stack.state_dir)]
    return json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)


@pytest.mark.usefixtures("untouched")
def test_a_key_revoked_while_the_process_is_warm_stops_at_once(stack, client):
    account = stack.info["account_id"]
    created = onebill(stack, "keys", "create", account)
    own = {"authorization": f"Bearer {created['api_key']}"}
    warm = client.post(PATH, content=encoded(model="twin/refuses"), headers=own)

    onebill(stack, "keys", "revoke", account, created["key"])
    another_keys = client.post(PATH, content=encoded(model="twin/refuses"))
    refusals = [
        client.post(PATH, content=encoded(), headers=own),
        *(client.get(path, headers=own) for path in ("/v1/credits", "/v1/key", "/v1/models")),
    ]

    assert (warm.status_code, another_keys.status_code) == (400, 400)
    assert {each.status_code for each in refusals} == {401}
    assert {each.json()["error"]["code"] for each in refusals} == {"invalid_api_key"}
