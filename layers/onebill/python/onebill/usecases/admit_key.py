"""From the text of an API key to an account that may spend, usually without any read.

What is remembered here is only a claim: every hold is placed on condition that the remembered
configuration version is current, and everything that could end a key's rights raises that
version. A key is remembered together with the version it was read at, so that a newer version
of its account, however it became known, makes it be looked up again.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TypeVar

from onebill.domain.account import Account, Configuration, Pruning
from onebill.domain.api_key import ApiKey, hash_api_key, is_well_formed
from onebill.domain.errors import InvalidApiKey
from onebill.domain.windows import day_number, stale_window_ids
from onebill.ports import Accounts, ApiKeys

PRUNED_MAX = 8
"""Of each kind, per write: more than begin, so that nothing accumulates."""

_Known = TypeVar("_Known")

REMEMBERED_MAX = 10_000
"""Keys, and accounts, a process remembers: some 10 MB. The oldest is forgotten first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A usable key and what is known of its account."""

    api_key: ApiKey
    configuration: Configuration
    window_ids: tuple[str, ...] = ()
    closed: Mapping[str, int] = field(default_factory=dict)

    def pruning(self, now: datetime) -> Pruning:
        """What the next write can remove from the account in passing."""
        over = (hold_id for hold_id, until in self.closed.items() if until < now.timestamp())
        return Pruning(
            window_ids=tuple(stale_window_ids(self.window_ids, day_number(now))[:PRUNED_MAX]),
            closed_ids=tuple(islice(over, PRUNED_MAX)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _KnownKey:
    """A key as it was read when its account was at this version, or at a later one.

    The version is known before the key is read: a key that is revoked after the reading has
    its account at a higher version, and so is looked up again.
    """

    api_key: ApiKey
    version: int


class AdmitKey:
    """Admits callers, and remembers them for as long as the process lives."""

    def __init__(
        self, *, api_keys: ApiKeys, accounts: Accounts, remembered_max: int = REMEMBERED_MAX
    ) -> None:
        self._remembered_max = remembered_max
        self._api_keys = api_keys
        self._accounts = accounts
        self._known_keys: dict[str, _KnownKey] = {}
        self._known_accounts: dict[str, Account] = {}
        self._loading: dict[str, asyncio.Future[tuple[_KnownKey, Account]]] = {}

    async def __call__(self, secret: str | None, *, now: datetime) -> Access:
        """Admit the holder of a key to spend, from memory if possible. Raises InvalidApiKey."""
        key_hash = _hash(secret)
        known = self._known_keys.get(key_hash)
        account = None if known is None else self._known_accounts.get(known.api_key.account_id)
        if known is None or account is None or known.version != account.configuration.version:
            known, account = await self._load_once(key_hash)
        return _access(known.api_key, account, now)

    async def to_read(self, secret: str | None, *, now: datetime) -> ApiKey:
        """Admit the holder of a key to what no hold guards: never from memory.

        Raises InvalidApiKey.
        """
        api_key = await self._find(_hash(secret))
        _refuse_unusable(api_key, now)
        return api_key

    async def again(self, access: Access, account: Account, *, now: datetime) -> Access:
        """Look once more after the account's configuration changed. Raises InvalidApiKey."""
        self.remember(account)
        known = await self._read_key(access.api_key.key_hash, account)
        return _access(known.api_key, account, now)

    def remember(self, account: Account) -> None:
        """Take note of an account a write or read has returned, unless a later one is known."""
        known = self._known_accounts.get(account.id)
        if known is None or known.sequence < account.sequence:
            self._keep(self._known_accounts, account.id, account)

    async def _load_once(self, key_hash: str) -> tuple[_KnownKey, Account]:
        """Load; whoever wants the same key meanwhile waits for the same reads."""
        loading = self._loading.get(key_hash)
        if loading is None:
            loading = self._loading[key_hash] = asyncio.ensure_future(self._load(key_hash))
            loading.add_done_callback(lambda _: self._loading.pop(key_hash))
        return await asyncio.shield(loading)

    async def _load(self, key_hash: str) -> tuple[_KnownKey, Account]:
        """Read what is not known; the key last, and again if its account had to be found."""
        known = self._known_keys.get(key_hash)
        api_key = await self._find(key_hash) if known is None else known.api_key
        account = self._known_accounts.get(api_key.account_id)
        if account is None:
            account = await self._accounts.get(api_key.account_id)
            self.remember(account)
        return await self._read_key(key_hash, account), account

    async def _read_key(self, key_hash: str, account: Account) -> _KnownKey:
        """Read a key whose account is known already: only in this order is it vouched for."""
        api_key = await self._find(key_hash)
        known = _KnownKey(api_key=api_key, version=account.configuration.version)
        self._keep(self._known_keys, key_hash, known)
        return known

    async def _find(self, key_hash: str) -> ApiKey:
        api_key = await self._api_keys.find(key_hash)
        if api_key is None:
            raise InvalidApiKey
        return api_key

    def _keep(self, memory: dict[str, _Known], name: str, value: _Known) -> None:
        """Remember within the limit; a dictionary keeps its order of arrival."""
        memory[name] = value
        if len(memory) > self._remembered_max:
            del memory[next(iter(memory))]


def _access(api_key: ApiKey, account: Account, now: datetime) -> Access:
    _refuse_unusable(api_key, now)
    return Access(
        api_key=api_key,
        configuration=account.configuration,
        window_ids=tuple(account.windows),
        closed=account.closed,
    )


def _refuse_unusable(api_key: ApiKey, now: datetime) -> None:
    if not api_key.is_usable(now):
        raise InvalidApiKey


def _hash(secret: str | None) -> str:
    """What a key is stored under. Raises InvalidApiKey for a text that cannot be a key."""
    if secret is None or not is_well_formed(secret):
        raise InvalidApiKey
    return hash_api_key(secret)
