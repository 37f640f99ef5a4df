"""The gateway with everything outside it replaced: reads like the product's promise.

Give an account credit, script the provider, call, look at the books.
"""

from onebill import bootstrap
from onebill.adapters.memory.store import (
    MemoryAccounts,
    MemoryApiKeys,
    MemoryLedger,
    MemoryStore,
)
from onebill.domain.chat_request import read_chat_request
from onebill.domain.errors import LedgerUnavailable
from onebill.settings import Settings
from onebill.usecases.relay_stream import StreamedAnswer
from tests.builders import KEY_TEXT, a_body, a_model, an_account, an_api_key
from tests.fakes.catalog import FakeCatalog
from tests.fakes.clock import FixedClock
from tests.fakes.ids import CountingIds
from tests.fakes.providers import ScriptedProviders

SETTINGS = Settings(
    accounts_table="accounts",
    api_keys_table="api-keys",
    payments_table="payments",
    ledger_table="ledger",
    region="us-east-1",
)


class UnreliableLedger:
    """A ledger that can be told not to answer, and counts what it is asked."""

    def __init__(self, ledger):
        self._ledger = ledger
        self.is_down = False
        self.writes = []

    def __getattr__(self, name):
        async def write(*arguments, **options):
            self.writes.append(name)
            if self.is_down:
                raise LedgerUnavailable(name)
            return await getattr(self._ledger, name)(*arguments, **options)

        return write


class World:
    def __init__(self, *models, settings=SETTINGS, stores=None):
        self.store = MemoryStore()
        self.clock = FixedClock()
        self.ids = CountingIds()
        self.providers = ScriptedProviders()
        self.ledger = UnreliableLedger(MemoryLedger(self.store))
        self.accounts = MemoryAccounts(self.store)
        self.api_keys = MemoryApiKeys(self.store)
        self.gateway = bootstrap.assemble_gateway(
            settings,
            stores=stores
            or bootstrap.Stores(
                ledger=self.ledger, accounts=self.accounts, api_keys=self.api_keys
            ),
            catalog=FakeCatalog(*(models or [a_model()])),
            providers=self.providers,
            clock=self.clock,
            ids=self.ids,
        )

    def has(self, account=None, api_key=None):
        """Put an account and its key in place, past every use case."""
        account = account or an_account()
        api_key = api_key or an_api_key(account_id=account.id)
        self.store.accounts[account.id] = account
        self.store.api_keys[api_key.key_hash] = api_key
        return account

    @property
    def account(self):
        """The only account, as it is now."""
        [account] = self.store.accounts.values()
        return account

    async def complete(self, key=KEY_TEXT, **body):
        """Call the use cases as the front door does."""
        access = await self.gateway.admit_key(key, now=self.clock.now())
        content = a_body(**body)
        request = read_chat_request(content, size_bytes=len(str(content)))
        return await self.gateway.complete_chat(access, request, request_id="request-1")

    async def stream(self, **body):
        """Call for a stream and read it to its end; returns the bytes and the receipt."""
        answer = await self.complete(stream=True, **body)
        assert isinstance(answer, StreamedAnswer)
        chunks = [chunk async for chunk in answer]
        return b"".join(chunks), answer.receipt
