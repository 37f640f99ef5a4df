"""The one logger and the one place that makes metrics.

Each request leaves one line: CloudWatch's embedded metric format, so that the same line is the
log entry, the metrics and the dimensions to search by. No prompt, completion or key is in it.
"""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

SERVICE = "onebill"
NAMESPACE = "Onebill"


class Telemetry:
    """Logs and metrics of one function."""

    def __init__(self, function: str) -> None:
        self._logger = Logger(service=f"{SERVICE}-{function}")
        self._metrics = Metrics(namespace=NAMESPACE, service=f"{SERVICE}-{function}")

    def event(
        self, counts: Mapping[str, float], *, duration_ms: float, facts: Mapping[str, object]
    ) -> None:
        """Write the line of one request: what to count, how long it took, what else is known."""
        self._metrics.add_metric(
            name="duration_ms", unit=MetricUnit.Milliseconds, value=duration_ms
        )
        for name, count in counts.items():
            self._metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
        for name, value in facts.items():
            self._metrics.add_metadata(key=name, value=value)
        self._metrics.flush_metrics()

    def alarm(self, message: str, facts: Mapping[str, Any]) -> None:
        """Log something a person must look at."""
        self._logger.error(message, extra={"facts": dict(facts)})

    def crash(self, error: BaseException, facts: Mapping[str, Any]) -> None:
        """Log a failure nobody anticipated, with its traceback."""
        self._logger.error("unanticipated failure", exc_info=error, extra={"facts": dict(facts)})
