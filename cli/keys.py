"""``onebill keys``: create, list, revoke."""

import argparse
from datetime import UTC, datetime

from cli.grammar import Group, account_action, group_of
from cli.output import show, show_one
from cli.target import Target, on_target
from onebill.domain.api_key import ApiKey
from onebill.usecases.manage_api_keys import CreatedKey


def add_commands(commands: Group) -> None:
    """Add the commands to the grammar."""
    actions = group_of(commands, "keys", "create, list and revoke API keys")
    create = account_action(actions, "create", "make a key; its text is shown once", _create)
    create.add_argument("--name", default="", help="what it is for")
    create.add_argument("--expires", type=_instant, metavar="DATE", help="ISO 8601, UTC if bare")
    account_action(actions, "list", "list the keys of an account", _list)
    revoke = account_action(actions, "revoke", "end a key for ever, everywhere, at once", _revoke)
    revoke.add_argument("key", metavar="KEY_ID", help="as `onebill keys list` shows it")


def _create(arguments: argparse.Namespace) -> int:
    async def create(target: Target) -> CreatedKey:
        return await target.api_keys.create(
            arguments.account, name=arguments.name, expires_at=arguments.expires
        )

    created = on_target(arguments, create)
    show_one({"api_key": created.text, **_row(created.api_key)}, as_json=arguments.json)
    return 0


def _list(arguments: argparse.Namespace) -> int:
    async def read(target: Target) -> list[ApiKey]:
        return await target.api_keys.of_account(arguments.account)

    show([_row(each) for each in on_target(arguments, read)], as_json=arguments.json)
    return 0


def _revoke(arguments: argparse.Namespace) -> int:
    async def revoke(target: Target) -> None:
        await target.api_keys.revoke(arguments.account, key_id=arguments.key)

    on_target(arguments, revoke)
    show_one({"key": arguments.key, "state": "revoked"}, as_json=arguments.json)
    return 0


def _row(api_key: ApiKey) -> dict[str, str | None]:
    return {
        "key": api_key.id,
        "account": api_key.account_id,
        "name": api_key.name,
        "ends_in": api_key.hint,
        "state": "revoked" if api_key.revoked else "active",
        "created_at": api_key.created_at,
        "expires_at": api_key.expires_at.isoformat() if api_key.expires_at else None,
    }


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
