"""ministack as the embedded database: DynamoDB, exact under concurrency, on loopback.

It needs another botocore than ours, so it lives in an environment of its own.
"""

import os
from pathlib import Path

from local.processes import LOOPBACK, Child

_ROOT = Path(__file__).resolve().parents[1]
_EXECUTABLE = _ROOT / ".venv-ministack" / "bin" / "ministack"
_PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR")


class MinistackMissing(Exception):
    """The emulator's environment has not been built: `make setup` does."""


def start_ministack(*, port: int, log: Path, state: Path | None) -> Child:
    """Start it and wait until it listens. With `state`, tables survive a polite stop."""
    if not _EXECUTABLE.exists():
        raise MinistackMissing("run `make setup` first")
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment |= {
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "SERVICES": "dynamodb",
        "LOG_LEVEL": "WARNING",
    }
    if state is not None:
        state.mkdir(parents=True, exist_ok=True)
        environment |= {"PERSIST_STATE": "1", "STATE_DIR": str(state)}
    child = Child("ministack", [str(_EXECUTABLE)], environment=environment, log=log)
    child.wait_until_listening(port)
    return child
