"""What only a socket shows: the process, its port, drops, silence and clients that leave."""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.local.provider_twin.asking import a_request, a_stream, events

AT_ONCE_SECONDS = 5.0
"""Generous for a busy machine; the twin itself needs milliseconds."""

IMPATIENT = httpx.Timeout(AT_ONCE_SECONDS, read=0.3)
LISTENING = "0A"
LOOPBACK = "0100007F"
TABLES_OF_SOCKETS = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]


async def record_of_who_left(twin):
    """The newest record, once the twin has noticed that its client is gone."""
    async with asyncio.timeout(AT_ONCE_SECONDS):
        while True:
            (*_, record) = (await twin.get("/twin/requests")).json()
            if record["client_left"]:
                return record


async def receive_into(pieces, twin, **request):
    """Collect what arrives, for a test that expects the answer to break off."""
    async with twin.stream("POST", "/v1/chat/completions", **request) as answer:
        async for piece in answer.aiter_raw():
            pieces.append(piece)


def run_twin(*options):
    command = [sys.executable, "-m", "local.provider_twin", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


async def test_an_answer_arrives(distant_twin):
    answer = await distant_twin.post("/v1/chat/completions", json=a_request(tokens=2))

    assert answer.json()["choices"][0]["message"]["content"] == "w0 w1"


async def test_a_connection_is_kept_for_the_next_request(distant_twin):
    first = await distant_twin.post("/v1/chat/completions", json=a_request())
    second = await distant_twin.post("/v1/chat/completions", json=a_stream())

    streams = [answer.extensions["network_stream"] for answer in (first, second)]
    assert len({stream.get_extra_info("client_addr") for stream in streams}) == 1


async def test_each_event_is_a_piece_of_its_own(distant_twin):
    request = a_stream(tokens=3)
    headers = {"x-twin-latency-ms": "1"}
    pieces = []
    await receive_into(pieces, distant_twin, json=request, headers=headers)

    assert all(piece.endswith(b"\n\n") for piece in pieces)
    assert len(events(b"".join(pieces))) == 7


@pytest.mark.parametrize("stream", [False, True])
async def test_drops_closes_without_an_answer(distant_twin, stream):
    request = a_request("drops", stream=stream)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        await distant_twin.post("/v1/chat/completions", json=request)

    (record,) = (await distant_twin.get("/twin/requests")).json()
    assert record["client_left"] is False


async def test_drops_mid_stream_closes_within_the_stream(distant_twin):
    request = a_stream("drops-mid-stream")
    pieces = []
    with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
        await receive_into(pieces, distant_twin, json=request)

    assert len(events(b"".join(pieces))) == 5


async def test_drops_mid_stream_closes_within_a_body(distant_twin):
    with pytest.raises(httpx.RemoteProtocolError, match=r"received \d+ bytes, expected \d+"):
        await distant_twin.post("/v1/chat/completions", json=a_request("drops-mid-stream"))


@pytest.mark.parametrize("stream", [False, True])
async def test_hangs_until_the_client_leaves(distant_twin, stream):
    request = a_request("hangs", stream=stream)
    with pytest.raises(httpx.ReadTimeout):
        await distant_twin.post("/v1/chat/completions", json=request, timeout=IMPATIENT)

    record = await record_of_who_left(distant_twin)
    assert record["body"] == request


async def test_hangs_mid_stream_after_some_chunks(distant_twin):
    request = a_stream("hangs-mid-stream")
    before = (await distant_twin.get("/twin/stats")).json()
    pieces = []
    with pytest.raises(httpx.ReadTimeout):
        await receive_into(pieces, distant_twin, json=request, timeout=IMPATIENT)

    await record_of_who_left(distant_twin)
    after = (await distant_twin.get("/twin/stats")).json()
    assert len(events(b"".join(pieces))) == 5
    assert after["streams_cut_by_client"] == before["streams_cut_by_client"] + 1
    assert after["tokens_sent"] == before["tokens_sent"] + 4
    assert after["answers_completed"] == before["answers_completed"]


async def test_a_stream_that_is_left_is_cut(distant_twin):
    headers = {"x-twin-latency-ms": "10"}
    request = a_stream(tokens=100_000)
    async with distant_twin.stream(
        "POST", "/v1/chat/completions", json=request, headers=headers
    ) as answer:
        await anext(answer.aiter_raw())

    record = await record_of_who_left(distant_twin)
    assert record["body"] == request


async def test_slow_takes_its_time(distant_twin):
    started = time.perf_counter()
    await distant_twin.post("/v1/chat/completions", json=a_stream("slow", tokens=1))

    assert time.perf_counter() - started >= 5 * 0.05 * 0.9


async def test_latency_is_waited_before_a_body_and_each_chunk(start_twin):
    _process, url = start_twin("--latency-ms", "50", "--chunk-tokens", "10")
    headers = {"authorization": "Bearer any"}
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as twin:
        started = time.perf_counter()
        await twin.post("/chat/completions", json=a_request())
        buffered = time.perf_counter()
        stream = await twin.post("/chat/completions", json=a_stream())
        streamed = time.perf_counter()

    assert buffered - started >= 0.05 * 0.9
    assert streamed - buffered >= 6 * 0.05 * 0.9
    assert len(events(stream.content)) == 6


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once_even_while_it_answers(start_twin, name):
    process, url = start_twin()
    port = httpx.URL(url).port
    with socket.create_connection(("127.0.0.1", port)) as connection:
        body = (
            b'{"model":"hangs-mid-stream","stream":true,"messages":[{"role":"user","content":""}]}'
        )
        connection.sendall(
            b"POST /v1/chat/completions HTTP/1.1\r\nhost: twin\r\nauthorization: Bearer any\r\n"
            b"content-length: %d\r\n\r\n" % len(body) + body
        )
        connection.settimeout(AT_ONCE_SECONDS)
        connection.recv(1)
        process.send_signal(name)

        assert process.wait(timeout=AT_ONCE_SECONDS) == 0


def test_it_says_one_line_and_no_more(start_twin):
    process, url = start_twin()
    httpx.post(f"{url}/chat/completions", json=a_request("drops-mid-stream"), trust_env=False)
    process.terminate()

    assert process.stdout.read() == ""
    assert url.startswith("http://127.0.0.1:")
    assert url.endswith("/v1")


def test_a_given_port_is_used_and_a_taken_one_refused(start_twin):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run_twin("--port", str(port))
    _process, url = start_twin("--port", str(port))

    assert refused.returncode != 0
    assert "in use" in refused.stderr
    assert url == f"http://127.0.0.1:{port}/v1"


@pytest.mark.skipif(not TABLES_OF_SOCKETS[0].exists(), reason="needs Linux's table of sockets")
def test_nothing_listens_beyond_loopback(twin_url):
    port = f"{httpx.URL(twin_url).port:04X}"
    rows = [row.split() for table in TABLES_OF_SOCKETS for row in table.read_text().splitlines()]
    listening = [row[1] for row in rows if row[3] == LISTENING and row[1].endswith(f":{port}")]

    assert listening == [f"{LOOPBACK}:{port}"]


@pytest.mark.parametrize(
    "options",
    [
        ["--port", "0", "--host", "0.0.0.0"],
        ["--port", "0", "--host", "192.0.2.1"],
        ["--port", "0", "--host", "example.com"],
        ["--port", "0", "--latency-ms", "-1"],
        ["--port", "0", "--chunk-tokens", "0"],
        [],
    ],
)
def test_wrong_options_are_explained(options):
    refused = run_twin(*options)

    assert refused.returncode == 2
    assert "error:" in refused.stderr
    assert refused.stdout == ""
