"""A closed-loop load: each connection sends its next request when the last answer is complete.

A process of its own, so that its cost is nobody else's. Prints one JSON object.
"""

import argparse
import asyncio
import json
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httptools
import uvloop

PROMPT = "Summarise the following text. " + "lorem ipsum dolor sit amet " * 35


@dataclass
class Tally:
    """What happened. Times in seconds."""

    latencies: list[float] = field(default_factory=list)
    first_bytes: list[float] = field(default_factory=list)
    errors: int = 0
    first_error: str = ""


class Exchange(asyncio.Protocol):
    """One keep-alive connection that asks until the deadline or the last request."""

    def __init__(self, request: bytes, tally: Tally, more, *, stream: bool):
        self._request, self._tally, self._more, self._stream = request, tally, more, stream
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self._transport = transport
        self._ask()

    def _ask(self):
        if not self._more():
            self._transport.close()
            if not self.done.done():
                self.done.set_result(None)
            return
        self._parser = httptools.HttpResponseParser(self)
        self._body = bytearray()
        self._first_byte = 0.0
        self._started = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data):
        self._parser.feed_data(data)

    def connection_lost(self, exc):
        if not self.done.done():
            self._tally.errors += 1
            self._tally.first_error = self._tally.first_error or f"connection lost: {exc}"
            self.done.set_result(None)

    def on_body(self, body):
        if not self._first_byte:
            self._first_byte = time.perf_counter() - self._started
        self._body += body

    def on_message_complete(self):
        latency = time.perf_counter() - self._started
        status = self._parser.get_status_code()
        complete = not self._stream or self._body.endswith(b"data: [DONE]\n\n")
        if status == 200 and complete:
            self._tally.latencies.append(latency)
            self._tally.first_bytes.append(self._first_byte)
        else:
            self._tally.errors += 1
            self._tally.first_error = self._tally.first_error or f"{status} {self._body[:200]!r}"
        self._ask()


def request_bytes(url, key, *, stream, tokens):
    """One request of about a kilobyte, as the benchmark beside the peers sends it."""
    parts = urlsplit(url)
    body = {
        "model": "openai/gpt-4o-mini",
        "max_tokens": 512,
        "messages": [
            {"role": "system", "content": "You are a helpful assistant."},
            {"role": "user", "content": f"{PROMPT} tokens={tokens}"},
        ],
    }
    if stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    content = json.dumps(body).encode()
    head = (
        f"POST {parts.path}/chat/completions HTTP/1.1\r\nhost: {parts.netloc}\r\n"
        f"authorization: Bearer {key}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


async def run(arguments):
    parts = urlsplit(arguments.url)
    request = request_bytes(
        arguments.url, arguments.key, stream=arguments.stream, tokens=arguments.tokens
    )
    tally = Tally()
    started = time.perf_counter()
    left = arguments.requests

    def more():
        nonlocal left
        if arguments.requests:
            left -= 1
            return left >= 0
        return time.perf_counter() - started < arguments.seconds

    loop = asyncio.get_running_loop()
    exchanges = []
    for _ in range(arguments.connections):
        _, exchange = await loop.create_connection(
            lambda: Exchange(request, tally, more, stream=arguments.stream),
            parts.hostname,
            parts.port,
        )
        exchanges.append(exchange.done)
    await asyncio.gather(*exchanges)
    elapsed = time.perf_counter() - started
    return {
        "answers": len(tally.latencies),
        "errors": tally.errors,
        "first_error": tally.first_error,
        "per_second": len(tally.latencies) / elapsed,
        "latency_ms": quantiles(tally.latencies),
        "first_byte_ms": quantiles(tally.first_bytes),
    }


def quantiles(seconds):
    """p50 and p99, in milliseconds."""
    ordered = sorted(seconds) or [0.0]
    return {name: ordered[int((len(ordered) - 1) * q)] * 1e3 for name, q in QUANTILES.items()}


QUANTILES = {"p50": 0.50, "p99": 0.99}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="up to /chat/completions")
    parser.add_argument("--key", required=True)
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--requests", type=int, default=0, help="so many instead of --seconds")
    parser.add_argument("--tokens", type=int, default=50)
    parser.add_argument("--stream", action="store_true")
    print(json.dumps(uvloop.run(run(parser.parse_args()))))


if __name__ == "__main__":
    main()
