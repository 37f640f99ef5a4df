"""The items, and how they become domain objects and back.

Attribute names are short because every write of an item is billed by its whole size::

    Accounts  pk = <account id>
      st cfgv maxf ld lw lm      configuration: state, version, in-flight cap, limits per window
      name at                    display name, time of creation
      avail held credited debited    nano-USD; avail + held = credited - debited
      holds                      map of <hold id> -> "<amount>|<expiry, base 36>|<day number>"
      closed                     map of <hold id> -> second until which it is remembered
      seq op                     number and text of the last write (domain.operation)
      d:2026-11-23 w:2026-W48 m:2026-11    spent or held in that window
      hb                         hour of the last hold, for the sweeper's sparse index
    ApiKeys   pk = <SHA-256 of the key>
      id acct name hint at exp st    index `by_account` on (acct, id)
    Payments  pk = "G#<grant id>"   one permanent item per credit: the exactly-once marker
      acct amt at
    Ledger    pk = <account id>, sk = <sequence>: written from the stream of Accounts
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from onebill.adapters.dynamodb.errors import Item
from onebill.domain.account import Account, AccountState, Configuration, Hold, SpendLimits
from onebill.domain.api_key import ApiKey

BY_ACCOUNT_INDEX = "by_account"
BY_HOUR_INDEX = "by_hour"
GRANT_MARKER = "G#"
_WINDOW_PREFIXES = ("d:", "w:", "m:")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_BASE = len(_DIGITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableNames:
    """What the tables are called in this deployment."""

    accounts: str
    api_keys: str
    payments: str
    ledger: str


def number(value: int) -> Item:
    """A DynamoDB number: exact, as text."""
    return {"N": str(value)}


def text(value: str) -> Item:
    """A DynamoDB string."""
    return {"S": value}


def encode_hold(hold: Hold) -> str:
    """39 bytes with its 16-character id: a thousand holds fit an item comfortably."""
    return f"{hold.amount_nano_usd}|{_base36(hold.expires_at)}|{hold.day}"


def decode_hold(hold_id: str, encoded: str) -> Hold:
    """Read what :func:`encode_hold` wrote."""
    amount, expires_at, day = encoded.split("|")
    return Hold(
        id=hold_id,
        amount_nano_usd=int(amount),
        expires_at=int(expires_at, _BASE),
        day=int(day),
    )


def encode_configuration(configuration: Configuration) -> Item:
    """The attributes of a configuration; a limit that is not set has none."""
    limits = configuration.limits
    optional = {"ld": limits.day_nano_usd, "lw": limits.week_nano_usd, "lm": limits.month_nano_usd}
    return {
        "st": text(configuration.state.value),
        "cfgv": number(configuration.version),
        "maxf": number(configuration.in_flight_max),
        **{name: number(limit) for name, limit in optional.items() if limit is not None},
    }


def encode_account(account: Account) -> Item:
    """A whole account, as it is stored when it is created."""
    return {
        "pk": text(account.id),
        "name": text(account.name),
        "at": text(account.created_at),
        **encode_configuration(account.configuration),
        "avail": number(account.available_nano_usd),
        "held": number(account.held_nano_usd),
        "credited": number(account.credited_nano_usd),
        "debited": number(account.debited_nano_usd),
        "holds": {"M": {id_: text(encode_hold(hold)) for id_, hold in account.holds.items()}},
        "closed": {"M": {id_: number(until) for id_, until in account.closed.items()}},
        "seq": number(account.sequence),
        "op": text(account.operation),
        **{name: number(spent) for name, spent in account.windows.items()},
    }


def decode_account(item: Mapping[str, Item]) -> Account:
    """Read an account. Raises BooksDoNotBalance if the item contradicts itself."""
    return Account(
        id=item["pk"]["S"],
        name=item["name"]["S"],
        created_at=item["at"]["S"],
        configuration=_decode_configuration(item),
        available_nano_usd=int(item["avail"]["N"]),
        held_nano_usd=int(item["held"]["N"]),
        credited_nano_usd=int(item["credited"]["N"]),
        debited_nano_usd=int(item["debited"]["N"]),
        sequence=int(item["seq"]["N"]),
        operation=item["op"]["S"],
        holds={id_: decode_hold(id_, hold["S"]) for id_, hold in item["holds"]["M"].items()},
        closed={id_: int(until["N"]) for id_, until in item["closed"]["M"].items()},
        windows={
            name: int(value["N"])
            for name, value in item.items()
            if name.startswith(_WINDOW_PREFIXES)
        },
    )


def encode_api_key(api_key: ApiKey) -> Item:
    """A key as it is stored: never its text."""
    expires_at = {"exp": text(api_key.expires_at.isoformat())} if api_key.expires_at else {}
    return {
        "pk": text(api_key.key_hash),
        "id": text(api_key.id),
        "acct": text(api_key.account_id),
        "name": text(api_key.name),
        "hint": text(api_key.hint),
        "at": text(api_key.created_at),
        "st": text("revoked" if api_key.revoked else "active"),
        **expires_at,
    }


def decode_api_key(item: Mapping[str, Item]) -> ApiKey:
    """Read a key."""
    expires_at = item.get("exp")
    return ApiKey(
        key_hash=item["pk"]["S"],
        id=item["id"]["S"],
        account_id=item["acct"]["S"],
        name=item["name"]["S"],
        hint=item["hint"]["S"],
        created_at=item["at"]["S"],
        expires_at=datetime.fromisoformat(expires_at["S"]).astimezone(UTC) if expires_at else None,
        revoked=item["st"]["S"] != "active",
    )


def _decode_configuration(item: Mapping[str, Item]) -> Configuration:
    return Configuration(
        version=int(item["cfgv"]["N"]),
        state=AccountState(item["st"]["S"]),
        limits=SpendLimits(
            day_nano_usd=_optional(item, "ld"),
            week_nano_usd=_optional(item, "lw"),
            month_nano_usd=_optional(item, "lm"),
        ),
        in_flight_max=int(item["maxf"]["N"]),
    )


def _optional(item: Mapping[str, Item], name: str) -> int | None:
    value = item.get(name)
    return None if value is None else int(value["N"])


def _base36(value: int) -> str:
    digits = ""
    while value:
        value, digit = divmod(value, _BASE)
        digits = _DIGITS[digit] + digits
    return digits or "0"
