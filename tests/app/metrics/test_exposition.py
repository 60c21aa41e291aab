"""The texts of a scrape: valid in both formats, exemplars only in OpenMetrics, and written once for those who wait."""

import asyncio

import pytest
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from app.metrics.exposition import SharedText, exposition, is_openmetrics_wanted
from app.metrics.http_metrics import HttpMetrics

PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
)


def texts() -> tuple[CollectorRegistry, list[bytes]]:
    """Requests with and without a trace, and gauges that were written before."""
    registry, others = CollectorRegistry(), CollectorRegistry()
    http = HttpMetrics(registry)
    http.count_request("/info", "GET", 200, 0.004, "ab" * 16)
    http.count_request("/info", "GET", 200, 0.2)
    Gauge("pauta_evaluation", "Newest figure.", ["model"], registry=others).labels('a "b" \n').set(float("nan"))
    return registry, [generate_latest(others)]


def test_openmetrics_names_the_trace_in_the_bucket_of_its_time() -> None:
    text = exposition(*texts(), exemplars=True).decode()
    families = {family.name: family for family in openmetrics.text_string_to_metric_families(text)}
    buckets = families["pauta_http_request_duration_seconds"].samples
    found = {each.labels["le"]: (each.exemplar.labels, each.exemplar.value) for each in buckets if each.exemplar}
    assert found == {"0.005": ({"trace_id": "ab" * 16}, 0.004)}
    assert "pauta_evaluation" in families
    assert text.endswith("\n# EOF\n")
    assert text.count("# EOF") == 1


def test_the_other_format_has_the_same_values_and_no_trace() -> None:
    plain = exposition(*texts(), exemplars=False).decode()
    both = [
        {(each.name, *each.labels.values()): repr(each.value) for family in families for each in family.samples}
        for families in (
            text_string_to_metric_families(plain),
            openmetrics.text_string_to_metric_families(exposition(*texts(), exemplars=True).decode()),
        )
    ]
    assert both[0] == both[1]
    assert "ab" * 16 not in plain
    assert "# EOF" not in plain


@pytest.mark.parametrize(
    ("accept", "wanted"), [("", False), ("*/*", False), ("text/plain;version=0.0.4", False), (PROMETHEUS_3, True)]
)
def test_only_a_scrape_that_understands_openmetrics_gets_it(accept: str, wanted: bool) -> None:
    assert is_openmetrics_wanted(accept) == wanted


def test_those_who_ask_while_metrics_are_written_share_the_next_text() -> None:
    written: list[int] = []

    async def write() -> bytes:
        written.append(len(written))
        for _ in range(5):  # meanwhile the others ask
            await asyncio.sleep(0)
        return str(len(written)).encode()

    async def ask() -> list[bytes]:
        text = SharedText(write)
        first = asyncio.create_task(text.get())
        await asyncio.sleep(0)
        return [*await asyncio.gather(first, *(text.get() for _ in range(50))), await text.get()]

    assert asyncio.run(ask()) == [b"1", *[b"2"] * 50, b"3"]
