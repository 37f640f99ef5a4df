"""Answers of DynamoDB that no emulator gives on request."""

import pytest

from local.tables import LOCAL_TABLES
from onebill.adapters.dynamodb.api_keys import DynamoDbApiKeys
from onebill.adapters.dynamodb.client import Patient
from onebill.adapters.dynamodb.errors import ConditionFailed, Reason, TransactionCancelled
from onebill.adapters.dynamodb.ledger import ConditionContradictsDomain, DynamoDbLedger
from onebill.adapters.dynamodb.table import encode_account, encode_api_key
from onebill.domain.ledger import ConfigurationChanged
from onebill.usecases.manage_accounts import CONFIGURE_ATTEMPTS_MAX, ManageAccounts
from tests.builders import NOW, a_hold, an_account, an_api_key
from tests.fakes.clock import FixedClock


class ScriptedDynamoDb:
    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []

    async def call(self, operation, request):
        self.requests.append((operation, dict(request)))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self):
        return None


async def test_a_refusal_that_the_domain_cannot_explain_is_a_crash():
    account = an_account("5.00")
    client = ScriptedDynamoDb(ConditionFailed(encode_account(account)))
    ledger = DynamoDbLedger(Patient(client), tables=LOCAL_TABLES)

    with pytest.raises(ConditionContradictsDomain):
        await ledger.place_hold(
            account.id, hold=a_hold("1.00"), configuration=account.configuration, now=NOW
        )


UNEXPLAINED = TransactionCancelled([Reason("None", None), Reason("ValidationError", None)])


async def test_a_grant_that_fails_for_another_reason_is_not_explained_away():
    ledger = DynamoDbLedger(Patient(ScriptedDynamoDb(UNEXPLAINED)), tables=LOCAL_TABLES)

    with pytest.raises(TransactionCancelled):
        await ledger.grant_credit("acme", grant_id="g-1", amount_nano_usd=1, now=NOW)


async def test_a_key_that_fails_for_another_reason_is_not_explained_away():
    api_keys = DynamoDbApiKeys(Patient(ScriptedDynamoDb(UNEXPLAINED)), tables=LOCAL_TABLES)

    with pytest.raises(TransactionCancelled):
        await api_keys.create(an_api_key())


async def test_a_list_of_keys_is_read_page_by_page():
    first, second = an_api_key(id="key-1"), an_api_key(id="key-2")
    client = ScriptedDynamoDb(
        {"Items": [encode_api_key(first)], "LastEvaluatedKey": {"pk": {"S": "x"}}},
        {"Items": [encode_api_key(second)]},
    )
    api_keys = DynamoDbApiKeys(Patient(client), tables=LOCAL_TABLES)

    listed = await api_keys.of_account("acme")

    assert listed == [first, second]
    assert client.requests[1][1]["ExclusiveStartKey"] == {"pk": {"S": "x"}}


class ContendedAccounts:
    """Someone else changes the configuration each time, so many times."""

    def __init__(self, times):
        self.times = times

    async def get(self, account_id):
        return an_account(id=account_id)

    async def configure(self, account_id, *, configuration, change, now):
        self.times -= 1
        if self.times >= 0:
            raise ConfigurationChanged(an_account(id=account_id))
        return an_account(id=account_id, configuration=configuration)


async def test_a_change_is_made_again_when_someone_else_was_faster():
    accounts = ManageAccounts(accounts=ContendedAccounts(2), ledger=None, clock=FixedClock())

    changed = await accounts.set_in_flight_max("acme", 7)

    assert changed.configuration.in_flight_max == 7


async def test_a_change_is_given_up_when_someone_else_always_is():
    contended = ContendedAccounts(CONFIGURE_ATTEMPTS_MAX)
    accounts = ManageAccounts(accounts=contended, ledger=None, clock=FixedClock())

    with pytest.raises(ConfigurationChanged):
        await accounts.set_in_flight_max("acme", 7)
