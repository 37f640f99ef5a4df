"""A database on a JVM gets faster for minutes: it is not what is measured here."""

import asyncio
import itertools
import time

from bench.deployment import GATEWAY_CPU, ledger_of, pinned
from onebill.adapters.system import SystemClock
from onebill.domain.account import Hold

WORKERS = 16
FAR_AWAY = 4 * 10**9


def warm_up_database(url, *, seconds):
    """Place and release holds for so long, from the core of the gateway, which is idle yet."""
    with pinned(GATEWAY_CPU):
        asyncio.run(_keep_busy(url, seconds))


async def _keep_busy(url, seconds):
    client, kept = ledger_of(url)
    account = await kept.accounts.get("bench")
    clock, numbers, end = SystemClock(), itertools.count(), time.monotonic() + seconds

    async def place_and_release():
        while time.monotonic() < end:
            name = f"warm-up-{next(numbers)}"
            hold = Hold(id=name, amount_nano_usd=1, expires_at=FAR_AWAY, day=20_000)
            configuration = account.configuration
            await kept.ledger.place_hold(
                "bench", hold=hold, configuration=configuration, now=clock.now()
            )
            await kept.ledger.release_hold("bench", hold=hold, reason="warm-up", now=clock.now())

    await asyncio.gather(*(place_and_release() for _ in range(WORKERS)))
    await client.close()
