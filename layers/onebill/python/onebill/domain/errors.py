"""Every failure a caller is told about, with the stable code it is told by.

::

    OnebillError                  anticipated: typed, mapped to a status, no alarm
    ├── InvalidApiKey             invalid_api_key
    ├── AccountNotFound           account_not_found
    ├── AccountExists             account_exists
    ├── GrantExists               grant_exists
    ├── ApiKeyExists              api_key_exists
    ├── ApiKeyNotFound            api_key_not_found
    ├── AccountFrozen             account_frozen
    ├── ModelNotFound             model_not_found
    ├── InvalidRequest            invalid_request
    ├── RequestTooLarge           request_too_large
    ├── Unaffordable              the ledger refused the hold
    │   ├── InsufficientCredits   insufficient_credits
    │   └── SpendLimitExceeded    spend_limit_exceeded
    ├── TooManyInFlight           too_many_in_flight
    ├── ProviderRefused           the provider's own status and body
    └── ProviderFailure
        ├── ProviderError         provider_error
        ├── AnswerTooLarge        answer_too_large
        ├── ProviderTimeout       provider_timeout
        └── ProviderUnavailable   provider_unavailable

    LedgerUnavailable             not anticipated: the database does not serve; alarmed, 500

Anything else is unanticipated too: nobody catches it, it is logged, alarmed and answered with 500.
The HTTP statuses are in one table, `web.errors`.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar

from onebill.domain.money import format_usd
from onebill.domain.windows import Window


class OnebillError(Exception):
    """An anticipated failure. `code` is part of the public interface.

    `param` names the part of the request that is to blame; `facts` are for programs, money in
    decimal dollar strings.
    """

    code: ClassVar[str]
    param: str | None = None
    facts: Mapping[str, str] = MappingProxyType({})


class InvalidApiKey(OnebillError):
    """No key, or one that is malformed, unknown, revoked or expired. Which one is not told."""

    code = "invalid_api_key"

    def __init__(self) -> None:
        super().__init__("The API key is missing, unknown, revoked or expired.")


class AccountNotFound(OnebillError):
    """There is no account of this id."""

    code = "account_not_found"

    def __init__(self, account_id: str) -> None:
        super().__init__(f"There is no account {account_id!r}.")


class AccountExists(OnebillError):
    """An account of this id exists already, with other properties."""

    code = "account_exists"

    def __init__(self, account_id: str) -> None:
        super().__init__(f"Account {account_id!r} exists already.")


class GrantExists(OnebillError):
    """This grant id was used before, for another account or amount."""

    code = "grant_exists"

    def __init__(self, grant_id: str) -> None:
        super().__init__(f"Grant {grant_id!r} was made before, for another account or amount.")


class ApiKeyExists(OnebillError):
    """The hash is taken by another key: random bits were used twice."""

    code = "api_key_exists"

    def __init__(self, key_id: str) -> None:
        super().__init__(f"API key {key_id!r} has the text of another key.")


class ApiKeyNotFound(OnebillError):
    """The account has no key of this id."""

    code = "api_key_not_found"

    def __init__(self, key_id: str) -> None:
        super().__init__(f"There is no API key {key_id!r} on this account.")


class AccountFrozen(OnebillError):
    """The account may not spend: frozen (a dispute, an operator) or closed."""

    code = "account_frozen"

    def __init__(self, state: str) -> None:
        super().__init__(f"The account is {state}. Contact the operator of this gateway.")


class ModelNotFound(OnebillError):
    """The model is unknown here or has no exact price, so it is not sold."""

    code = "model_not_found"
    param = "model"

    def __init__(self, model: str) -> None:
        super().__init__(f"Model {model!r} is not available. GET /v1/models lists what is.")


class InvalidRequest(OnebillError):
    """The body is not what the endpoint takes. Nothing was held."""

    code = "invalid_request"

    def __init__(self, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.param = param


class RequestTooLarge(OnebillError):
    """The body exceeds the limit. Nothing was held."""

    code = "request_too_large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"The request body exceeds {limit_bytes} bytes.")
        self.limit_bytes = limit_bytes


class Unaffordable(OnebillError):
    """The hold does not fit; `affordable_nano_usd` (never negative) would have fitted."""

    affordable_nano_usd: int


class InsufficientCredits(Unaffordable):
    """The hold exceeds the available credit."""

    code = "insufficient_credits"

    def __init__(self, *, required_nano_usd: int, available_nano_usd: int) -> None:
        missing_nano_usd = required_nano_usd - available_nano_usd
        super().__init__(
            f"This request needs up to ${format_usd(required_nano_usd)} and "
            f"${format_usd(available_nano_usd)} is available: ${format_usd(missing_nano_usd)} "
            "is missing. Ask for fewer output tokens, send less input, or top up."
        )
        self.facts = {
            "required_usd": format_usd(required_nano_usd),
            "available_usd": format_usd(available_nano_usd),
            "missing_usd": format_usd(missing_nano_usd),
        }
        self.required_nano_usd = required_nano_usd
        self.available_nano_usd = available_nano_usd
        self.missing_nano_usd = missing_nano_usd
        self.affordable_nano_usd = max(0, available_nano_usd)


class SpendLimitExceeded(Unaffordable):
    """The hold would take a window over its limit; `spent` includes what is held in it."""

    code = "spend_limit_exceeded"

    def __init__(
        self,
        *,
        window: Window,
        limit_nano_usd: int,
        spent_nano_usd: int,
        required_nano_usd: int,
        resets_at: datetime,
    ) -> None:
        super().__init__(
            f"The {window} spend limit of ${format_usd(limit_nano_usd)} leaves no room: "
            f"${format_usd(spent_nano_usd)} is spent or held and this request needs up to "
            f"${format_usd(required_nano_usd)}. The window resets at {resets_at.isoformat()}."
        )
        self.facts = {
            "window": window.value,
            "limit_usd": format_usd(limit_nano_usd),
            "spent_usd": format_usd(spent_nano_usd),
            "required_usd": format_usd(required_nano_usd),
            "resets_at": resets_at.isoformat(),
        }
        self.window = window
        self.limit_nano_usd = limit_nano_usd
        self.spent_nano_usd = spent_nano_usd
        self.required_nano_usd = required_nano_usd
        self.resets_at = resets_at
        self.affordable_nano_usd = max(0, limit_nano_usd - spent_nano_usd)


class TooManyInFlight(OnebillError):
    """The account has as many open holds as it may have."""

    code = "too_many_in_flight"

    def __init__(self, in_flight_max: int) -> None:
        super().__init__(f"The account already has {in_flight_max} requests in flight.")
        self.in_flight_max = in_flight_max


class ProviderRefused(OnebillError):
    """The provider judged the request itself wrong: its answer is the caller's answer."""

    code = "provider_refused"

    def __init__(
        self, *, status: int, content_type: str, body: bytes, retry_after: str | None
    ) -> None:
        super().__init__(f"The provider answered {status}.")
        self.status = status
        self.content_type = content_type
        self.body = body
        self.retry_after = retry_after


class ProviderFailure(OnebillError):
    """The provider failed before it produced anything; the hold is released, the cost is 0."""


class ProviderError(ProviderFailure):
    """The provider is down, broke the connection, or answered 5xx or nonsense."""

    code = "provider_error"


class AnswerTooLarge(ProviderFailure):
    """The provider answered more than is read: the one failure after which an answer is paid.

    Whoever asks for so much would otherwise have it for nothing, again and again.
    """

    code = "answer_too_large"

    def __init__(self, provider_name: str, *, limit_bytes: int) -> None:
        super().__init__(
            f"The answer of {provider_name} exceeds {limit_bytes} bytes. Ask for fewer choices, "
            "fewer logprobs or fewer output tokens, or for a stream."
        )
        self.limit_bytes = limit_bytes


class ProviderTimeout(ProviderFailure):
    """The provider did not answer in time."""

    code = "provider_timeout"


class ProviderUnavailable(ProviderFailure):
    """The provider rejected the gateway's own credentials, or the gateway has none."""

    code = "provider_unavailable"


class LedgerUnavailable(Exception):
    """The database did not do what it was asked; whether a write happened may be unknown."""

    def __init__(self, operation: str, cause: str = "no answer") -> None:
        super().__init__(f"the ledger did not do {operation}: {cause}")
