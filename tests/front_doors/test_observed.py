"""The one line each request leaves, and the alarms."""

import json
import logging

import pytest
from starlette.responses import Response

from onebill.domain.errors import ProviderError
from onebill.telemetry import Telemetry
from onebill.web.observed import Observed
from tests.builders import KEY_TEXT, a_body
from tests.fakes.ids import CountingIds
from tests.fakes.providers import a_stream, a_usage, an_answer
from tests.front_doors.paths import CHAT


class Records(logging.Handler):
    """Keeps what is logged, as the JSON it would be written as."""

    def __init__(self, formatter):
        super().__init__()
        self.setFormatter(formatter)
        self.written = []

    def emit(self, record):
        self.written.append(json.loads(self.format(record)))


@pytest.fixture
def alarms(world):
    """What the gateway's logger has written since the test began."""
    logger = logging.getLogger("onebill-chat-completions")
    records = Records(logger.handlers[0].formatter)
    logger.addHandler(records)
    yield records.written
    logger.removeHandler(records)


@pytest.fixture
def lines(capsys):
    """The events written since the last look."""

    def read():
        written = capsys.readouterr().out.splitlines()
        return [json.loads(line) for line in written if '"_aws"' in line]

    return read


async def test_an_answered_request_leaves_one_line(world, client, lines):
    world.providers.will_answer(usage=a_usage(200, 50))

    await client.post(CHAT, json=a_body("a secret prompt"))

    [line] = lines()
    assert line["request_id"] == "request-1"
    assert (line["account_id"], line["key_id"]) == ("acme", "key-1")
    assert (line["method"], line["path"], line["status"]) == ("POST", CHAT, 200)
    assert (line["model"], line["usage"]) == ("openai/gpt-4o-mini", "i200o50q1")
    assert line["outcome"] == "answered"
    assert line["cost_nano_usd"] == [300_000]
    assert "estimated" not in line


async def test_a_stream_leaves_its_line_when_it_has_ended(world, client, lines):
    world.providers.will_stream(a_stream("w0 ", usage=a_usage(200, 50)))

    await client.post(CHAT, json=a_body(stream=True))

    [line] = lines()
    assert line["cost_nano_usd"] == [300_000]
    assert line["duration_ms"][0] > 0


async def test_a_refused_request_leaves_its_code(world, client, lines):
    world.providers.will_raise(ProviderError("down"))

    await client.post(CHAT, json=a_body())

    [line] = lines()
    assert (line["status"], line["error_code"]) == (502, "provider_error")
    assert "cost_nano_usd" not in line


async def test_a_prompt_or_a_key_is_in_no_line(world, client, alarms, lines):
    world.providers.will_raise(RuntimeError("bug"))

    await client.post(CHAT, json=a_body("a secret prompt"))

    written = str(alarms) + str(lines())
    assert "a secret prompt" not in written
    assert KEY_TEXT not in written


@pytest.mark.parametrize(
    ("answer", "flag"),
    [
        ({"usage": {}}, "estimated"),
        ({"usage": a_usage(10, 5) | {"total_tokens": 99}}, "contradictory"),
        ({"usage": a_usage(10, 10_000_000)}, "over_hold"),
    ],
)
async def test_what_is_unusual_is_counted(world, client, lines, answer, flag):
    world.providers.will_answer(**answer)

    await client.post(CHAT, json=a_body())

    [line] = lines()
    assert line[flag] == [1.0]


async def test_an_answer_that_could_not_be_debited_is_an_alarm(world, client, alarms, lines):
    provider_answer = world.providers.will_answer()

    async def read_while_the_ledger_goes_down():
        world.ledger.is_down = True
        return an_answer()

    provider_answer.read = read_while_the_ledger_goes_down

    await client.post(CHAT, json=a_body())

    [alarm] = alarms
    [line] = lines()
    assert (alarm["level"], alarm["message"]) == (
        "ERROR",
        "a request was answered but not debited",
    )
    assert alarm["facts"]["hold_id"] == line["hold_id"]
    assert line["unsettled"] == [1.0]


async def test_a_crash_is_logged_with_its_traceback(world, client, alarms):
    world.providers.will_raise(RuntimeError("a bug of ours"))

    await client.post(CHAT, json=a_body())

    [alarm] = alarms
    assert alarm["message"] == "unanticipated failure"
    assert "a bug of ours" in alarm["exception"]
    assert alarm["facts"] == {"request_id": "request-1"}


@pytest.fixture
def observed():
    """Wraps an ASGI app."""

    def wrap(app):
        return Observed(
            app,
            telemetry=Telemetry("test"),
            ids=CountingIds(),
            answer_crash=lambda _scope: Response(status_code=500),
        )

    return wrap


async def test_a_crash_after_the_answer_has_begun_breaks_it_off(observed):
    async def begin_and_crash(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("too late")

    sent = []

    async def send(message):
        sent.append(message)

    with pytest.raises(RuntimeError, match="too late"):
        await observed(begin_and_crash)({"type": "http", "method": "GET", "path": "/"}, None, send)

    assert len(sent) == 1


async def test_what_is_not_http_passes_by(observed):
    seen = []

    async def app(scope, _receive, _send):
        seen.append(scope)

    await observed(app)({"type": "lifespan"}, None, None)

    assert seen == [{"type": "lifespan"}]
