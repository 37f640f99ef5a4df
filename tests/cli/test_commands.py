"""The command line, against a database in the environment."""

import asyncio
import json
from uuid import uuid4

import pytest

from cli.main import main
from local.tables import LOCAL_TABLES, create_tables
from onebill.adapters.dynamodb.boto3_client import Boto3DynamoDb, make_boto3_client
from onebill.domain.api_key import is_well_formed

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("ministack")]


@pytest.fixture
def deployment(ministack_url, monkeypatch):
    """Settings of a deployment in the environment."""
    for name in ("accounts", "api_keys", "payments", "ledger"):
        monkeypatch.setenv(f"ONEBILL_{name.upper()}_TABLE", getattr(LOCAL_TABLES, name))
    monkeypatch.setenv("ONEBILL_DYNAMODB_URL", ministack_url)

    async def make_tables():
        client = Boto3DynamoDb(make_boto3_client(region=None, endpoint_url=ministack_url))
        await create_tables(client, LOCAL_TABLES)
        await client.close()

    asyncio.run(make_tables())


@pytest.fixture
def run(deployment, capsys):
    """Runs a command that must succeed; returns what it printed, decoded if it is JSON."""

    def run_it(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        printed = capsys.readouterr()
        assert ended.value.code == 0, printed.err
        return json.loads(printed.out) if "--json" in arguments else printed.out

    return run_it


@pytest.fixture
def refuse(deployment, capsys):
    """Runs a command that must be refused; returns the message."""

    def run_it(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        printed = capsys.readouterr()
        assert ended.value.code == 1
        return printed.err

    return run_it


@pytest.fixture
def account(run):
    account = f"acme-{uuid4().hex[:12]}"
    run("accounts", "create", account, "--name", "Acme")
    return account


class TestAccounts:
    def test_are_created_empty(self, run, account):
        shown = run("accounts", "show", account, "--json")

        assert shown["account"] == account
        assert shown["name"] == "Acme"
        assert shown["state"] == "active"
        assert shown["available_usd"] == "0.00"
        assert shown["in_flight"] == "0 of 64"
        assert shown["day_limit_usd"] is None

    def test_are_shown_to_people_as_lines(self, run, account):
        assert f"account          {account}\n" in run("accounts", "show", account)

    def test_are_frozen_and_thawed(self, run, account):
        frozen = run("accounts", "freeze", account, "--json")
        thawed = run("accounts", "unfreeze", account, "--json")

        assert (frozen["state"], thawed["state"]) == ("frozen", "active")

    def test_are_limited_one_window_at_a_time(self, run, account):
        run("accounts", "limit", account, "--day", "5", "--week", "20")

        shown = run("accounts", "limit", account, "--day", "none", "--month", "50.5", "--json")

        limits = [shown[f"{window}_limit_usd"] for window in ("day", "week", "month")]
        assert limits == [None, "20.00", "50.50"]

    def test_are_limited_in_requests_at_the_same_time(self, run, account):
        shown = run("accounts", "limit", account, "--in-flight", "7", "--json")

        assert shown["in_flight"] == "0 of 7"

    def test_that_do_not_exist_are_an_error(self, refuse):
        assert "no account 'nobody'" in refuse("accounts", "show", "nobody")

    def test_cannot_be_created_twice(self, refuse, account):
        assert "exists already" in refuse("accounts", "create", account)

    @pytest.mark.parametrize("name", ["A", "x" * 49, "with space", "Ümlaut"])
    def test_need_a_plain_id(self, refuse, name):
        assert "account id is" in refuse("accounts", "create", name)

    def test_need_a_short_name(self, refuse):
        assert "A name has" in refuse("accounts", "create", "acme", "--name", "x" * 65)

    def test_cannot_be_limited_to_nothing(self, refuse, account):
        assert "name a limit" in refuse("accounts", "limit", account)
        assert "between 1 and" in refuse("accounts", "limit", account, "--in-flight", "0")
        assert "must be positive" in refuse("accounts", "limit", account, "--day", "0")


class TestCredits:
    def test_are_granted_and_shown(self, run, account):
        run("credits", "grant", account, "12.345")

        shown = run("credits", "show", account, "--json")

        assert shown["available_usd"] == shown["credited_usd"] == "12.345"

    def test_are_granted_once_per_grant_id(self, run, account):
        for _ in range(3):
            shown = run("credits", "grant", account, "5", "--grant-id", account, "--json")

        assert shown["available_usd"] == "5.00"

    def test_are_not_granted_for_another_amount_under_the_same_id(self, run, refuse, account):
        run("credits", "grant", account, "5", "--grant-id", account)

        assert "was made before" in refuse("credits", "grant", account, "6", "--grant-id", account)

    def test_cannot_be_nothing_or_less(self, refuse, account):
        assert "positive" in refuse("credits", "grant", account, "0")

    def test_need_a_sensible_grant_id(self, refuse, account):
        assert "grant id is" in refuse("credits", "grant", account, "1", "--grant-id", "a|b")

    def test_need_a_sensible_amount(self, deployment, capsys):
        with pytest.raises(SystemExit) as ended:
            main(["credits", "grant", "acme", "ten"])

        assert ended.value.code == 2
        assert "not a dollar amount" in capsys.readouterr().err


class TestKeys:
    def test_are_shown_once(self, run, account):
        created = run("keys", "create", account, "--name", "laptop", "--json")

        listed = run("keys", "list", account, "--json")

        assert is_well_formed(created["api_key"])
        assert created["api_key"].endswith(created["ends_in"])
        assert [each["key"] for each in listed] == [created["key"]]
        assert "api_key" not in listed[0]

    def test_are_listed_to_people_as_a_table(self, run, account):
        run("keys", "create", account, "--name", "laptop")

        head, row = run("keys", "list", account).splitlines()

        assert head.startswith("key")
        assert "laptop" in row

    def test_may_be_none(self, run, account):
        assert run("keys", "list", account) == "none\n"

    def test_can_expire(self, run, account):
        created = run("keys", "create", account, "--expires", "2999-01-01", "--json")

        assert created["expires_at"] == "2999-01-01T00:00:00+00:00"

    def test_cannot_have_expired_already(self, refuse, account):
        message = refuse("keys", "create", account, "--expires", "2020-01-01T00:00:00+01:00")

        assert "expired already" in message

    def test_need_a_sensible_expiry(self, deployment, capsys):
        with pytest.raises(SystemExit) as ended:
            main(["keys", "create", "acme", "--expires", "soon"])

        assert ended.value.code == 2

    def test_need_a_short_name(self, refuse, account):
        assert "A name has" in refuse("keys", "create", account, "--name", "x" * 65)

    def test_are_revoked_for_ever(self, run, account):
        key = run("keys", "create", account, "--json")["key"]

        run("keys", "revoke", account, key)

        [listed] = run("keys", "list", account, "--json")
        assert listed["state"] == "revoked"

    def test_that_do_not_exist_cannot_be_revoked(self, refuse, account):
        assert "no API key 'key_x'" in refuse("keys", "revoke", account, "key_x")


class TestTheDeployment:
    def test_must_be_named(self, capsys, tmp_path, monkeypatch):
        monkeypatch.delenv("ONEBILL_ACCOUNTS_TABLE", raising=False)

        with pytest.raises(SystemExit) as ended:
            main(["accounts", "show", "acme", "--state-dir", str(tmp_path)])

        assert ended.value.code == 1
        assert "onebill local" in capsys.readouterr().err

    def test_must_be_named_in_full(self, capsys, monkeypatch):
        monkeypatch.setenv("ONEBILL_ACCOUNTS_TABLE", "accounts")
        monkeypatch.delenv("ONEBILL_LEDGER_TABLE", raising=False)

        with pytest.raises(SystemExit):
            main(["accounts", "show", "acme"])

        assert "ONEBILL_LEDGER_TABLE is not set" in capsys.readouterr().err
