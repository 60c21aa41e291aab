"""The real Prometheus over the running API under traffic: every panel and every alert finds what it asks for."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from app.metrics.evaluation_file import FILE
from app.metrics.reports import backup_metrics, drift_metrics, guard_metrics, service_metrics
from pipelines.measures.evaluation_csv import COLUMNS
from script_shared.audit.trail import record_once
from script_shared.decisions.decision import Decision
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.releases import Releases
from script_shared.settings import Settings
from tests.app.conftest import listens, started, until
from tests.app.metrics.reports.test_backup_metrics import FIGURES
from tests.app.metrics.reports.test_guard_metrics import LOOK
from tests.app.releases_made import make_release
from tests.monitoring.airflow import LINES, MAPPING
from tests.monitoring.exporter import Exporter
from tests.monitoring.programs import PrometheusClient, alertmanager, needs_both, prometheus
from tests.monitoring.promql import OF_PROMETHEUS, ROOT, alerts, labels_of, metrics_of
from tests.patience import PATIENCE_SECONDS

pytestmark = [
    pytest.mark.slow,
    needs_both,
]
DASHBOARDS = sorted((ROOT / "grafana" / "dashboards").glob("*.json"))
HEADER = ",".join(COLUMNS)
TRAFFIC_SECONDS = 8
ALIVE = ("airflow.scheduler", "airflow.dag_processor_heartbeat")
DECIDED_MS = 1_790_000_000_000
RANGES = {"$__rate_interval": "15s", "$__range": "1m"}


def evaluation() -> str:
    """A small table as after the first training: nothing was in service to be compared with."""
    rows = [
        f"r,2026-01-01T00:00:00+00:00,sample,v1,{model},{segment},{metric},{cutoff},0.2,0.1,0.3,9,a,b,batch"
        for model in ("candidate", "popularity_1h")
        for segment in (*SEGMENT_NAMES, "all")
        for metric in ("ndcg", "recall")
        for cutoff in (5, 10)
    ]
    return "\n".join([HEADER, *rows]) + "\n"


def drift() -> str:
    """One column of the students that moved a little."""
    column = {"column": "ida", "level": "notable", "used": True, "index": 0.2, "gap": 0.1, "missing": 0.05}
    comparison = {"columns": [column], "new_columns": []}
    return json.dumps({"measured_at": "2026-01-01T00:00:00+00:00", "comparisons": {"long_term": comparison}})


def service() -> str:
    """An evaluation of the release in service."""
    row = {"kind": "segment", "group": "all", "own": 0.3, "rival_value": 0.2, "lead": 0.1, "low": 0.05, "high": 0.15}
    head = {"release": "v1", "sentence": "It does.", "verdict": "yes", "evaluated_at": "2026-01-01T00:00:00+00:00"}
    return json.dumps({**head, "standings": [row], "history": []})


def feed(exporter: Exporter, over: threading.Event) -> None:
    """Signs of life again and again; what happens once in a run has happened once, as after a first start."""
    while not over.wait(0.5):
        exporter.feed(line for line in LINES if line.startswith(ALIVE))


def judged_after_traffic(address: str, client: PrometheusClient) -> bool:
    """Send traffic, wait for a scrape of every target since; whether clicks on what was recommended were seen."""
    flags = ["--url", address, "--rate", "25", "--seconds", str(TRAFFIC_SECONDS)]
    command = [sys.executable, "-m", "pipelines.traffic", *flags]
    subprocess.run(command, cwd=ROOT, check=True, timeout=PATIENCE_SECONDS)
    ended = time.time()
    until(lambda: min(client.values("timestamp(up == 1)"), default=0.0) > ended)
    return client.values('sum(pauta_live_hits_total{by="served"}) > 0') != []


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusClient]:
    """A Prometheus that has scraped an API with two workers under traffic, and Airflow's metrics."""
    root = tmp_path_factory.mktemp("watched")
    settings = Settings(data_dir=root / "data", models_uri=str(root / "models"), evaluation_dir=root)
    (root / FILE).write_text(evaluation())
    (root / "students").mkdir()
    (root / "students" / FILE).write_text(evaluation())
    (root / "students" / drift_metrics.FILE).write_text(drift())
    (root / "students" / service_metrics.FILE).write_text(service())
    (root / "students" / guard_metrics.FILE).write_text(
        json.dumps(LOOK | {"status": "fine", "last_rollback": LOOK["looked_at"]})
    )
    (root / backup_metrics.FOLDER).mkdir()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    (root / backup_metrics.FOLDER / backup_metrics.FILE).write_text(
        json.dumps(FIGURES | {"made_at": now, "restorable_at": now, "problem": ""})
    )
    releases = Releases(f"{settings.models_uri}/news")
    releases.publish(make_release(root / "made"), "v1", {}, run_id="run-1")
    releases.promote("v1", "test")
    settings.data_dir.mkdir()
    record_once(settings, Decision("command:ana", "promote", "news", after="v1", at_ms=DECIDED_MS))
    exporter, over = Exporter(MAPPING), threading.Event()
    exporter.feed(LINES)
    feeding = threading.Thread(target=feed, args=(exporter, over))
    with (
        started(settings, workers=2) as (address, _),
        exporter.serving() as port,
        alertmanager(root / "alertmanager", {}) as keeper,
    ):
        feeding.start()
        until(lambda: listens(address) and httpx.get(f"{address}/ready", timeout=PATIENCE_SECONDS).status_code == 200)
        ports = {"api": int(address.rpartition(":")[2]), "statsd-exporter": port, "alertmanager": keeper}
        with prometheus(root, ports) as client:
            try:
                until(lambda: judged_after_traffic(address, client))
                yield client
            finally:
                over.set()
                feeding.join()


def filled(expression: str) -> str:
    """With the variables' first values, and ranges no longer than the test."""
    chosen = {"$segment": ".*", "$metric": "ndcg", "$cutoff": "10", "$protocol": "batch"}
    for name, value in {**chosen, **RANGES}.items():
        expression = expression.replace(name, value)
    return expression


def test_every_target_is_up(client: PrometheusClient) -> None:
    targets = client.get("targets")["activeTargets"]
    assert {target["labels"]["job"]: target["lastError"] for target in targets} == dict.fromkeys(
        ("prometheus", "api", "statsd-exporter", "alertmanager"), ""
    )


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_every_query_of_every_panel_returns_numbers(client: PrometheusClient, file: Path) -> None:
    panels = [panel for panel in json.loads(file.read_text())["panels"] if panel["type"] != "row"]
    queries = [(panel["title"], target["expr"]) for panel in panels for target in panel["targets"]]
    assert len(queries) > 10

    def empty() -> list[tuple[str, str]]:
        return [(title, expr) for title, expr in queries if not client.values(filled(expr))]

    with suppress(TimeoutError):  # a rate needs two scrapes
        until(lambda: not empty())
    assert empty() == []


def test_the_release_is_an_annotation(client: PrometheusClient) -> None:
    annotation, _ = json.loads(DASHBOARDS[0].read_text())["annotations"]["list"]
    assert client.values(annotation["expr"]) == [1.0]


def test_a_decision_is_an_annotation_at_the_time_when_it_was_made(client: PrometheusClient) -> None:
    _, annotation = json.loads(DASHBOARDS[0].read_text())["annotations"]["list"]
    (found,) = client.get("query", query=annotation["expr"])["result"]
    assert found["metric"] == {"kind": "promote", "use_case": "news"}
    assert float(found["value"][1]) == DECIDED_MS


def test_every_alert_is_evaluated_and_asks_for_series_and_labels_that_are_there(client: PrometheusClient) -> None:
    rules = [rule for group in client.get("rules")["groups"] for rule in group["rules"]]
    assert {rule["name"]: rule["health"] for rule in rules} == dict.fromkeys(alerts(), "ok")
    for name, rule in alerts().items():
        metrics = metrics_of(rule["expr"])
        for metric in metrics - OF_PROMETHEUS:
            assert client.values(metric), (name, metric)
        known = {
            label for metric in metrics for series in client.get("series", **{"match[]": metric}) for label in series
        }
        assert labels_of(rule["expr"]) <= known, name


def test_nothing_critical_fires_under_plain_traffic(client: PrometheusClient) -> None:
    """An alert may wait for a moment, until there are two scrapes to compare; it ends by itself."""

    def critical() -> list[str]:
        found = client.get("query", query='ALERTS{severity="critical"}')["result"]
        return [alert["metric"]["alertname"] for alert in found]

    until(lambda: critical() == [])


def test_live_clicks_on_what_was_recommended_are_seen_in_every_part(client: PrometheusClient) -> None:
    judged = client.values("sum(pauta_live_judged_clicks_total)")
    assert judged
    assert judged[0] >= client.values('sum(pauta_live_hits_total{by="served"})')[0] > 0
    assert client.values("max(pauta_workers)") == [2.0]
