"""What an operator can watch: one log on standard error, and metrics for Prometheus.

Nothing of a picture, a name or an embedding goes into either.
"""

import logging
import sys
from typing import Final, Literal

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from structlog.typing import FilteringBoundLogger, Processor

LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["text", "json"]

OTHER_OPERATION: Final = "other"
"""The label of requests that name no operation of the API."""

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


def configure_logging(level: LogLevel, log_format: LogFormat) -> None:
    """Send our events and those of the libraries to standard error, in one format.

    Libraries are heard from WARNING upwards only, whatever the level.
    """
    least = getattr(logging, level.upper())
    steps = _steps()
    structlog.configure(
        processors=[*steps, _renderer(log_format)],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *steps],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(log_format),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(least, logging.WARNING), force=True)


def get_logger(name: str) -> FilteringBoundLogger:
    """Return the logger of one part of vidimus; `name` is written with each event."""
    logger: FilteringBoundLogger = structlog.get_logger(part=name)
    return logger


class Metrics:
    """Counters of one server, in a registry of their own."""

    content_type: Final = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=registry)
        self._requests = Counter(
            "vidimus_requests",
            "Requests answered, by operation and error code (OK for none).",
            ("operation", "code"),
            registry=registry,
        )
        self._seconds = Histogram(
            "vidimus_request_seconds",
            "Time from a request's first byte to its answer.",
            ("operation",),
            registry=registry,
            buckets=_SECONDS,
        )
        self._waiting = Gauge(
            "vidimus_requests_waiting",
            "Requests received and not yet answered.",
            registry=registry,
        )
        self._faces = Counter(
            "vidimus_faces_detected", "Faces detected in pictures.", registry=registry
        )
        self._clients_gone = Counter(
            "vidimus_clients_gone",
            "Clients that left before they had sent their request.",
            registry=registry,
        )
        self._models = Gauge(
            "vidimus_models_loaded", "Model files open after the warm-up.", registry=registry
        )

    def request_finished(self, operation: str, code: str, seconds: float) -> None:
        """Count one answer; `code` is an error code of ours or OK.

        `operation` is a name of the contract or OTHER_OPERATION, never what a caller sent: each
        new label is a new series.
        """
        self._requests.labels(operation, code).inc()
        self._seconds.labels(operation).observe(seconds)

    def requests_waiting(self, count: int) -> None:
        """Tell how many requests are received and not yet answered."""
        self._waiting.set(count)

    def faces_detected(self, count: int) -> None:
        """Count faces that were detected."""
        self._faces.inc(count)

    def client_gone(self) -> None:
        """Count a client that left before it had sent its request."""
        self._clients_gone.inc()

    def models_loaded(self, count: int) -> None:
        """Tell how many model files are open after the warm-up."""
        self._models.set(count)

    def render(self) -> bytes:
        """Return all metrics in Prometheus' text format (see `content_type`)."""
        return generate_latest(self._registry)


def _steps() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _renderer(log_format: LogFormat) -> Processor:
    if log_format == "json":
        return _render_json
    # The default formatter of exceptions prints local variables: pictures and names, here.
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _render_json(logger: object, method: str, event: structlog.typing.EventDict) -> str | bytes:
    with_exception = structlog.processors.format_exc_info(logger, method, event)
    return structlog.processors.JSONRenderer()(logger, method, with_exception)
