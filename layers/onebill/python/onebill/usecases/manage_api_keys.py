"""What an owner does with API keys: create, list, revoke."""

from dataclasses import dataclass
from datetime import datetime

from onebill.domain.api_key import (
    ApiKey,
    format_api_key,
    hash_api_key,
    hint_of,
    is_well_formed,
)
from onebill.domain.errors import InvalidRequest
from onebill.ports import ApiKeys, Clock, Ids

NAME_LENGTH_MAX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedKey:
    """A new key and its text, which exists nowhere else and is shown once."""

    api_key: ApiKey
    text: str


class ManageApiKeys:
    """The use cases."""

    def __init__(self, *, api_keys: ApiKeys, clock: Clock, ids: Ids) -> None:
        self._api_keys = api_keys
        self._clock = clock
        self._ids = ids

    async def create(
        self,
        account_id: str,
        *,
        name: str = "",
        expires_at: datetime | None = None,
        text: str | None = None,
    ) -> CreatedKey:
        """Make a key, of a given text only to bring one that exists elsewhere.

        Raises AccountNotFound, InvalidRequest.
        """
        now = self._clock.now()
        if len(name) > NAME_LENGTH_MAX:
            raise InvalidRequest(f"A name has at most {NAME_LENGTH_MAX} letters.", param="name")
        if expires_at is not None and expires_at <= now:
            raise InvalidRequest("The key would have expired already.", param="expires_at")
        if text is None:
            text = format_api_key(self._ids.key_entropy())
        elif not is_well_formed(text):
            raise InvalidRequest("The text is not that of a key.", param="text")
        api_key = ApiKey(
            key_hash=hash_api_key(text),
            id=self._ids.key_id(),
            account_id=account_id,
            name=name,
            hint=hint_of(text),
            created_at=now.isoformat(timespec="seconds"),
            expires_at=expires_at,
        )
        await self._api_keys.create(api_key)
        return CreatedKey(api_key=api_key, text=text)

    async def of_account(self, account_id: str) -> list[ApiKey]:
        """List the keys of an account, oldest first."""
        return await self._api_keys.of_account(account_id)

    async def revoke(self, account_id: str, *, key_id: str) -> None:
        """End a key for ever, everywhere, at once. Raises ApiKeyNotFound."""
        await self._api_keys.revoke(account_id, key_id=key_id, now=self._clock.now())
