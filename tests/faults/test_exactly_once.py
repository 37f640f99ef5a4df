"""Money moves exactly once, whatever happens between us and DynamoDB.

Each write meets each fault, on its first copy and on its second, through boto3 and through the
light client; then whole requests meet random faults.
"""

import random
from itertools import chain, repeat

import pytest

from onebill.domain.errors import LedgerUnavailable
from onebill.domain.ledger import HoldNotOpen
from onebill.domain.money import parse_usd
from tests.builders import NOW, a_hold, a_settlement
from tests.fakes.providers import a_usage
from tests.faults.dynamodb_proxy import Fault
from tests.faults.worlds import a_world

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("ministack")]


def first(*faults):
    """Meet these faults, then none."""
    script = chain(faults, repeat(Fault.PASS))
    return lambda: next(script)


ONE_OR_TWO_FAULTS = [
    pytest.param(faults, id=" / ".join(faults))
    for faults in [
        *((fault,) for fault in Fault.ALL),
        (Fault.LOSE_REPLY, Fault.LOSE_REPLY),
        (Fault.LOSE_REPLY, Fault.ERROR_AFTER),
        (Fault.ERROR_AFTER, Fault.DUPLICATE),
        (Fault.DUPLICATE, Fault.LOSE_REPLY),
        (Fault.LOSE_REQUEST, Fault.LOSE_REPLY),
        (Fault.CONFLICT, Fault.LOSE_REPLY),
    ]
]


async def place(stores, account, hold):
    return await stores.ledger.place_hold(
        account.id, hold=hold, configuration=account.configuration, now=NOW
    )


@pytest.mark.parametrize("faults", ONE_OR_TWO_FAULTS)
class TestOneWrite:
    async def test_places_a_hold_once(self, stores, proxy, account, faults):
        proxy.decide = first(*faults)

        await place(stores, account, a_hold("1.00"))
        await proxy.deliver_what_is_late()

        after = await stores.accounts.get(account.id)
        assert after.held_nano_usd == parse_usd("1.00")
        assert after.sequence == account.sequence + 1

    async def test_settles_once(self, stores, proxy, account, faults):
        await place(stores, account, hold := a_hold("1.00"))
        proxy.decide = first(*faults)

        try:
            await stores.ledger.settle_hold(
                account.id, hold=hold, settlement=a_settlement(hold, "0.25")
            )
        except HoldNotOpen as closed:
            assert closed.account.debited_nano_usd == parse_usd("0.25")
        await proxy.deliver_what_is_late()

        after = await stores.accounts.get(account.id)
        assert (after.debited_nano_usd, after.held_nano_usd) == (parse_usd("0.25"), 0)
        assert after.sequence == account.sequence + 2

    async def test_releases_once(self, stores, proxy, account, faults):
        await place(stores, account, hold := a_hold("1.00"))
        proxy.decide = first(*faults)

        try:
            await stores.ledger.release_hold(account.id, hold=hold, reason="test", now=NOW)
        except HoldNotOpen as closed:
            assert closed.account.held_nano_usd == 0
        await proxy.deliver_what_is_late()

        after = await stores.accounts.get(account.id)
        assert after.available_nano_usd == parse_usd("5.00")
        assert after.sequence == account.sequence + 2

    async def test_grants_credit_once(self, stores, proxy, account, faults):
        proxy.decide = first(*faults)

        await stores.ledger.grant_credit(
            account.id, grant_id=f"second-{account.id}", amount_nano_usd=7, now=NOW
        )
        await proxy.deliver_what_is_late()

        after = await stores.accounts.get(account.id)
        assert after.credited_nano_usd == parse_usd("5.00") + 7

    async def test_configures_once(self, stores, proxy, account, faults):
        proxy.decide = first(*faults)

        await stores.accounts.configure(
            account.id, configuration=account.configuration, change="test", now=NOW
        )
        await proxy.deliver_what_is_late()

        after = await stores.accounts.get(account.id)
        assert after.configuration.version == account.configuration.version + 1


class TestADelayedCopy:
    async def test_of_a_hold_that_was_settled_does_nothing(self, stores, proxy, account):
        proxy.decide = first(Fault.DELAY_REQUEST)
        placement = await place(stores, account, hold := a_hold("1.00"))
        await stores.ledger.settle_hold(
            account.id,
            hold=hold,
            settlement=a_settlement(hold, "0.25"),
            remember_until=int(NOW.timestamp()) + 120,
        )

        await proxy.deliver_what_is_late()

        after = await stores.accounts.get(account.id)
        assert placement.sent_again
        assert (after.debited_nano_usd, after.held_nano_usd) == (parse_usd("0.25"), 0)

    async def test_of_both_the_hold_and_its_settlement_debits_once(self, stores, proxy, account):
        """The worst order: the late hold first, then a late settlement that finds it."""
        world, key = await a_world(stores, account)
        proxy.decide = first(Fault.DELAY_REQUEST, Fault.PASS, Fault.DELAY_REQUEST)

        cost_nano_usd = await cost_of_a_request(world, key, prompt=200)
        await proxy.deliver_what_is_late()

        after = await stores.accounts.get(account.id)
        assert after.debited_nano_usd == cost_nano_usd
        assert after.held_nano_usd == 0

    async def test_of_a_settlement_debits_nothing_more(self, stores, proxy, account):
        await place(stores, account, hold := a_hold("1.00"))
        proxy.decide = first(Fault.DELAY_REQUEST)
        await stores.ledger.settle_hold(
            account.id, hold=hold, settlement=a_settlement(hold, "0.25")
        )

        await proxy.deliver_what_is_late()

        after = await stores.accounts.get(account.id)
        assert after.debited_nano_usd == parse_usd("0.25")


class TestADatabaseThatIsGone:
    @pytest.mark.parametrize("fault", [Fault.LOSE_REQUEST, Fault.ERROR_BEFORE, Fault.THROTTLE])
    async def test_is_reported_after_a_bounded_number_of_attempts(
        self, stores, proxy, account, fault
    ):
        proxy.decide = lambda: fault
        proxy.writes = 0

        with pytest.raises(LedgerUnavailable):
            await place(stores, account, a_hold())

        assert proxy.writes == 4

    async def test_is_asked_more_often_to_settle(self, stores, proxy, account):
        await place(stores, account, hold := a_hold("1.00"))
        proxy.decide = lambda: Fault.LOSE_REQUEST
        proxy.writes = 0

        with pytest.raises(LedgerUnavailable):
            await stores.ledger.settle_hold(account.id, hold=hold, settlement=a_settlement(hold))

        assert proxy.writes == 12


@pytest.mark.parametrize("seed", range(4))
async def test_whole_requests_under_random_faults_pay_exactly_what_they_cost(
    stores, proxy, account, seed
):
    """60 requests, two fifths of all writes faulty: no double debit, no lost settlement."""
    rng = random.Random(seed)
    world, key = await a_world(stores, account)
    proxy.decide = lambda: rng.choice([Fault.PASS] * 15 + list(Fault.ALL))

    costs = [await cost_of_a_request(world, key, prompt=100 + number) for number in range(60)]
    proxy.decide = lambda: Fault.PASS
    await proxy.deliver_what_is_late()

    after = await sweep(stores, await stores.accounts.get(account.id))
    assert after.debited_nano_usd == sum(costs)
    assert after.available_nano_usd == parse_usd("5.00") - sum(costs)
    assert after.held_nano_usd == 0


async def cost_of_a_request(world, key, *, prompt):
    """The cost of one; 0 if no hold could be placed, and then nothing was sent."""
    world.providers.answers = []
    world.providers.will_answer(usage=a_usage(prompt, 50))
    try:
        answer = await world.complete(key=key)
    except LedgerUnavailable:
        assert len(world.providers.answers) == 1
        return 0
    assert not answer.receipt.unsettled
    return answer.receipt.cost_nano_usd


async def sweep(stores, account):
    """What the sweeper does with holds whose owner is gone."""
    for zombie in account.holds.values():
        account = await stores.ledger.release_hold(
            account.id, hold=zombie, reason="expired", now=NOW
        )
    return account
