"""`make bench`: the gateway beside calling the provider twin directly, and its memory.

make bench                                      the table
make bench ARGS="--soak 100000"                 memory over so many requests
make bench ARGS="--beside path/to/peers/run"    beside other gateways (see docs/performance.md)
"""

import argparse
import os
import subprocess
import sys

from bench.deployment import (
    GATEWAY_CPU,
    OTHER_CPU,
    cpu_seconds,
    deployment,
    load,
    pinned,
    resident_mb,
)
from bench.warm_up import warm_up_database

CONNECTIONS = (1, 8, 64)
SOAK_STEPS = 10
WARM_UP_SECONDS = 1.5


def main():
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument(
        "--database", choices=["dynamodb-local", "ministack"], default="dynamodb-local"
    )
    parser.add_argument("--latency-ms", type=int, default=0, help="of the twin, per chunk")
    parser.add_argument("--warm-up", type=float, default=90, help="seconds, of the database")
    parser.add_argument("--soak", type=int, metavar="REQUESTS")
    parser.add_argument("--beside", metavar="RUN", help="the benchmark with the other gateways")
    arguments, rest = parser.parse_known_args()
    with deployment(database=arguments.database, latency_ms=arguments.latency_ms) as running:
        warm_up_database(running.database_url, seconds=arguments.warm_up)
        if arguments.soak:
            soak(running, arguments.soak)
        elif arguments.beside:
            beside(running, arguments.beside, rest)
        else:
            compare(running, arguments.seconds)


def compare(running, seconds):
    """Direct and through the gateway in turn, at each concurrency."""
    print(f"gateway on core {GATEWAY_CPU}, {running.database}, twin and load on {OTHER_CPU}\n")
    print(
        "| answer | connections | requests/s | of direct | added p50 / p99 ms "
        "| added to first byte p50 / p99 ms | CPU ms/request | memory MB | errors |"
    )
    print("|---" * 9 + "|")
    for stream in (False, True):
        for connections in CONNECTIONS:
            options = {"connections": connections} | ({"stream": True} if stream else {})
            direct = load(running.provider_url, "twin", seconds=seconds / 2, **options)
            load(running.gateway_url, running.key, seconds=WARM_UP_SECONDS, **options)
            cpu_before = cpu_seconds(running.gateway.pid)
            ours = load(running.gateway_url, running.key, seconds=seconds, **options)
            cpu_ms = (cpu_seconds(running.gateway.pid) - cpu_before) * 1e3
            print(row(stream, connections, direct, ours, cpu_ms, running.gateway.pid))


def row(stream, connections, direct, ours, cpu_ms, pid):
    def added(kind, quantile):
        return f"{ours[kind][quantile] - direct[kind][quantile]:.1f}"

    return (
        f"| {'50 events' if stream else 'buffered'} | {connections} | {ours['per_second']:.0f} "
        f"| {ours['per_second'] / direct['per_second']:.3f} "
        f"| {added('latency_ms', 'p50')} / {added('latency_ms', 'p99')} "
        f"| {added('first_byte_ms', 'p50')} / {added('first_byte_ms', 'p99')} "
        f"| {cpu_ms / max(1, ours['answers']):.2f} | {resident_mb(pid):.0f} "
        f"| {ours['errors']} {ours['first_error']}|"
    )


def soak(running, requests):
    """Memory of the gateway while it answers, half of it in streams."""
    print("| answered | memory MB |\n|---|---|")
    print(f"| 0 | {resident_mb(running.gateway.pid):.1f} |", flush=True)
    step = requests // SOAK_STEPS
    for number in range(1, SOAK_STEPS + 1):
        half = {"connections": 16, "requests": step // 2}
        for options in (half, half | {"stream": True}):
            figures = load(running.gateway_url, running.key, **options)
            if figures["errors"]:
                raise SystemExit(figures["first_error"])
        print(f"| {number * step} | {resident_mb(running.gateway.pid):.1f} |", flush=True)


def beside(running, run, rest):
    """Hand the gateway to a harness that measures it beside others on one core."""
    command = f"{sys.executable} -m bench.slot --database {running.database_url}"
    environment = os.environ | {
        "OURS_START": command + " --port $PORT --upstream $UPSTREAM",
        "OURS_HEADERS": f"Authorization: Bearer {running.key}",
        "PYTHONPATH": os.getcwd(),
    }
    subprocess.run([run, *rest], env=environment, check=True)


if __name__ == "__main__":
    with pinned(OTHER_CPU):
        main()
