"""What a process remembers of keys and accounts, and for how long."""

import asyncio
from dataclasses import replace

import pytest

from onebill.adapters.memory.store import MemoryAccounts, MemoryApiKeys, MemoryStore
from onebill.domain.api_key import format_api_key, hash_api_key
from onebill.domain.errors import InvalidApiKey
from onebill.usecases.admit_key import PRUNED_MAX, AdmitKey
from tests.builders import NOW, an_account, an_api_key


class Counting:
    """A store that counts what it is asked."""

    def __init__(self, store):
        self._store = store
        self.calls = 0

    def __getattr__(self, name):
        self.calls += 1

        async def call_a_little_later(*arguments, **options):
            await asyncio.sleep(0)
            return await getattr(self._store, name)(*arguments, **options)

        return call_a_little_later


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def api_keys(store):
    return Counting(MemoryApiKeys(store))


@pytest.fixture
def make_admit_key(store, api_keys):
    def make(**options):
        return AdmitKey(api_keys=api_keys, accounts=MemoryAccounts(store), **options)

    return make


def add_key(store, number):
    """An account with a key of its own; returns the key's text."""
    text = format_api_key(number.to_bytes(32))
    account = an_account(id=f"acme-{number}")
    api_key = an_api_key(text, account_id=account.id)
    store.accounts[account.id] = account
    store.api_keys[api_key.key_hash] = api_key
    return text


async def test_a_key_is_looked_up_before_its_account_and_after_and_then_not_again(
    store, api_keys, make_admit_key
):
    """Only a key that was read after its account is known to be as good as the account says."""
    text, admit_key = add_key(store, 1), make_admit_key()

    for _ in range(3):
        access = await admit_key(text, now=NOW)

    assert access.api_key.account_id == "acme-1"
    assert api_keys.calls == 2


async def test_a_key_is_looked_up_for_all_who_ask_at_the_same_time(
    store, api_keys, make_admit_key
):
    text, admit_key = add_key(store, 1), make_admit_key()

    accesses = await asyncio.gather(*(admit_key(text, now=NOW) for _ in range(50)))

    assert {access.api_key.account_id for access in accesses} == {"acme-1"}
    assert api_keys.calls == 2


async def test_a_key_that_is_unknown_is_unknown_to_all_who_ask(api_keys, make_admit_key):
    admit_key = make_admit_key()
    asked = [admit_key(format_api_key(bytes(32)), now=NOW) for _ in range(3)]

    answers = await asyncio.gather(*asked, return_exceptions=True)

    assert [type(answer) for answer in answers] == [InvalidApiKey] * 3
    assert api_keys.calls == 1


class TestARevokedKey:
    """Revoking raises the account's version; whatever tells of it ends what was remembered."""

    async def test_ends_when_a_write_for_another_key_tells_of_the_revocation(
        self, store, make_admit_key
    ):
        text, admit_key = add_key(store, 1), make_admit_key()
        await admit_key(text, now=NOW)

        admit_key.remember(revoke(store, text))

        with pytest.raises(InvalidApiKey):
            await admit_key(text, now=NOW)

    async def test_is_noticed_between_the_reading_of_the_key_and_of_the_account(
        self, store, api_keys
    ):
        text = add_key(store, 1)

        class RevokesFirst(MemoryAccounts):
            async def get(self, account_id):
                revoke(store, text)
                return await super().get(account_id)

        admit_key = AdmitKey(api_keys=api_keys, accounts=RevokesFirst(store))

        with pytest.raises(InvalidApiKey):
            await admit_key(text, now=NOW)

    async def test_is_not_forgotten_for_an_older_account_that_arrives_late(
        self, store, make_admit_key
    ):
        text, admit_key = add_key(store, 1), make_admit_key()
        before = store.accounts["acme-1"]
        await admit_key(text, now=NOW)

        admit_key.remember(revoke(store, text))
        admit_key.remember(before)

        with pytest.raises(InvalidApiKey):
            await admit_key(text, now=NOW)


def revoke(store, text):
    """Revoke a key in the store; returns the account after it."""
    api_key = store.api_keys[hash_api_key(text)]
    store.api_keys[api_key.key_hash] = replace(api_key, revoked=True)
    account = store.accounts[api_key.account_id]
    version = account.configuration.version + 1
    store.accounts[account.id] = replace(
        account,
        configuration=replace(account.configuration, version=version),
        sequence=account.sequence + 1,
    )
    return store.accounts[account.id]


async def test_an_unknown_key_is_looked_up_each_time(api_keys, make_admit_key):
    admit_key = make_admit_key()

    for _ in range(2):
        with pytest.raises(InvalidApiKey):
            await admit_key(format_api_key(bytes(32)), now=NOW)

    assert api_keys.calls == 2


async def test_a_text_that_cannot_be_a_key_is_never_looked_up(api_keys, make_admit_key):
    with pytest.raises(InvalidApiKey):
        await make_admit_key()("ob_guess", now=NOW)

    assert api_keys.calls == 0


async def test_the_oldest_key_is_forgotten_first(store, api_keys, make_admit_key):
    first, second, third = (add_key(store, number) for number in (1, 2, 3))
    admit_key = make_admit_key(remembered_max=2)
    for text in (first, second, third):
        await admit_key(text, now=NOW)
    api_keys.calls = 0

    await admit_key(third, now=NOW)
    calls_for_the_newest = api_keys.calls
    await admit_key(first, now=NOW)

    assert (calls_for_the_newest, api_keys.calls) == (0, 2)


async def test_what_is_no_longer_needed_is_pruned_a_little_at_a_time(store, make_admit_key):
    text = add_key(store, 1)
    past, future = int(NOW.timestamp()) - 1, int(NOW.timestamp()) + 1
    over = {f"hold-{number}": past for number in range(PRUNED_MAX + 5)}
    windows = {f"d:2025-01-{day:02d}": 0 for day in range(1, 29)}
    store.accounts["acme-1"] = an_account(
        id="acme-1", closed={"recent": future} | over, windows=windows
    )

    access = await make_admit_key()(text, now=NOW)

    pruning = access.pruning(NOW)
    assert len(pruning.closed_ids) == len(pruning.window_ids) == PRUNED_MAX
    assert "recent" not in pruning.closed_ids


async def test_a_key_is_looked_up_each_time_it_only_reads(store, make_admit_key):
    """No hold checks what a reader believes, so a reader never goes by memory."""
    text, admit_key = add_key(store, 1), make_admit_key()
    await admit_key(text, now=NOW)
    revoke(store, text)

    with pytest.raises(InvalidApiKey):
        await admit_key.to_read(text, now=NOW)
