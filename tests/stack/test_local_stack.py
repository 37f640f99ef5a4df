"""`onebill local`, as a newcomer meets it."""

import json
import os
import re
import shlex
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from onebill.domain.money import parse_usd

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]

ROW_OF_LISTENERS = "0A"


def available_nano_usd(client):
    return parse_usd(client.get("/v1/credits").json()["available_usd"])


def listening_addresses(pids):
    """Local addresses, in hexadecimal, that these processes listen on."""
    inodes = set()
    for pid in pids:
        listed = subprocess.run(["ls", "-l", f"/proc/{pid}/fd"], capture_output=True, text=True)
        inodes |= set(re.findall(r"socket:\[(\d+)\]", listed.stdout))
    addresses = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with Path(table).open() as rows:
            for row in list(rows)[1:]:
                fields = row.split()
                if fields[3] == ROW_OF_LISTENERS and fields[9] in inodes:
                    addresses.append(fields[1].split(":")[0])
    return addresses


def descendants(pid):
    found, todo = [], [pid]
    while todo:
        parent = todo.pop()
        found.append(parent)
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
        todo += [int(child) for child in children.split()]
    return found


class TestTheFirstMinute:
    def test_prints_a_curl_that_answers_and_costs_exactly_tokens_times_price(self, new_stack):
        stack = new_stack("--seed-credit-usd", "2.50")
        [command] = re.findall(
            r"(curl -s \S+/v1/chat/completions .*?}'\n)", stack.output, re.DOTALL
        )

        printed = subprocess.run(
            shlex.split(command.replace("\\\n", " ")), capture_output=True, check=True
        )

        usage = json.loads(printed.stdout)["usage"]
        cost_pico_usd = usage["prompt_tokens"] * 150_000 + usage["completion_tokens"] * 600_000
        with stack.client() as client:
            left = available_nano_usd(client)
        assert left == parse_usd("2.50") - -(-cost_pico_usd // 1000)

    def test_says_where_everything_is(self, stack):
        info = stack.info

        assert stack.output.endswith(f"ready {info['base_url']}\n")
        assert info["pid"] == stack.process.pid
        assert {"api_key", "account_id", "provider_url", "dynamodb_url"} <= info.keys()
        assert (stack.state_dir / "local.json").stat().st_mode & 0o077 == 0

    def test_listens_on_loopback_only(self, stack):
        addresses = listening_addresses(descendants(stack.process.pid))

        assert len(addresses) == 3
        assert set(addresses) <= {"0100007F", "0000000000000000FFFF00000100007F"}


class TestStopping:
    def test_leaves_no_process_and_says_0(self, new_stack):
        stack = new_stack()
        pids = descendants(stack.process.pid)

        status = stack.stop()

        assert status == 0
        assert len(pids) == 4
        assert [pid for pid in pids if is_alive(pid)] == []

    def test_lets_a_request_under_way_settle(self, new_stack):
        stack = new_stack("--provider-latency-ms", "100")
        with ThreadPoolExecutor() as pool, stack.client() as client:
            answer = pool.submit(client.post, "/v1/chat/completions", json=a_body(stream=True))
            wait_until_something_is_held(client)
            stopped = pool.submit(stack.stop)
            answer.result().raise_for_status()

        again = new_stack()
        with again.client() as client:
            books = client.get("/v1/credits").json()
        assert stopped.result() == 0
        assert (books["held_usd"], books["available_usd"]) == ("0.00", "9.9999871")

    def test_is_for_the_launcher_alone_to_hear_of(self, stack):
        """Ctrl-C reaches a whole process group: the database must not end before the gateway."""
        parent, *children = descendants(stack.process.pid)

        assert os.getpgid(parent) not in {os.getpgid(child) for child in children}

    def test_keeps_the_account_the_key_and_the_books(self, new_stack):
        first = new_stack("--seed-credit-usd", "3.00")
        with first.client() as client:
            client.post("/v1/chat/completions", json=a_body()).raise_for_status()
            before = available_nano_usd(client)
        first.stop()

        second = new_stack("--seed-credit-usd", "3.00")

        with second.client() as client:
            assert available_nano_usd(client) == before < parse_usd("3.00")
        assert second.info["api_key"] == first.info["api_key"]

    def test_and_a_reset_forget_everything(self, new_stack):
        first = new_stack("--seed-credit-usd", "3.00")
        first.stop()

        second = new_stack("--seed-credit-usd", "4.00", "--reset")

        with second.client() as client:
            assert available_nano_usd(client) == parse_usd("4.00")
        assert second.info["api_key"] != first.info["api_key"]


class TestStartingWrongly:
    def test_on_a_port_that_is_taken_is_refused(self, tmp_path, onebill):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]

            result = onebill("local", "--port", str(port), "--state-dir", str(tmp_path))

        assert result.returncode == 1
        assert f"port {port} is taken" in result.stderr

    @pytest.mark.parametrize("options", [[], ["--reset"]], ids=["", "even to reset it"])
    def test_twice_on_the_same_state_is_refused(self, stack, onebill, options):
        result = onebill("local", "--port", "0", "--state-dir", str(stack.state_dir), *options)

        assert result.returncode == 1
        assert "already runs" in result.stderr
        assert json.loads((stack.state_dir / "local.json").read_text()) == stack.info


def a_body(**overrides):
    message = {"role": "user", "content": "Hello"}
    return {"model": "openai/gpt-4o-mini", "messages": [message]} | overrides


def wait_until_something_is_held(client):
    statements = (client.get("/v1/credits").json()["held_usd"] for _ in range(10_000))
    assert any(held != "0.00" for held in statements)


def is_alive(pid):
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"
