"""Makes and sends the spans of one process, as the standard variables of OpenTelemetry say.

The SDK reads most of these variables itself: sampler, limits, batches, address, headers and time limit of the exporter.
It is imported only when traces are wanted, so the API runs without its packages.
"""

import importlib.util
import os
import socket
import threading
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from script_shared.errors import SettingsError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import IdGenerator, TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

ADDRESSES = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
EXPORTERS = "OTEL_TRACES_EXPORTER"
DISABLED = "OTEL_SDK_DISABLED"
HTTP = "http/protobuf"
PACKAGES = "requirements_traces.txt"
FLUSH_SECONDS = 5.0


class Tracing:
    """The spans of one process.

    It is not a global of the process, so it does not mix with another service in the process or with Airflow's traces.

    Args:
        provider: makes the spans and gives those that ended to an exporter.

    Attributes:
        tracer: starts spans.
    """

    def __init__(self, provider: "TracerProvider") -> None:
        self._provider = provider
        self.tracer = provider.get_tracer("pauta")

    def flush(self) -> None:
        """Send the spans that ended; waits a few seconds at most if the collector does not answer."""
        _within_seconds(self._provider.force_flush)

    def close(self) -> None:
        """Send the spans that ended, for some seconds at most, and stop."""
        _within_seconds(self._provider.shutdown)


def is_wanted(environ: Mapping[str, str]) -> bool:
    """Whether the variables ask for traces: by an address for OTLP, or by an exporter.

    Args:
        environ: variables of the environment.

    >>> is_wanted({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}), is_wanted({})
    (True, False)
    >>> is_wanted({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_SDK_DISABLED": "true"})
    False
    """
    if environ.get(DISABLED, "").strip().lower() == "true":
        return False
    if exporters := environ.get(EXPORTERS, "").strip():
        return exporters != "none"
    return any(environ.get(name, "").strip() for name in ADDRESSES)


def check_tracing(environ: Mapping[str, str] = os.environ) -> None:
    """Check that the traces for which the environment asks can be made; nothing is made yet.

    Args:
        environ: variables of the environment.

    Raises:
        SettingsError: the exporter or its protocol is not known here, or a package is not installed.
    """
    if not is_wanted(environ):
        return
    if unknown := [name for name in _names(environ) if name not in ("otlp", "console")]:
        raise SettingsError(f"{EXPORTERS}: {unknown[0]!r} is not known here.", fix="Use otlp, console or none.")
    protocol = next((value for each in PROTOCOLS if (value := environ.get(each, "").strip())), HTTP)
    if protocol != HTTP:
        raise SettingsError(
            f"OTEL_EXPORTER_OTLP_PROTOCOL: {protocol!r} is not known here.",
            fix=f"Use {HTTP}, and the collector's port for it (4318 by default).",
        )
    if not all(map(_is_installed, ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http"))):
        raise SettingsError(
            "OTEL_* variables ask for traces, but OpenTelemetry's packages are not installed.",
            fix=f"Install {PACKAGES}, or unset {' and '.join((*ADDRESSES, EXPORTERS))}.",
        )


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # its parent package is missing
        return False


def open_tracing(
    service: str,
    environment: str,
    attributes: Mapping[str, str] | None = None,
    *,
    ids: "IdGenerator | None" = None,
    environ: Mapping[str, str] = os.environ,
) -> Tracing | None:
    """The traces of this process, None where the environment does not ask for them.

    Args:
        service: ``service.name`` of the spans, unless ``OTEL_SERVICE_NAME`` says another.
        environment: ``deployment.environment.name`` of the spans, unless ``OTEL_RESOURCE_ATTRIBUTES`` says another.
        attributes: of all spans of the process, besides host, process and what ``OTEL_RESOURCE_ATTRIBUTES`` says.
        ids: makes the ids of spans and traces; None for the SDK's own, which are random.
        environ: variables that decide whether traces are wanted. The SDK reads its own from the process.

    Raises:
        SettingsError: traces are wanted, but their packages are not installed or the exporter is not known here.
    """
    if not is_wanted(environ):
        return None
    check_tracing(environ)
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = _resource({"service.name": service, "deployment.environment.name": environment, **(attributes or {})})
    provider = TracerProvider(resource=resource, id_generator=ids, shutdown_on_exit=False)
    for name in _names(environ):
        provider.add_span_processor(BatchSpanProcessor(_exporter(name)))
    return Tracing(provider)


def _names(environ: Mapping[str, str]) -> list[str]:
    return [name.strip() for name in (environ.get(EXPORTERS, "").strip() or "otlp").split(",")]


def _exporter(name: str) -> "SpanExporter":
    if name == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()


def _resource(attributes: Mapping[str, str]) -> Any:
    """What all spans of the process have in common; ``OTEL_RESOURCE_ATTRIBUTES`` and ``OTEL_SERVICE_NAME`` win."""
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource

    process = {"host.name": socket.gethostname(), "process.pid": os.getpid(), "service.instance.id": str(uuid.uuid4())}
    own = Resource.create({**process, **attributes})
    return own.merge(OTELResourceDetector().detect())


def _within_seconds(action: Callable[[], object]) -> None:
    """Wait for an action for some seconds; the SDK's own time limits end late, or are not used."""
    thread = threading.Thread(target=action, daemon=True, name="traces-flush")
    thread.start()
    thread.join(FLUSH_SECONDS)
