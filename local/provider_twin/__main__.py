"""``python -m local.provider_twin``: the twin on a port of this machine."""

from argparse import ArgumentParser, ArgumentTypeError
from ipaddress import AddressValueError, IPv4Address

from local.provider_twin.server import run
from local.provider_twin.settings import TwinSettings


def main() -> None:
    """Read the command line and serve."""
    parser = ArgumentParser(prog="python -m local.provider_twin", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--host", type=_loopback, default="127.0.0.1")
    parser.add_argument(
        "--latency-ms", type=float, default=0.0, help="before each chunk, or before an answer"
    )
    parser.add_argument("--chunk-tokens", type=int, default=1, help="tokens in each stream chunk")
    options = parser.parse_args()
    try:
        settings = TwinSettings(latency_ms=options.latency_ms, chunk_tokens=options.chunk_tokens)
    except ValueError as error:
        parser.error(str(error))
    run(settings, host=options.host, port=options.port)


def _loopback(host: str) -> str:
    """Whoever reaches the twin may use it, so nobody outside this machine does."""
    try:
        is_loopback = IPv4Address(host).is_loopback
    except AddressValueError:
        is_loopback = False
    if not is_loopback:
        message = f"{host} is not a loopback address such as 127.0.0.1"
        raise ArgumentTypeError(message)
    return host


if __name__ == "__main__":
    main()
