"""The exact expressions that move money. Each is safe to apply twice.

A condition is about the very operation it guards: a hold, stored in the account item, is its
own marker; a credit has a permanent marker item of its own.
"""

from datetime import datetime
from typing import Any

from onebill.adapters.dynamodb.table import GRANT_MARKER, TableNames, encode_hold, number, text
from onebill.domain.account import Configuration, Hold, Pruning
from onebill.domain.operation import (
    CreditGranted,
    HoldPlaced,
    encode_operation,
    milliseconds,
)

Request = dict[str, Any]
"""The parameters of one DynamoDB operation, in its own notation."""

_ONE = number(1)
_ZERO = number(0)
_PLACE = (
    "SET avail = avail - :r, held = held + :r, holds.#h = :h, seq = seq + :one, op = :op,"
    " hb = :hour, #day = if_not_exists(#day, :z) + :r,"
    " #week = if_not_exists(#week, :z) + :r, #month = if_not_exists(#month, :z) + :r"
)
_PLACE_IF = (
    "#st = :active AND cfgv = :cfgv AND avail >= :r"
    " AND attribute_not_exists(holds.#h) AND attribute_not_exists(closed.#h)"
    " AND size(holds) < :n"
)
_CLOSE = (
    "SET avail = avail + :back, held = held - :r, debited = debited + :c,"
    " seq = seq + :one, op = :op, #day = if_not_exists(#day, :z) - :back,"
    " #week = if_not_exists(#week, :z) - :back, #month = if_not_exists(#month, :z) - :back"
)
_FORGET = " REMOVE holds.#h"
_REMEMBER = ", closed.#h = :until"
_CREDIT = "SET avail = avail + :a, credited = credited + :a, seq = seq + :one, op = :op"
_ANSWER = {"ReturnValues": "ALL_NEW", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


def place_hold(
    tables: TableNames,
    account_id: str,
    *,
    hold: Hold,
    configuration: Configuration,
    now: datetime,
    pruning: Pruning,
) -> Request:
    """Set credit aside if state, version, credit, in-flight cap and every window allow it.

    Conditions cannot add, so the most a window may hold beforehand is computed here. That is
    sound because the limits are pinned by their version. No limit may be below the hold.
    """
    placed = HoldPlaced(
        at_ms=milliseconds(now), hold_id=hold.id, held_nano_usd=hold.amount_nano_usd
    )
    names = {**_window_names(hold), "#st": "st"}
    values = {
        ":r": number(hold.amount_nano_usd),
        ":h": text(encode_hold(hold)),
        ":one": _ONE,
        ":z": _ZERO,
        ":op": text(encode_operation(placed)),
        ":hour": text(now.strftime("%Y-%m-%dT%H")),
        ":active": text("active"),
        ":cfgv": number(configuration.version),
        ":n": number(configuration.in_flight_max),
    }
    condition = _PLACE_IF
    for window, limit_nano_usd in configuration.limits.by_window():
        values[f":before_{window}"] = number(limit_nano_usd - hold.amount_nano_usd)
        condition += f" AND (attribute_not_exists(#{window}) OR #{window} <= :before_{window})"
    removed = _removed(pruning, names)
    update = _PLACE + (f" REMOVE {', '.join(removed)}" if removed else "")
    return {
        "TableName": tables.accounts,
        "Key": {"pk": text(account_id)},
        "UpdateExpression": update,
        "ConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
        **_ANSWER,
    }


def close_hold(
    tables: TableNames,
    account_id: str,
    *,
    hold: Hold,
    cost_nano_usd: int,
    operation: str,
    remember_until: int | None,
) -> Request:
    """End a hold at its cost, in the windows it started in, whatever the account's state.

    The condition is on the hold's exact value, so one closing wins: for ever, because a
    delayed copy of the placing finds the id among those that are remembered.
    """
    until = {} if remember_until is None else {":until": number(remember_until)}
    return {
        "TableName": tables.accounts,
        "Key": {"pk": text(account_id)},
        "UpdateExpression": _CLOSE + (_REMEMBER if until else "") + _FORGET,
        "ConditionExpression": "holds.#h = :h",
        "ExpressionAttributeNames": _window_names(hold),
        "ExpressionAttributeValues": {
            ":h": text(encode_hold(hold)),
            ":r": number(hold.amount_nano_usd),
            ":back": number(hold.amount_nano_usd - cost_nano_usd),
            ":c": number(cost_nano_usd),
            ":one": _ONE,
            ":z": _ZERO,
            ":op": text(operation),
            **until,
        },
        **_ANSWER,
    }


def grant_credit(
    tables: TableNames, account_id: str, *, grant_id: str, amount_nano_usd: int, now: datetime
) -> Request:
    """The permanent marker of a grant and the money, in one transaction."""
    granted = CreditGranted(
        at_ms=milliseconds(now), grant_id=grant_id, amount_nano_usd=amount_nano_usd
    )
    marker = {
        "TableName": tables.payments,
        "Item": {
            "pk": text(GRANT_MARKER + grant_id),
            "acct": text(account_id),
            "amt": number(amount_nano_usd),
            "at": text(now.isoformat()),
        },
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    credit = {
        "TableName": tables.accounts,
        "Key": {"pk": text(account_id)},
        "UpdateExpression": _CREDIT,
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeValues": {
            ":a": number(amount_nano_usd),
            ":one": _ONE,
            ":op": text(encode_operation(granted)),
        },
    }
    return {"TransactItems": [{"Put": marker}, {"Update": credit}]}


def _removed(pruning: Pruning, names: dict[str, str]) -> list[str]:
    """The paths to remove; their names go into `names`."""
    paths = []
    for index, window_id in enumerate(pruning.window_ids):
        names[f"#old{index}"] = window_id
        paths.append(f"#old{index}")
    for index, hold_id in enumerate(pruning.closed_ids):
        names[f"#done{index}"] = hold_id
        paths.append(f"closed.#done{index}")
    return paths


def _window_names(hold: Hold) -> dict[str, str]:
    windows = hold.windows
    return {"#h": hold.id, "#day": windows.day, "#week": windows.week, "#month": windows.month}
