"""Ledger, accounts and keys over one dictionary each.

Every method runs to its end without awaiting, so on one event loop each is atomic.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from onebill.domain import ledger as transitions
from onebill.domain.account import Account, Configuration, Hold, Pruning
from onebill.domain.api_key import ApiKey
from onebill.domain.errors import (
    AccountExists,
    AccountNotFound,
    ApiKeyExists,
    ApiKeyNotFound,
    GrantExists,
)
from onebill.domain.ledger import NOTHING_TO_PRUNE
from onebill.domain.operation import (
    ConfigurationSet,
    CreditGranted,
    HoldClosed,
    HoldPlaced,
    HoldSettled,
    encode_operation,
    milliseconds,
)
from onebill.ports import Placement


@dataclass(slots=True)
class MemoryStore:
    """What the three adapters below share."""

    accounts: dict[str, Account] = field(default_factory=dict)
    api_keys: dict[str, ApiKey] = field(default_factory=dict)
    grants: dict[str, tuple[str, int]] = field(default_factory=dict)

    def account(self, account_id: str) -> Account:
        """Read an account. Raises AccountNotFound."""
        if account_id not in self.accounts:
            raise AccountNotFound(account_id)
        return self.accounts[account_id]


class MemoryLedger:
    """The `Ledger` port."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def place_hold(
        self,
        account_id: str,
        *,
        hold: Hold,
        configuration: Configuration,
        now: datetime,
        pruning: Pruning = NOTHING_TO_PRUNE,
    ) -> Placement:
        """See `ports.Ledger`."""
        account = self._store.account(account_id)
        if account.holds.get(hold.id) == hold:
            return Placement(account=account, sent_again=True)
        placed = HoldPlaced(
            at_ms=milliseconds(now), hold_id=hold.id, held_nano_usd=hold.amount_nano_usd
        )
        account = transitions.place_hold(
            account,
            hold=hold,
            configuration=configuration,
            now=now,
            operation=encode_operation(placed),
            pruning=pruning,
        )
        return Placement(account=self._write(account), sent_again=False)

    async def settle_hold(
        self,
        account_id: str,
        *,
        hold: Hold,
        settlement: HoldSettled,
        remember_until: int | None = None,
    ) -> Account:
        """See `ports.Ledger`."""
        operation = encode_operation(settlement)
        cost_nano_usd = settlement.cost_nano_usd
        return self._close(account_id, hold, cost_nano_usd, operation, remember_until)

    async def release_hold(
        self,
        account_id: str,
        *,
        hold: Hold,
        reason: str,
        now: datetime,
        remember_until: int | None = None,
    ) -> Account:
        """See `ports.Ledger`."""
        closed = HoldClosed(
            at_ms=milliseconds(now),
            hold_id=hold.id,
            held_nano_usd=hold.amount_nano_usd,
            reason=reason,
        )
        return self._close(account_id, hold, 0, encode_operation(closed), remember_until)

    async def grant_credit(
        self, account_id: str, *, grant_id: str, amount_nano_usd: int, now: datetime
    ) -> Account:
        """See `ports.Ledger`."""
        account = self._store.account(account_id)
        granted = (account_id, amount_nano_usd)
        earlier = self._store.grants.setdefault(grant_id, granted)
        if earlier is not granted:
            if earlier != granted:
                raise GrantExists(grant_id)
            return account
        operation = CreditGranted(
            at_ms=milliseconds(now), grant_id=grant_id, amount_nano_usd=amount_nano_usd
        )
        return self._write(
            transitions.add_credit(
                account, amount_nano_usd=amount_nano_usd, operation=encode_operation(operation)
            )
        )

    def _close(
        self,
        account_id: str,
        hold: Hold,
        cost_nano_usd: int,
        operation: str,
        remember_until: int | None,
    ) -> Account:
        if account_id not in self._store.accounts:
            raise transitions.HoldNotOpen(None)
        account = self._store.accounts[account_id]
        return self._write(
            transitions.close_hold(
                account,
                hold=hold,
                cost_nano_usd=cost_nano_usd,
                operation=operation,
                remember_until=remember_until,
            )
        )

    def _write(self, account: Account) -> Account:
        self._store.accounts[account.id] = account
        return account


class MemoryAccounts:
    """The `Accounts` port."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def create(self, account: Account) -> None:
        """See `ports.Accounts`."""
        if self._store.accounts.setdefault(account.id, account) != account:
            raise AccountExists(account.id)

    async def get(self, account_id: str) -> Account:
        """See `ports.Accounts`."""
        return self._store.account(account_id)

    async def configure(
        self, account_id: str, *, configuration: Configuration, change: str, now: datetime
    ) -> Account:
        """See `ports.Accounts`."""
        account = self._store.account(account_id)
        if account.configuration.version != configuration.version:
            raise transitions.ConfigurationChanged(account)
        return _reconfigure(self._store, account, configuration, change, now)


class MemoryApiKeys:
    """The `ApiKeys` port."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def create(self, api_key: ApiKey) -> None:
        """See `ports.ApiKeys`."""
        self._store.account(api_key.account_id)
        if self._store.api_keys.setdefault(api_key.key_hash, api_key) != api_key:
            raise ApiKeyExists(api_key.id)

    async def find(self, key_hash: str) -> ApiKey | None:
        """See `ports.ApiKeys`."""
        return self._store.api_keys.get(key_hash)

    async def of_account(self, account_id: str) -> list[ApiKey]:
        """See `ports.ApiKeys`."""
        keys = [each for each in self._store.api_keys.values() if each.account_id == account_id]
        return sorted(keys, key=lambda api_key: (api_key.created_at, api_key.id))

    async def revoke(self, account_id: str, *, key_id: str, now: datetime) -> None:
        """See `ports.ApiKeys`."""
        for api_key in await self.of_account(account_id):
            if api_key.id == key_id:
                self._store.api_keys[api_key.key_hash] = replace(api_key, revoked=True)
                account = self._store.account(account_id)
                change = f"key {key_id} revoked"
                _reconfigure(self._store, account, account.configuration, change, now)
                return
        raise ApiKeyNotFound(key_id)


def _reconfigure(
    store: MemoryStore,
    account: Account,
    configuration: Configuration,
    change: str,
    now: datetime,
) -> Account:
    operation = ConfigurationSet(at_ms=milliseconds(now), change=change)
    changed = transitions.reconfigure(
        account, configuration=configuration, operation=encode_operation(operation)
    )
    store.accounts[account.id] = changed
    return changed
