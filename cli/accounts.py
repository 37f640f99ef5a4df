"""``onebill accounts``: create, show, freeze, limit."""

import argparse

from cli.grammar import Group, account_action, group_of
from cli.output import UsageError, show_one, usd
from cli.target import Target, on_target
from onebill.domain.account import AccountState
from onebill.domain.money import format_usd
from onebill.domain.windows import Window
from onebill.usecases.read_credit import CreditStatement, state_credit


def add_commands(commands: Group) -> None:
    """Add the commands to the grammar."""
    actions = group_of(commands, "accounts", "create, show, freeze and limit accounts")
    create = account_action(actions, "create", "open an account without credit", _create)
    create.add_argument("--name", default="", help="what people call it")
    account_action(actions, "show", "show an account, its credit and its windows", _show)
    account_action(
        actions, "freeze", "stop all spending; requests under way still settle", _freeze
    )
    account_action(actions, "unfreeze", "let a frozen account spend again", _unfreeze)
    limit = account_action(actions, "limit", "set or lift spend limits, at once", _limit)
    for window in Window:
        limit.add_argument(f"--{window}", type=_usd_or_none, metavar="USD|none")
    limit.add_argument("--in-flight", type=int, metavar="N", help="requests at the same time")


def _create(arguments: argparse.Namespace) -> int:
    async def create(target: Target) -> CreditStatement:
        account = await target.accounts.create(arguments.account, name=arguments.name)
        return state_credit(account, now=target.clock.now())

    return _print(on_target(arguments, create), arguments)


def _show(arguments: argparse.Namespace) -> int:
    async def read(target: Target) -> CreditStatement:
        return await target.read_credit(arguments.account, now=target.clock.now())

    return _print(on_target(arguments, read), arguments)


def _freeze(arguments: argparse.Namespace) -> int:
    return _set_state(arguments, AccountState.FROZEN)


def _unfreeze(arguments: argparse.Namespace) -> int:
    return _set_state(arguments, AccountState.ACTIVE)


def _set_state(arguments: argparse.Namespace, state: AccountState) -> int:
    async def change(target: Target) -> CreditStatement:
        account = await target.accounts.set_state(arguments.account, state)
        return state_credit(account, now=target.clock.now())

    return _print(on_target(arguments, change), arguments)


def _limit(arguments: argparse.Namespace) -> int:
    wanted: dict[Window, int | None] = {
        window: None if limit == "none" else limit
        for window in Window
        if (limit := getattr(arguments, window)) is not None
    }
    if not wanted and arguments.in_flight is None:
        raise UsageError("name a limit: --day, --week, --month or --in-flight")

    async def change(target: Target) -> CreditStatement:
        accounts = target.accounts
        if wanted:
            await accounts.set_limits(arguments.account, wanted)
        if arguments.in_flight is not None:
            await accounts.set_in_flight_max(arguments.account, arguments.in_flight)
        return await target.read_credit(arguments.account, now=target.clock.now())

    return _print(on_target(arguments, change), arguments)


def _print(statement: CreditStatement, arguments: argparse.Namespace) -> int:
    account = statement.account
    row: dict[str, str | None] = {
        "account": account.id,
        "name": account.name,
        "state": account.configuration.state.value,
        "available_usd": format_usd(account.available_nano_usd),
        "held_usd": format_usd(account.held_nano_usd),
        "in_flight": f"{len(account.holds)} of {account.configuration.in_flight_max}",
    }
    for each in statement.windows:
        limit = each.limit_nano_usd
        row[f"{each.window}_spent_usd"] = format_usd(each.spent_nano_usd)
        row[f"{each.window}_limit_usd"] = None if limit is None else format_usd(limit)
        row[f"{each.window}_resets_at"] = each.resets_at.isoformat()
    show_one(row, as_json=arguments.json)
    return 0


def _usd_or_none(text: str) -> int | str:
    return text if text == "none" else usd(text)
