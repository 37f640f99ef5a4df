"""What a running local stack tells about itself, in ``DIR/local.json``.

Nothing in it is more secret than a key to play money.
"""

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

FILE_NAME = "local.json"
DATABASE_DIR = "database"
LOG_DIR = "logs"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalStack:
    """Where everything is. What this version does not serve yet is None."""

    base_url: str
    api_key: str
    account_id: str
    provider_url: str
    dynamodb_url: str
    pid: int
    console_url: str | None = None
    console_key: str | None = None
    webhook_url: str | None = None
    webhook_secret: str | None = None
    stripe_url: str | None = None

    def write(self, directory: Path) -> None:
        """Write the file, readable by its owner only, in one step."""
        draft = directory / (FILE_NAME + ".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(self), indent=2) + "\n")
        draft.replace(directory / FILE_NAME)


def read_local_stack(directory: Path) -> LocalStack | None:
    """The stack that runs, or last ran, with its state in this directory."""
    try:
        content = json.loads((directory / FILE_NAME).read_text())
    except FileNotFoundError:
        return None
    return LocalStack(**content)


def forget(directory: Path) -> None:
    """Remove what earlier runs left in the directory, and only that."""
    for name in (DATABASE_DIR, LOG_DIR):
        shutil.rmtree(directory / name, ignore_errors=True)
    (directory / FILE_NAME).unlink(missing_ok=True)
