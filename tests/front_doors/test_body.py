"""Bodies that never come to an end, or end too early."""

import pytest
from starlette.requests import Request

from onebill.domain.errors import InvalidRequest, RequestTooLarge
from onebill.web.body import DISCARDED_BYTES_MAX, read_json

MEGABYTE = b" " * 1024 * 1024


def a_request(receive, **headers):
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "headers": raw}, receive)


async def test_a_client_that_leaves_in_the_middle_is_a_bad_request():
    async def receive():
        return {"type": "http.disconnect"}

    with pytest.raises(InvalidRequest, match="incomplete"):
        await read_json(a_request(receive), bytes_max=100)


@pytest.mark.parametrize("headers", [{}, {"content_length": str(10**12)}])
async def test_a_body_without_end_is_not_read_for_ever(headers):
    received = 0

    async def receive():
        nonlocal received
        received += len(MEGABYTE)
        return {"type": "http.request", "body": MEGABYTE, "more_body": True}

    with pytest.raises(RequestTooLarge):
        await read_json(a_request(receive, **headers), bytes_max=100)

    assert received <= DISCARDED_BYTES_MAX + 2 * len(MEGABYTE)
