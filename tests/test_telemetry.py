"""The log and the metrics."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from vidimus.telemetry import LogFormat, LogLevel, Metrics, configure_logging, get_logger


@pytest.fixture(autouse=True)
def unconfigured() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers[:], logging.root.level = handlers, level


def test_events_are_readable_text(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "text")
    get_logger("server").info("request", operation="DetectFaces", ms=3.5)
    told = capsys.readouterr()
    assert told.out == ""
    assert "\x1b" not in told.err
    for part in ("request", "operation=DetectFaces", "ms=3.5", "info", "part=server"):
        assert part in told.err


def test_events_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "json")
    get_logger("server").info("request", operation="DetectFaces", ms=3.5)
    event = json.loads(capsys.readouterr().err)
    assert event.pop("timestamp").endswith("Z")
    assert event == {
        "event": "request",
        "level": "info",
        "part": "server",
        "operation": "DetectFaces",
        "ms": 3.5,
    }


@pytest.mark.parametrize(("level", "count"), [("debug", 3), ("info", 2), ("error", 1)])
def test_less_severe_events_are_left_out(
    capsys: pytest.CaptureFixture[str], level: LogLevel, count: int
) -> None:
    configure_logging(level, "json")
    log = get_logger("x")
    log.debug("a")
    log.info("b")
    log.error("c")
    assert len(capsys.readouterr().err.splitlines()) == count


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_libraries_are_heard_in_the_same_format(
    capsys: pytest.CaptureFixture[str], log_format: LogFormat
) -> None:
    configure_logging("debug", log_format)
    logging.getLogger("uvicorn.error").info("not heard")
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    (line,) = capsys.readouterr().err.splitlines()
    assert "Invalid HTTP request received." in line
    assert "uvicorn.error" in line
    if log_format == "json":
        assert json.loads(line)["level"] == "warning"


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_tracebacks_show_no_values(
    capsys: pytest.CaptureFixture[str], log_format: LogFormat
) -> None:
    configure_logging("info", log_format)

    def fail(person: str) -> None:
        raise ValueError(len(person))

    try:
        fail("Ada Lovelace")
    except ValueError as error:
        get_logger("x").error("unexpected", exc_info=error)
        logging.getLogger("library").error("unexpected", exc_info=error)
    told = capsys.readouterr().err
    assert told.count("ValueError: 12") == 2
    assert "in fail" in told
    assert told.count("Ada Lovelace") == told.count('fail("Ada Lovelace")') + told.count(
        'fail(\\"Ada Lovelace\\")'
    )


def test_metrics_count() -> None:
    metrics = Metrics()
    metrics.request_finished("DetectFaces", "OK", 0.02)
    metrics.request_finished("DetectFaces", "ThrottlingException", 0.001)
    metrics.requests_waiting(4)
    metrics.faces_detected(3)
    metrics.client_gone()
    metrics.models_loaded(2)
    rows = metrics.render().decode().splitlines()
    for row in (
        'vidimus_requests_total{code="OK",operation="DetectFaces"} 1.0',
        'vidimus_requests_total{code="ThrottlingException",operation="DetectFaces"} 1.0',
        'vidimus_request_seconds_bucket{le="0.025",operation="DetectFaces"} 2.0',
        "vidimus_requests_waiting 4.0",
        "vidimus_faces_detected_total 3.0",
        "vidimus_clients_gone_total 1.0",
        "vidimus_models_loaded 2.0",
    ):
        assert row in rows


def test_two_servers_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.client_gone()
    assert "vidimus_clients_gone_total 0.0" in other.render().decode()
