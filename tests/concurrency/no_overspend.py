"""No overspend, at any concurrency: the shared tests.

200 requests at the same time, through three gateway processes, on credit or on a window that
covers 20 of them: 20 are answered, 180 are refused, and the books are exact at every moment.
"""

import asyncio
from collections import Counter
from itertools import cycle, islice

import httpx
import pytest

from onebill.domain.bounds import PREAMBLE_TOKENS
from onebill.domain.windows import Window

REQUESTS = 200
COVERED = 20
OUTPUT_TOKENS = 16
PLENTY_NANO_USD = 10**12
BODY = (
    b'{"model": "twin/dear", "max_tokens": 16,'
    b' "messages": [{"role": "user", "content": "tokens=16"}]}'
)
HOLD_NANO_USD = (len(BODY) + PREAMBLE_TOKENS) * 1_000 + OUTPUT_TOKENS * 2_000_000


class NoOverspend:
    @pytest.fixture
    async def deployment(self, gateways, deploy):
        return await deploy(*gateways)

    async def test_of_credit(self, deployment):
        account_id, key = await deployment.open_account(available_nano_usd=COVERED * HOLD_NANO_USD)

        answers, lowest = await storm(deployment, account_id, key)

        assert Counter(each.status_code for each in answers) == {200: COVERED, 402: 180}
        assert lowest >= 0
        await assert_books_are_exact(deployment, account_id, answers)

    @pytest.mark.parametrize("window", ["day", "week", "month"])
    async def test_of_a_window(self, deployment, window):
        limits = {Window(window): COVERED * HOLD_NANO_USD}
        account_id, key = await deployment.open_account(
            available_nano_usd=PLENTY_NANO_USD, limits=limits
        )

        answers, _ = await storm(deployment, account_id, key)

        assert Counter(each.status_code for each in answers) == {200: COVERED, 429: 180}
        refused = [each.json()["error"] for each in answers if each.status_code == 429]
        assert {error["code"] for error in refused} == {"spend_limit_exceeded"}
        assert {error["details"]["window"] for error in refused} == {window}
        await assert_books_are_exact(deployment, account_id, answers)

    async def test_of_requests_in_flight(self, deployment):
        account_id, key = await deployment.open_account(
            available_nano_usd=PLENTY_NANO_USD, in_flight_max=COVERED
        )

        answers, _ = await storm(deployment, account_id, key)

        statuses = Counter(each.status_code for each in answers)
        refused = [each.json()["error"] for each in answers if each.status_code == 429]
        assert statuses.keys() == {200, 429}
        assert statuses[200] >= COVERED
        assert {error["code"] for error in refused} <= {"too_many_in_flight"}
        await assert_books_are_exact(deployment, account_id, answers)


async def storm(deployment, account_id, key):
    """All requests at once, spread over the gateways; the answers, and the least available."""
    limits = httpx.Limits(max_connections=None)
    headers = {"authorization": f"Bearer {key}"}
    watching = asyncio.ensure_future(watch_available(deployment, account_id))
    async with httpx.AsyncClient(limits=limits, headers=headers, timeout=60) as client:
        urls = islice(cycle(deployment.urls), REQUESTS)
        answers = await asyncio.gather(
            *(client.post(f"{url}/v1/chat/completions", content=BODY) for url in urls)
        )
    watching.cancel()
    return answers, await watching


async def watch_available(deployment, account_id):
    """The least that was ever available, as far as continuous reading can see."""
    lowest = PLENTY_NANO_USD
    while True:
        try:
            account = await deployment.stores.accounts.get(account_id)
        except asyncio.CancelledError:
            return lowest
        lowest = min(lowest, account.available_nano_usd)


async def assert_books_are_exact(deployment, account_id, answers):
    """Nothing is held any more, and what left the balance is what the answers cost."""
    costs = [
        round(float(each.headers["onebill-cost-usd"]) * 10**9)
        for each in answers
        if each.status_code == 200
    ]
    account = await deployment.stores.accounts.get(account_id)
    assert (account.held_nano_usd, account.holds) == (0, {})
    assert account.debited_nano_usd == sum(costs)
    assert set(account.windows.values()) == {sum(costs)}
