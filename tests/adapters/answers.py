"""Answers of a provider, and asking for them."""

from datetime import timedelta

import httpx

from tests.builders import NOW, a_provider

DEADLINE = NOW + timedelta(seconds=30)


def a_response(body=b"{}", *, status=200, **headers):
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, stream=httpx.ByteStream(body), headers=fields)


async def send(gateway, body=None, **provider):
    return await gateway.send(a_provider(**provider), body or {}, deadline=DEADLINE)
