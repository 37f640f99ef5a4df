"""The gateway in the foreground, for a harness that starts it: one process, one port."""

import argparse
import os
import sys

from local import gateway
from local.launcher import gateway_environment


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", required=True)
    parser.add_argument("--upstream", required=True, help="ending in /v1")
    parser.add_argument("--database", required=True)
    arguments = parser.parse_args()
    os.environ.update(
        gateway_environment(dynamodb_url=arguments.database, provider_url=arguments.upstream)
    )
    sys.argv = ["gateway", "--port", arguments.port]
    gateway.main()


if __name__ == "__main__":
    main()
