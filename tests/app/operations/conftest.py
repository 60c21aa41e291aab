"""A service with two releases, their figures, drift and reports, and an Airflow that it may start."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from pipelines.tracking.record import Record
from pipelines.tracking.run_ids import write_run_ids
from script_shared.audit.trail import record_once
from script_shared.decisions.kinds import training_decision
from script_shared.events import EventLog
from script_shared.releases import Releases
from script_shared.settings import Settings
from tests.app.airflow_double import Airflow, airflow
from tests.app.conftest import TOKEN, release_of, serving, until

HEADER = "run_id,evaluated_at,source,release,model,segment,metric,cutoff,value,low,high,users,window_start,window_end"
RUNS = {"run-1": ("2026-01-01", 0.20), "run-2": ("2026-01-02", 0.30)}
SEGMENTS = ("logged", "semi_logged", "anonymous", "all")
COLUMN = {
    "column": "read.section",
    "kind": "category",
    "index": 0.41,
    "usual": 0.05,
    "gap": 0.3,
    "effect": 0.2,
    "missing_before": 0.0,
    "missing": 0.01,
    "level": "large",
    "used": True,
    "bins": ["sport", "politics", "<b>"],
    "shares_before": [0.2, 0.5, 0.3],
    "shares": [0.6, 0.2, 0.2],
    "terms": [],
}
CALM = {**COLUMN, "column": "read.hour", "index": 0.02, "level": "none", "used": False, "gap": None}


@dataclass(frozen=True)
class Site:
    """A running service, its parts, and a token for each role."""

    client: httpx.Client
    settings: Settings
    releases: Releases
    airflow: Airflow
    tokens: dict[str, str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, folders: dict[str, Path]) -> Iterator[Site]:
    root = tmp_path_factory.mktemp("operations")
    with airflow() as double:
        settings = Settings(
            data_dir=root / "data",
            models_uri=str(root / "models"),
            evaluation_dir=root / "evaluation",
            release_poll_seconds=0.05,
            admin_token=SecretStr(TOKEN),
            airflow_url=double.address,
            airflow_public_url="https://airflow.example",
            mlflow_public_url="https://mlflow.example",
            grafana_public_url="https://grafana.example",
            airflow_username="pauta",
            airflow_password=SecretStr("right"),
        )
        releases = Releases(f"{settings.models_uri}/news")
        _publish(releases, folders)
        _write_evaluations(settings.evaluation_dir)
        tokens = _make_tokens(settings)
        _record_trainings(settings)
        with serving(settings) as client:
            until(lambda: release_of(client) == "v2")
            yield Site(client, settings, releases, double, tokens)


def _publish(releases: Releases, folders: dict[str, Path]) -> None:
    for number, (title, run) in enumerate(zip(folders, RUNS, strict=True), 1):
        gate = {"accepted": number == 2, "forced": None, "reasons": [f"reason {number}"]}
        facts = {"source": "sample", "data_end_ms": number, "gate": gate, "params": {"logged.als.factors": 8 * number}}
        releases.publish(folders[title], f"v{number}", facts, run_id=run)
        releases.promote(f"v{number}", f"promoted {number}")


def _write_evaluations(folder: Path) -> None:
    own = folder / "news"
    own.mkdir(parents=True)
    lines = [
        f"{run},{day}T00:00:00,sample,,candidate,{segment},{metric},10,{value},{value - 0.05},{value + 0.05},100,a,b"
        for run, (day, value) in RUNS.items()
        for metric in ("ndcg", "recall")
        for segment in SEGMENTS
    ]
    (folder / "evaluation_metrics.csv").write_text("\n".join([HEADER, *lines]) + "\n")
    for name in ("run-2.html", "run-2-data-card.html", "run-2-drift.html"):
        (own / name).write_text(f"<title>{name}</title><h1>{name}</h1><script>document.title += ' drawn'</script>")
    (folder / "secret.html").write_text("outside")
    comparison = {
        "before": "last week",
        "now": "today",
        "rows_before": 10,
        "rows": 5,
        "alarm": True,
        "verdict": "today differs largely in read.section.",
        "columns": [COLUMN, CALM],
        "new_columns": [],
        "lost_columns": [],
        "sentences": ["read.section moved."],
    }
    figures = {"run_id": "run-2", "measured_at": "2026-01-02T00:00:00+00:00", "comparisons": {"long_term": comparison}}
    (own / "drift.json").write_text(json.dumps(figures))
    write_run_ids(own, "7", {"run-2@1": "abc"}, [Record("run-2@1", "run-2", "finished", 0, 0)])


def _record_trainings(settings: Settings) -> None:
    """One that the monitoring triggered, one by hand in Airflow, and one by a command."""
    for who, why, run in (
        ("dag:news_monitoring", "drift", "run-1"),
        ("dag:news_training", "started as manual: manual__2026-01-02T00:00:00+00:00", "run-2"),
        ("command:ana", "", "run-3"),
    ):
        record_once(settings, training_decision(who, "news", cause="person", why=why, evidence={"run": run}))


def _make_tokens(settings: Settings) -> dict[str, str]:
    settings.data_dir.mkdir()
    log = EventLog(settings.events_address)
    try:
        made = {
            role: log.tokens.make(role, role, by="test", use_cases=[], expires_ms=None)[1]
            for role in ("viewer", "editor", "operator")
        }
        made["students"] = log.tokens.make("students", "operator", by="test", use_cases=["students"], expires_ms=None)[
            1
        ]
        return {**made, "admin": TOKEN}
    finally:
        log.close()
