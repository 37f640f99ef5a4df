"""The last moments of a hold, when something goes wrong."""

import asyncio

import pytest

from onebill.domain.errors import InsufficientCredits
from onebill.domain.money import parse_usd
from onebill.domain.usage import Usage
from onebill.usecases.hold_credit import COPY_SECONDS_MAX, HOLD_SECONDS, PLACE_ATTEMPTS_MAX
from onebill.usecases.order import uninterrupted
from tests.builders import a_configuration
from tests.fakes.providers import a_stream, a_usage
from tests.world import World


@pytest.fixture
def world():
    world = World()
    world.has()
    return world


async def an_open_hold(world):
    world.providers.will_stream(a_stream("w0 "))
    answer = await world.complete(stream=True)
    return answer._order.open_hold


async def settle(open_hold, cost_nano_usd=1_000):
    return await open_hold.settle(
        model="openai/gpt-4o-mini",
        price_version="base@test",
        usage=Usage(output_tokens=1),
        cost_nano_usd=cost_nano_usd,
        estimated=False,
    )


class TestAHoldThatIsGone:
    async def test_was_settled_by_an_earlier_copy_of_the_write(self, world):
        open_hold = await an_open_hold(world)
        await settle(open_hold)

        again = await settle(open_hold)

        assert not again.late
        assert again.account.debited_nano_usd == 1_000

    async def test_was_released_by_an_earlier_copy_of_the_write(self, world):
        open_hold = await an_open_hold(world)
        await open_hold.release("test")

        again = await open_hold.release("test")

        assert again.account.held_nano_usd == 0
        assert not again.late

    async def test_after_its_expiry_was_swept_and_the_charge_is_late(self, world):
        open_hold = await an_open_hold(world)
        await open_hold.release("expired")
        world.clock.advance(seconds=HOLD_SECONDS)

        late = await settle(open_hold)

        assert late.late
        assert late.account.debited_nano_usd == 0


class TestAHoldThatWasSentAgain:
    async def test_is_remembered_for_a_while_after_it_is_closed(self, world):
        open_hold = await an_open_hold(world)
        object.__setattr__(open_hold, "sent_again", True)

        await settle(open_hold)

        until = int(world.clock.now().timestamp()) + COPY_SECONDS_MAX
        assert world.account.closed == {open_hold.hold.id: until}


class TestPlacing:
    async def test_gives_up_when_the_credit_shrinks_each_time(self, world):
        """Others spend between the refusal and the next try."""
        world.has(world.account.__class__(**as_poor(world, "0.02")))
        place = world.ledger._ledger.place_hold
        attempts = 0

        async def place_after_someone_else(account_id, **options):
            nonlocal attempts
            attempts += 1
            poorer = as_poor(world, f"0.00{9 - attempts}")
            world.store.accounts["acme"] = world.account.__class__(**poorer)
            return await place(account_id, **options)

        world.ledger._ledger.place_hold = place_after_someone_else

        with pytest.raises(InsufficientCredits):
            await world.complete(max_tokens=16_000)

        assert attempts == PLACE_ATTEMPTS_MAX


def as_poor(world, available):
    amount = parse_usd(available)
    return {
        "id": "acme",
        "available_nano_usd": amount,
        "credited_nano_usd": amount,
        "configuration": a_configuration(),
    }


class TestACancelledRequest:
    @pytest.mark.parametrize("times", [1, 3])
    async def test_settles_however_often_it_is_cancelled(self, times):
        begun, go_on = asyncio.Event(), asyncio.Event()
        finished = []

        async def settle_slowly():
            begun.set()
            await go_on.wait()
            finished.append("settled")

        task = asyncio.ensure_future(uninterrupted(settle_slowly()))
        await begun.wait()
        for _ in range(times):
            task.cancel()
            await asyncio.sleep(0)
        go_on.set()

        with pytest.raises(asyncio.CancelledError):
            await task

        assert finished == ["settled"]

    async def test_does_not_outlive_a_settlement_that_is_itself_cancelled(self):
        async def cancel_myself():
            raise asyncio.CancelledError

        with pytest.raises(asyncio.CancelledError):
            await uninterrupted(cancel_myself())


class TestAStreamInPieces:
    async def test_waits_until_a_first_event_is_whole(self, world):
        whole = b"".join(a_stream("w0 ", usage=a_usage(200, 50)))
        world.providers.will_stream([whole[:20], whole[20:]])

        body, receipt = await world.stream()

        assert body.startswith(b'data: {"id"')
        assert receipt.cost_nano_usd == 300_000
