"""An instance that hosts loans alone, its record of decisions, and its DAGs run by Airflow."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from script_shared.audit.trail import AuditTrail
from script_shared.events import EventLog
from script_shared.settings import Settings, load_settings
from tests.conftest import DAGS
from tests.fourth_use_case.steps import write_csv
from tests.pipelines.dags.conftest import airflow_database

__all__ = ["airflow_database"]
ENTRY = "tests.fourth_use_case.entry:LOANS"


@pytest.fixture
def entry() -> str:
    """The use case's line of the registry; a test with parameters of this name replaces it."""
    return ENTRY


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, entry: str) -> Settings:
    """An instance that hosts loans alone, with a CSV."""
    write_csv(tmp_path / "in.csv")
    monkeypatch.setenv("PAUTA_USE_CASES", entry)
    monkeypatch.setenv("PAUTA_LOANS_SOURCE_PATH", str(tmp_path / "in.csv"))
    for name in ("DATA_DIR", "MODELS_URI", "EVALUATION_DIR", "CACHE_DIR"):
        monkeypatch.setenv(f"PAUTA_{name}", str(tmp_path / name.lower()))
    return load_settings()


class Record:
    """The entries since the last look."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._seen = settings, 0

    def new(self) -> list[tuple[str, str, str, str]]:
        """Kind, who, from and to of each; the whole record is intact."""
        with closing(EventLog(self._settings.events_address)) as log:
            assert AuditTrail(self._settings, log).check().problems == ()
            entries = list(log.audit.chain())
        found = [(entry.what, entry.who, entry.before, entry.after) for entry in entries[self._seen :]]
        self._seen = len(entries)
        return found


@pytest.fixture
def record(settings: Settings) -> Record:
    return Record(settings)


@pytest.fixture
def run(settings: Settings, airflow_database: None) -> Callable[..., dict[str, str]]:
    """Runs a DAG; the state of each of its tasks."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db

    DagBundlesManager().sync_bundles_to_db()

    def run(name: str, **params: Any) -> dict[str, str]:
        bag = DagBag(dag_folder=str(DAGS))
        sync_bag_to_db(bag, "dags-folder", None)  # so that one DAG can start another
        done = bag.dags[name].test(run_conf=params)
        return {task.task_id: str(task.state) for task in done.get_task_instances()}

    return run
