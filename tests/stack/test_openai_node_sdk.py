"""The unmodified OpenAI SDK for Node.js against the whole stack."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.stack, pytest.mark.node, pytest.mark.xdist_group("stack")]

NODE = Path(__file__).parents[1] / "node"
WORDS = "w0 w1 w2 w3 w4 w5 w6"


@pytest.fixture(scope="module")
def outcome(stack):
    """What the script saw: one run for all tests."""
    if shutil.which("node") is None or not (NODE / "node_modules" / "openai").exists():
        pytest.skip("THE NODE.JS SDK IS NOT TESTED: node or its packages are absent")
    environment = {
        "PATH": os.environ["PATH"],
        "BASE_URL": f"{stack.base_url}/v1",
        "API_KEY": stack.info["api_key"],
    }
    ran = subprocess.run(
        ["node", NODE / "openai.mjs"], env=environment, capture_output=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return json.loads(ran.stdout)


def test_a_buffered_answer_carries_its_cost(outcome):
    usage = outcome["buffered"]["usage"]
    pico_usd = usage["prompt_tokens"] * 150_000 + usage["completion_tokens"] * 600_000

    assert outcome["buffered"]["content"] == WORDS
    assert round(usage["cost"] * 10**9) == -(-pico_usd // 1000)


def test_a_stream_has_no_surprising_chunk(outcome):
    assert outcome["streamed"] == {"content": WORDS, "empty": 0, "usage": None}


def test_a_stream_ends_with_usage_and_cost_when_asked(outcome):
    assert outcome["withUsage"]["content"] == WORDS
    assert outcome["withUsage"]["empty"] == 1
    assert outcome["withUsage"]["usage"]["cost"] == outcome["buffered"]["usage"]["cost"]


@pytest.mark.parametrize("way", ["tools", "streamedTools"])
def test_tools_are_called(outcome, way):
    assert outcome[way]["name"] == "get_weather"
    assert "city" in json.loads(outcome[way]["arguments"])


def test_models_are_listed(outcome):
    assert outcome["lists"]


def test_errors_are_the_sdks_own(outcome):
    assert outcome["refused"]["name"] == "BadRequestError"
    assert outcome["unknown"] == {
        "name": "NotFoundError",
        "status": 404,
        "code": "model_not_found",
    }
