"""What the use cases need from the outside, in their own words.

Every port has an adapter that talks to the real thing and a twin in `adapters.memory` or in
the tests; both pass the same contract tests.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from onebill.domain.account import Account, Configuration, Hold, Pruning
from onebill.domain.api_key import ApiKey
from onebill.domain.json_value import JsonObject
from onebill.domain.ledger import NOTHING_TO_PRUNE
from onebill.domain.model import Model, Provider
from onebill.domain.operation import HoldSettled


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A hold that was placed. `sent_again`: an unanswered copy of the write may still arrive."""

    account: Account
    sent_again: bool


class Ledger(Protocol):
    """The only way money moves. Each call is atomic, durable, and safe to send twice."""

    async def place_hold(
        self,
        account_id: str,
        *,
        hold: Hold,
        configuration: Configuration,
        now: datetime,
        pruning: Pruning = NOTHING_TO_PRUNE,
    ) -> Placement:
        """Set credit aside, on condition that `configuration` is current.

        Placing the same hold again is a success. Raises AccountNotFound and whatever
        `domain.ledger.refuse_hold` raises.
        """
        ...

    async def settle_hold(
        self,
        account_id: str,
        *,
        hold: Hold,
        settlement: HoldSettled,
        remember_until: int | None = None,
    ) -> Account:
        """Close the hold at `settlement.cost_nano_usd`. Raises HoldNotOpen if it is closed.

        `remember_until` (seconds since 1970) keeps delayed copies of the placing out.
        """
        ...

    async def release_hold(
        self,
        account_id: str,
        *,
        hold: Hold,
        reason: str,
        now: datetime,
        remember_until: int | None = None,
    ) -> Account:
        """Close the hold at cost 0. Raises HoldNotOpen if it is closed."""
        ...

    async def grant_credit(
        self, account_id: str, *, grant_id: str, amount_nano_usd: int, now: datetime
    ) -> Account:
        """Add credit, once per `grant_id` for ever. Raises AccountNotFound."""
        ...


class Accounts(Protocol):
    """Accounts other than their money."""

    async def create(self, account: Account) -> None:
        """Store a new account. Raises AccountExists."""
        ...

    async def get(self, account_id: str) -> Account:
        """Read the account as it is now, not as it was. Raises AccountNotFound."""
        ...

    async def configure(
        self, account_id: str, *, configuration: Configuration, change: str, now: datetime
    ) -> Account:
        """Replace the configuration if `configuration.version` is still current.

        The stored version is one higher afterwards, so every warm cache is refused from then
        on. Raises AccountNotFound, ConfigurationChanged.
        """
        ...


class ApiKeys(Protocol):
    """Keys by the hash of their text."""

    async def create(self, api_key: ApiKey) -> None:
        """Store a new key of an existing account. Raises AccountNotFound."""
        ...

    async def find(self, key_hash: str) -> ApiKey | None:
        """Read a key as it is now, or None if there is none."""
        ...

    async def of_account(self, account_id: str) -> list[ApiKey]:
        """List the keys of an account, oldest first; a very new one may be missing."""
        ...

    async def revoke(self, account_id: str, *, key_id: str, now: datetime) -> None:
        """Revoke for ever, at once, on every warm process. Raises ApiKeyNotFound."""
        ...


class Catalog(Protocol):
    """The models that are sold, with their prices."""

    def find(self, model_id: str) -> Model:
        """Find by id or alias. Raises ModelNotFound."""
        ...

    def models(self) -> Sequence[Model]:
        """List all models, sorted by id."""
        ...


class ProviderAnswer(Protocol):
    """An answer of status 200 whose body has not been read yet. Must be closed."""

    is_event_stream: bool

    def chunks(self) -> AsyncIterator[bytes]:
        """Yield the bytes as they arrive. Raises ProviderFailure when they stop too early."""
        ...

    async def read(self) -> JsonObject:
        """Read the whole body as a JSON object. Raises ProviderFailure."""
        ...

    async def close(self) -> None:
        """Give the connection back. Safe to call twice."""
        ...


class ProviderGateway(Protocol):
    """Sends a chat completion to whichever provider sells the model."""

    async def send(
        self, provider: Provider, body: Mapping[str, object], *, deadline: datetime
    ) -> ProviderAnswer:
        """Send and wait for the status.

        Raises ProviderRefused (the request is wrong) or a ProviderFailure (the provider is).
        """
        ...


class Clock(Protocol):
    """The time, in UTC."""

    def now(self) -> datetime:
        """The current instant, timezone-aware."""
        ...


class Ids(Protocol):
    """Identifiers nobody can guess."""

    def hold_id(self) -> str:
        """16 base-32 characters of 80 random bits."""
        ...

    def request_id(self) -> str:
        """Names one request in headers, logs and support mail."""
        ...

    def key_id(self) -> str:
        """Names an API key without revealing it."""
        ...

    def key_entropy(self) -> bytes:
        """32 random bytes for the text of an API key."""
        ...
