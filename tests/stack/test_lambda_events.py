"""Every file in events/ is delivered to the handler it names, which answers as it should."""

import asyncio
import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.launcher import gateway_environment
from local.seed import open_account
from onebill.adapters.dynamodb.light_client import LightDynamoDb
from onebill.adapters.dynamodb.sigv4 import Credentials
from tests.builders import KEY_TEXT

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "events"
EXPECTED = {
    "chat_completion": (200, '"content":"w0 w1 w2 w3 w4"'),
    "chat_completion_cloudflare": (200, '"cost":'),
    "chat_completion_streaming": (200, "data: [DONE]"),
    "chat_completion_without_key": (401, "invalid_api_key"),
    "credits": (200, '"available_usd":"'),
    "models": (200, '"openai/gpt-4o-mini"'),
}
WARM_PROCESS = """
import json, sys
from functions.chat_completions.handler import handler
for event in json.load(sys.stdin):
    print("answer", json.dumps(handler(event, None)))
"""
"""Invoked again and again, as Lambda does."""

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]


@pytest.fixture(scope="module")
def answers(stack):
    """What the function answered to each event, in one process."""
    urls = {name: stack.info[name] for name in ("dynamodb_url", "provider_url")}
    asyncio.run(seed(urls["dynamodb_url"]))
    events = [json.loads((EVENTS / f"{name}.json").read_text()) for name in EXPECTED]
    ran = subprocess.run(
        [sys.executable, "-c", WARM_PROCESS],
        input=json.dumps(events),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | gateway_environment(**urls),
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    lines = [line for line in ran.stdout.splitlines() if line.startswith("answer ")]
    return {
        name: json.loads(line.removeprefix("answer "))
        for name, line in zip(EXPECTED, lines, strict=True)
    }


async def seed(dynamodb_url):
    client = LightDynamoDb(
        endpoint_url=dynamodb_url,
        region="us-east-1",
        credentials=lambda: Credentials("local", "local"),
    )
    await open_account(client, "events", credit_nano_usd=10**9, api_key=KEY_TEXT)
    await client.close()


def test_every_event_is_expected_to_come_to_something():
    assert {path.stem for path in EVENTS.glob("*.json")} == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_an_event_is_answered(answers, name):
    status, content = EXPECTED[name]
    answer = answers[name]

    body = answer["body"]
    if answer["isBase64Encoded"]:
        body = base64.b64decode(body).decode()
    assert answer["statusCode"] == status
    assert content in body
