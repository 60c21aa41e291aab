"""Requests are traced by their route, in a caller's trace only where the caller is trusted, and name no person."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased
from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from app.main import create_app
from tests.app.conftest import Store, listens, release_of, serving, started, until
from tests.otlp import InMemory, receiving
from tests.patience import PATIENCE_SECONDS

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE, SPAN = (int(part, 16) for part in CALLER.split("-")[1:3])
OPENMETRICS = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}
CLICK = {"event_id": "e1", "user_id": "ana-maria", "page": "a20"}


@contextmanager
def traced(store: Store, tracing: InMemory, **settings: str) -> Iterator[httpx.Client]:
    store.promote("v1")
    own = store.settings.model_copy(update=settings)
    with serving(own, lambda settings: create_app(settings, tracing=tracing)) as client:
        until(lambda: release_of(client) == "v1")
        yield client


def ended(tracing: InMemory, name: str) -> ReadableSpan:
    """The span of a request, which ends a moment after its answer."""
    until(lambda: tracing.named(name))
    (span,) = tracing.named(name)
    return span


def test_a_list_and_a_click_are_traced_without_naming_anybody(store: Store) -> None:
    tracing = InMemory()
    with traced(store, tracing) as client:
        client.get("/recommendations", params={"user_id": "ana-maria"}, headers={"X-Request-ID": "r1"})
        listed = ended(tracing, "GET /recommendations")
        client.post("/events", json=CLICK)
        click = ended(tracing, "POST /events")
        client.get("/nothing/of/ana-maria")
        assert ended(tracing, "GET unmatched").attributes["http.response.status_code"] == 404
    assert listed.kind == SpanKind.SERVER
    assert dict(listed.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/recommendations",
        "http.response.status_code": 200,
        "pauta.request_id": "r1",
        "pauta.use_case": "news",
    }
    for name in ("event log: write", "event log: fold"):
        (part,) = tracing.named(name)
        assert part.context.trace_id == click.context.trace_id
        assert part.parent is not None
        assert part.parent.span_id == click.context.span_id
    assert "ana-maria" not in "".join(span.to_json() for span in tracing.spans)


def test_machines_that_look_every_few_seconds_are_not_traced(store: Store) -> None:
    tracing = InMemory()
    with traced(store, tracing) as client:
        for path in ("/health", "/ready", "/metrics"):
            client.get(path)
        client.get("/info")
        ended(tracing, "GET /info")
    assert {span.name for span in tracing.spans} == {"GET /info"}


def test_a_trusted_proxy_decides_and_its_trace_goes_on(store: Store) -> None:
    tracing = InMemory(ParentBased(ALWAYS_OFF))
    with traced(store, tracing, trusted_proxies="127.0.0.1") as client:
        client.get("/info")
        client.get("/info", headers={"traceparent": CALLER})
        span = ended(tracing, "GET /info")
    assert (span.context.trace_id, span.parent and span.parent.span_id) == (TRACE, SPAN)


def test_a_stranger_cannot_have_a_request_traced(store: Store) -> None:
    tracing = InMemory(ParentBased(ALWAYS_OFF))
    with traced(store, tracing, trusted_proxies="10.0.0.1") as client:
        client.get("/info", headers={"traceparent": CALLER})
        client.post("/events", json=CLICK, headers={"traceparent": CALLER})
    assert tracing.spans == []


def test_nor_can_a_stranger_hide_a_request_or_choose_its_trace(store: Store) -> None:
    tracing = InMemory(ParentBased(ALWAYS_ON))
    with traced(store, tracing, trusted_proxies="10.0.0.1") as client:
        client.get("/info", headers={"traceparent": CALLER.removesuffix("01") + "00"})
        span = ended(tracing, "GET /info")
    assert span.parent is None
    assert span.context.trace_id != TRACE
    assert [link.context.trace_id for link in span.links] == [TRACE]


@pytest.mark.parametrize("header", ["", "00-0-0-01", "x" * 5_000, "00-" + "0" * 32 + "-" + "0" * 16 + "-01"])
def test_a_header_that_is_no_trace_begins_a_new_one(store: Store, header: str) -> None:
    tracing = InMemory()
    with traced(store, tracing) as client:
        client.get("/info", headers={"traceparent": header})
        span = ended(tracing, "GET /info")
    assert span.parent is None


@pytest.mark.catches("RuntimeError")
def test_a_request_that_fails_is_a_failed_span_without_the_words_of_the_error(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracing = InMemory()

    def fail(*_: object) -> str:
        raise RuntimeError("of ana-maria")

    monkeypatch.setattr("app.routes.info.platform.python_version", fail)
    with traced(store, tracing) as client:
        assert client.get("/info").status_code == 500
        span = ended(tracing, "GET /info")
    assert span.status.status_code == StatusCode.ERROR
    assert (span.attributes or {})["error.type"] == "500"
    assert "ana-maria" not in span.to_json()


def test_the_histogram_of_times_names_a_trace(store: Store) -> None:
    tracing = InMemory()
    with traced(store, tracing) as client:
        client.get("/info")
        trace_id = f"{ended(tracing, 'GET /info').context.trace_id:032x}"
        answer = client.get("/metrics", headers=OPENMETRICS)
        plain = client.get("/metrics")
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    buckets = families["pauta_http_request_duration_seconds"].samples
    found = [sample.exemplar.labels for sample in buckets if sample.exemplar and sample.labels["route"] == "/info"]
    assert found == [{"trace_id": trace_id}]
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert plain.headers["content-type"].startswith("text/plain")
    assert trace_id not in plain.text


def test_without_traces_metrics_are_as_they_were(client: httpx.Client) -> None:
    answer = client.get("/metrics", headers=OPENMETRICS)
    assert answer.headers["content-type"].startswith("text/plain")
    assert "# EOF" not in answer.text


@pytest.mark.slow
def test_two_processes_send_the_spans_of_one_click(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.promote("v1")
    with receiving() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.address)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
        with started(store.settings, workers=2) as (address, _):
            until(lambda: listens(address))
            processes = set[int]()
            until(lambda: _met(address, processes))
            httpx.post(f"{address}/events", json=CLICK, timeout=PATIENCE_SECONDS).raise_for_status()
            until(lambda: len(receiver.named("event log: fold")) == 2)
            until(lambda: receiver.named("POST /events"))
            exemplars = httpx.get(f"{address}/metrics", headers=OPENMETRICS, timeout=PATIENCE_SECONDS).text
    (click,) = receiver.named("POST /events")
    parts = [*receiver.named("event log: write"), *receiver.named("event log: fold")]
    assert {(part.trace_id, part.parent_id) for part in parts} == {(click.trace_id, click.span_id)}
    assert {part.resource["process.pid"] for part in parts} == processes
    resources = [span.resource for span in receiver.spans]
    assert {each["service.name"] for each in resources} == {"pauta-api"}
    assert {each["deployment.environment.name"] for each in resources} == {"dev"}
    assert click.trace_id in exemplars


def _met(address: str, processes: set[int]) -> bool:
    """Whether both processes have a release."""
    info: Callable[[], dict] = httpx.get(f"{address}/info", timeout=PATIENCE_SECONDS).json
    if info()["release"]:
        processes.add(info()["process"])
    return len(processes) == 2
