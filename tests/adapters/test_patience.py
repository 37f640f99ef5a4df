"""How often a call to DynamoDB is sent."""

import pytest

from onebill.adapters.dynamodb.client import ATTEMPTS_MAX, PAUSE_MAX_SECONDS, Patient
from onebill.adapters.dynamodb.errors import (
    ConditionFailed,
    Contended,
    Reason,
    Rejected,
    TransactionCancelled,
    Unreachable,
)
from onebill.domain.errors import LedgerUnavailable

CONFLICT = TransactionCancelled([Reason("TransactionConflict", None)])


class ScriptedDynamoDb:
    def __init__(self, *script):
        self.script = list(script)
        self.calls = 0

    async def call(self, operation, request):
        self.calls += 1
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    async def close(self):
        return None


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def patient(pauses):
    def make(*script):
        client = ScriptedDynamoDb(*script)

        async def pause(seconds):
            pauses.append(seconds)

        return client, Patient(client, pause=pause)

    return make


@pytest.mark.parametrize(
    "trouble", [Unreachable("lost"), Contended("busy"), CONFLICT], ids=lambda e: type(e).__name__
)
async def test_trouble_that_may_pass_is_met_by_asking_again(patient, pauses, trouble):
    client, dynamodb = patient(trouble, trouble, {"ok": 1})

    answer = await dynamodb.call("UpdateItem", {})

    assert answer == {"ok": 1}
    assert client.calls == 3
    assert len(pauses) == 2


@pytest.mark.parametrize(
    "answer",
    [
        ConditionFailed(None),
        TransactionCancelled([Reason("ConditionalCheckFailed", None)]),
    ],
    ids=lambda e: type(e).__name__,
)
async def test_an_answer_that_will_not_change_is_passed_on_at_once(patient, answer):
    client, dynamodb = patient(answer)

    with pytest.raises(type(answer)):
        await dynamodb.call("UpdateItem", {})

    assert client.calls == 1


async def test_patience_ends_and_says_so(patient):
    client, dynamodb = patient(*[Unreachable("lost")] * ATTEMPTS_MAX)

    with pytest.raises(LedgerUnavailable):
        await dynamodb.call("UpdateItem", {})

    assert client.calls == ATTEMPTS_MAX


async def test_more_attempts_can_be_asked_for(patient):
    client, dynamodb = patient(*[Unreachable("lost")] * 11, {"ok": 1})

    await dynamodb.call("UpdateItem", {}, attempts_max=12)

    assert client.calls == 12


async def test_pauses_are_bounded(patient, pauses):
    _, dynamodb = patient(*[Contended("busy")] * 30, {"ok": 1})

    await dynamodb.call("UpdateItem", {}, attempts_max=31)

    assert max(pauses) <= PAUSE_MAX_SECONDS


async def test_a_call_that_is_refused_is_not_sent_again(patient):
    """A hold that cannot be settled is an alarm; its answer still reaches the client."""
    client, dynamodb = patient(Rejected("ExpiredTokenException", "renew it"))

    with pytest.raises(LedgerUnavailable, match="UpdateItem: ExpiredTokenException: renew it"):
        await dynamodb.call("UpdateItem", {})

    assert client.calls == 1
