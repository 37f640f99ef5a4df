"""What an operator does with accounts: create, grant credit, freeze, limit."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from onebill.domain.account import (
    IN_FLIGHT_MAX_CEILING,
    Account,
    AccountState,
    Configuration,
)
from onebill.domain.errors import InvalidRequest
from onebill.domain.ledger import ConfigurationChanged
from onebill.domain.money import AMOUNT_NANO_USD_MAX
from onebill.domain.operation import ConfigurationSet, encode_operation, milliseconds
from onebill.domain.windows import Window
from onebill.ports import Accounts, Clock, Ledger

NAME_LENGTH_MAX = 64
CONFIGURE_ATTEMPTS_MAX = 5
_ACCOUNT_ID = re.compile(r"[a-z0-9][a-z0-9_-]{1,47}", re.ASCII)
_GRANT_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)


class ManageAccounts:
    """The use cases. All of them raise InvalidRequest for values out of bounds."""

    def __init__(self, *, accounts: Accounts, ledger: Ledger, clock: Clock) -> None:
        self._accounts = accounts
        self._ledger = ledger
        self._clock = clock

    async def create(self, account_id: str, *, name: str = "") -> Account:
        """Open an account without credit. Raises AccountExists."""
        if _ACCOUNT_ID.fullmatch(account_id) is None:
            raise InvalidRequest(
                "An account id is 2 to 48 lower-case letters, digits, '-' and '_'.",
                param="account_id",
            )
        if len(name) > NAME_LENGTH_MAX:
            raise InvalidRequest(f"A name has at most {NAME_LENGTH_MAX} letters.", param="name")
        now = self._clock.now()
        operation = ConfigurationSet(at_ms=milliseconds(now), change="account created")
        account = Account(
            id=account_id,
            name=name,
            created_at=now.isoformat(timespec="seconds"),
            sequence=1,
            operation=encode_operation(operation),
        )
        await self._accounts.create(account)
        return account

    async def grant_credit(
        self, account_id: str, *, grant_id: str, amount_nano_usd: int
    ) -> Account:
        """Give credit, once per grant id. Raises AccountNotFound, GrantExists."""
        if _GRANT_ID.fullmatch(grant_id) is None:
            raise InvalidRequest(
                "A grant id is 1 to 64 letters, digits, '-', '_', '.' and ':'.", param="grant_id"
            )
        if not 0 < amount_nano_usd <= AMOUNT_NANO_USD_MAX:
            raise InvalidRequest("A grant must be a positive amount.", param="amount")
        return await self._ledger.grant_credit(
            account_id,
            grant_id=grant_id,
            amount_nano_usd=amount_nano_usd,
            now=self._clock.now(),
        )

    async def set_state(self, account_id: str, state: AccountState) -> Account:
        """Freeze, close or reopen. In-flight requests still settle. Raises AccountNotFound."""
        return await self._configure(
            account_id, lambda old: replace(old, state=state), f"state {state}"
        )

    async def set_limits(self, account_id: str, limits: Mapping[Window, int | None]) -> Account:
        """Set or lift (None) some limits, in nano-USD; raising one unblocks at once.

        Raises AccountNotFound.
        """
        if any(limit is not None and limit <= 0 for limit in limits.values()):
            raise InvalidRequest(
                "A spend limit must be positive; to stop all spending, freeze the account.",
                param="limits",
            )
        return await self._configure(
            account_id,
            lambda old: replace(old, limits=old.limits.changed(limits)),
            "limits set",
        )

    async def set_in_flight_max(self, account_id: str, in_flight_max: int) -> Account:
        """Replace the cap on open holds. Raises AccountNotFound."""
        if not 0 < in_flight_max <= IN_FLIGHT_MAX_CEILING:
            raise InvalidRequest(
                f"The in-flight cap is between 1 and {IN_FLIGHT_MAX_CEILING}.",
                param="in_flight_max",
            )
        return await self._configure(
            account_id,
            lambda old: replace(old, in_flight_max=in_flight_max),
            f"in-flight cap {in_flight_max}",
        )

    async def _configure(
        self, account_id: str, change: Callable[[Configuration], Configuration], description: str
    ) -> Account:
        """Apply a change to the configuration as it is, again if someone else was faster."""
        account = await self._accounts.get(account_id)
        for _ in range(CONFIGURE_ATTEMPTS_MAX - 1):
            try:
                return await self._store(account, change, description)
            except ConfigurationChanged as changed:
                account = changed.account
        return await self._store(account, change, description)

    async def _store(
        self, account: Account, change: Callable[[Configuration], Configuration], description: str
    ) -> Account:
        return await self._accounts.configure(
            account.id,
            configuration=change(account.configuration),
            change=description,
            now=self._clock.now(),
        )
