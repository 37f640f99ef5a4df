"""Child processes that never outlive us, with a log file each."""

import ctypes
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

LOOPBACK = "127.0.0.1"
READY_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 10.0
GRACE_SECONDS = 30
"""How long requests under way may take to finish after SIGTERM: their holds must settle."""

_POLL_SECONDS = 0.02
_PR_SET_PDEATHSIG = 1


class ChildFailed(Exception):
    """A child ended, or did not become ready; the message shows the end of its log."""


class Child:
    """One running child."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        log: Path,
        stop_seconds_max: float = STOP_SECONDS_MAX,
    ) -> None:
        self.name = name
        self._stop_seconds_max = stop_seconds_max
        self._log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            self._process = subprocess.Popen(  # The commands are ours.
                list(command),
                env={**environment, "PYTHONUNBUFFERED": "1"},  # Its log is read while it runs.
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the launcher, which stops us in order.
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509  (one call into libc, nothing that locks)
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Tell whether the child has not ended yet."""
        return self._process.poll() is None

    def wait_until_listening(self, port: int) -> None:
        """Return once the port answers on loopback. Raises ChildFailed."""
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline and self.is_running:
            if is_listening(port):
                return
            time.sleep(_POLL_SECONDS)
        raise ChildFailed(f"{self.name} did not start:\n{self.tail()}")

    def stop(self) -> None:
        """End the child politely, then firmly. Safe to call twice."""
        if not self.is_running:
            return
        self._process.terminate()
        try:
            self._process.wait(self._stop_seconds_max)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def tail(self, lines: int = 20) -> str:
        """The end of the child's log."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def is_listening(port: int) -> bool:
    """Tell whether something accepts connections on this loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def _die_with_parent() -> None:
    """Ask Linux to end this child if the launcher dies without stopping it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
