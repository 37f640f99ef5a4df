"""The whole local stack, started as a user starts it."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

START_SECONDS_MAX = 60
ONEBILL = Path(sys.executable).parent / "onebill"


@dataclass
class RunningStack:
    process: subprocess.Popen
    state_dir: Path
    info: dict
    output: str

    @property
    def base_url(self):
        return self.info["base_url"]

    def client(self):
        headers = {"authorization": f"Bearer {self.info['api_key']}"}
        return httpx.Client(base_url=self.base_url, headers=headers, timeout=30)

    def stop(self):
        """Ask politely; returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.stdout.close()
        return self.process.wait(30)


def start_stack(state_dir, *options):
    """Run `onebill local` and wait for its line `ready …`."""
    environment = {
        name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")
    }
    process = subprocess.Popen(
        [ONEBILL, "local", "--port", "0", "--state-dir", str(state_dir), *options],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    lines, deadline = [], time.monotonic() + START_SECONDS_MAX
    for line in process.stdout:
        lines.append(line)
        if line.startswith("ready ") or time.monotonic() > deadline:
            break
    info = json.loads((state_dir / "local.json").read_text())
    return RunningStack(process, state_dir, info, "".join(lines))


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    """One stack for all tests that only use it."""
    running = start_stack(tmp_path_factory.mktemp("stack"), "--seed-credit-usd", "1000")
    yield running
    assert running.stop() == 0


@pytest.fixture
def new_stack(tmp_path):
    """Starts stacks of a test's own; stops what is still running."""
    started = []

    def start(*options, state_dir=tmp_path / "state"):
        state_dir.mkdir(exist_ok=True)
        started.append(start_stack(state_dir, *options))
        return started[-1]

    yield start
    for running in started:
        running.stop()
