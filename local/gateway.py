"""The gateway function under uvicorn: ``python -m local.gateway --port N``.

Settings come from the environment, as in Lambda. Loopback only.
"""

import argparse
import gc

import uvicorn

from functions.chat_completions.app import create_app
from local.processes import GRACE_SECONDS, LOOPBACK
from onebill import bootstrap
from onebill.settings import load_settings


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description="Serve the gateway on loopback.")
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    config = uvicorn.Config(
        create_app(bootstrap.gateway(load_settings())),
        host=LOOPBACK,
        port=arguments.port,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    gc.freeze()  # What is loaded by now stays; the collector need not look at it again.
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
