"""The hand-made DynamoDB client, against a server that misbehaves."""

import asyncio
import json

import pytest

from onebill.adapters.dynamodb.errors import ConditionFailed, Unreachable
from onebill.adapters.dynamodb.light_client import ANSWER_BYTES_MAX, LightDynamoDb
from onebill.adapters.dynamodb.sigv4 import Credentials
from tests.fakes.raw_server import HANG_UP, SAY_NOTHING, http

OK = http(b'{"ok": 1}')


@pytest.fixture
async def dynamodb(server, light_client):
    return light_client(server.url, read_timeout_seconds=0.2)


async def test_a_call_is_one_signed_post_of_json(server, dynamodb):
    server.script = [OK]

    answer = await dynamodb.call("GetItem", {"TableName": "t"})

    head, body = server.requests[0]
    assert answer == {"ok": 1}
    assert head.startswith(b"POST / HTTP/1.1\r\n")
    assert b"x-amz-target: DynamoDB_20120810.GetItem" in head
    assert b"authorization: AWS4-HMAC-SHA256 Credential=local/" in head
    assert json.loads(body) == {"TableName": "t"}


async def test_a_connection_is_used_again(server, dynamodb):
    server.script = [OK, OK, OK]

    for _ in range(3):
        await dynamodb.call("GetItem", {})

    assert server.connections == 1


async def test_calls_at_the_same_time_use_connections_of_their_own(server, dynamodb):
    server.script = [OK, OK]

    await asyncio.gather(dynamodb.call("GetItem", {}), dynamodb.call("GetItem", {}))

    assert server.connections == 2


async def test_a_connection_the_server_gives_up_is_not_used_again(server, dynamodb):
    server.script = [http(b"{}", headers="connection: close\r\n"), OK]

    await dynamodb.call("GetItem", {})
    await dynamodb.call("GetItem", {})

    assert server.connections == 2


async def test_a_connection_that_died_while_idle_is_replaced(server, dynamodb):
    server.script = [OK, OK]
    await dynamodb.call("GetItem", {})
    [idle] = dynamodb._pool._idle[dynamodb._origin]
    idle.close()

    await dynamodb.call("GetItem", {})

    assert server.connections == 2


async def test_an_answer_in_pieces_is_put_together(server, dynamodb):
    server.script = [[OK[:10], OK[10:40], OK[40:]]]

    assert await dynamodb.call("GetItem", {}) == {"ok": 1}


async def test_a_chunked_answer_is_understood(server, dynamodb):
    server.script = [
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n{}  \r\n0\r\n\r\n"
    ]

    assert await dynamodb.call("GetItem", {}) == {}


async def test_an_error_is_translated(server, dynamodb):
    error = {"__type": "x#ConditionalCheckFailedException", "message": "m", "Item": {"a": 1}}
    server.script = [http(json.dumps(error).encode(), status=400)]

    with pytest.raises(ConditionFailed) as failed:
        await dynamodb.call("UpdateItem", {})

    assert failed.value.item == {"a": 1}


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(HANG_UP, id="the server hangs up"),
        pytest.param(SAY_NOTHING, id="the server says nothing"),
        pytest.param(OK[:-3] + b"", id="the server stops in the middle"),
        pytest.param(b"SSH-2.0-what\r\n\r\n", id="it is not HTTP"),
        pytest.param(http(b"<html>", status=502), id="it is a proxy's page"),
        pytest.param(http(b"[]"), id="it is not an object"),
        pytest.param(http(b'{"message": "no"}', status=500), id="it is a server error"),
    ],
)
async def test_without_a_usable_answer_the_outcome_is_unknown(server, dynamodb, step):
    server.script = [step, OK]

    with pytest.raises(Unreachable):
        await dynamodb.call("UpdateItem", {})

    assert await dynamodb.call("GetItem", {}) == {"ok": 1}


async def test_where_nobody_listens_the_outcome_is_unknown(light_client):
    dynamodb = light_client("http://127.0.0.1:1")

    with pytest.raises(Unreachable):
        await dynamodb.call("UpdateItem", {})


async def test_a_cancelled_call_does_not_leave_its_answer_to_the_next(server, light_client):
    dynamodb = light_client(server.url)
    server.script = [SAY_NOTHING, OK]
    call = asyncio.ensure_future(dynamodb.call("GetItem", {}))
    await server.has_request.wait()

    call.cancel()
    await asyncio.wait([call])

    assert await dynamodb.call("GetItem", {}) == {"ok": 1}
    assert server.connections == 2


async def test_an_answer_without_end_is_cut_off(server, light_client):
    dynamodb = light_client(server.url)
    head = f"HTTP/1.1 200 OK\r\ncontent-length: {ANSWER_BYTES_MAX * 2}\r\n\r\n".encode()
    server.script = [[head, b" " * (ANSWER_BYTES_MAX + 1)]]

    with pytest.raises(Unreachable):
        await dynamodb.call("GetItem", {})


def test_an_endpoint_must_be_a_url():
    with pytest.raises(ValueError, match="not an http"):
        LightDynamoDb(
            endpoint_url="dynamodb", region="r", credentials=lambda: Credentials("a", "b")
        )
