"""The standard variables decide whether spans are made, which, and where they are sent."""

import socket
import sys
import time

import pytest

from script_shared.errors import SettingsError
from script_shared.tracing import tracing
from script_shared.tracing.tracing import is_wanted, open_tracing
from tests.otlp import Receiver, receiving


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch):
    with receiving() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.address)
        yield receiver


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": " "},
        {"OTEL_SERVICE_NAME": "site", "OTEL_TRACES_SAMPLER": "always_on"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://collector:4318"},
    ],
)
def test_traces_are_off_unless_an_address_or_an_exporter_is_set(environ: dict[str, str]) -> None:
    assert not is_wanted(environ)
    assert open_tracing("test", "dev", environ=environ) is None


def test_spans_arrive_over_http_with_what_the_process_says_of_itself(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "service.namespace=newsroom,service.version=9")
    opened = open_tracing("pauta-test", "dev", {"service.version": "1"})
    assert opened is not None
    opened.tracer.start_span("one", attributes={"n": 1}).end()
    opened.close()
    (span,) = receiver.spans
    assert (span.name, span.attributes) == ("one", {"n": 1})
    expected = {"service.name": "pauta-test", "service.version": "9", "service.namespace": "newsroom"}
    expected["deployment.environment.name"] = "dev"
    assert span.resource.items() >= expected.items()
    assert span.resource["process.pid"] > 0


def test_the_usual_name_of_the_service_wins(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "folha")
    opened = open_tracing("pauta-test", "dev")
    assert opened is not None
    opened.tracer.start_span("one").end()
    opened.close()
    assert receiver.spans[0].resource["service.name"] == "folha"


def test_the_sampler_of_the_environment_decides(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0")
    opened = open_tracing("pauta-test", "dev")
    assert opened is not None
    opened.tracer.start_span("one").end()
    opened.close()
    assert receiver.spans == []


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "zipkin.*otlp, console or none"),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "grpc.*http/protobuf.*4318"),
    ],
)
def test_what_is_not_known_is_refused_with_what_to_write(environ: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        open_tracing("test", "dev", environ=environ)


def test_without_the_packages_the_message_names_the_file_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SettingsError, match=r"requirements_traces\.txt"):
        open_tracing("test", "dev", environ={"OTEL_TRACES_EXPORTER": "otlp"})


def test_a_collector_that_does_not_answer_delays_the_end_for_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "FLUSH_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "4")
        opened = open_tracing("test", "dev")
        assert opened is not None
        opened.tracer.start_span("one").end()
        started = time.monotonic()
        opened.close()
        assert time.monotonic() - started < 3
