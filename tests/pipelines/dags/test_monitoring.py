"""The monitoring DAG, run for real by Airflow: a planted drift starts one training, not ten."""

from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.models.dagrun import DagRun
from airflow.utils.session import create_session

from tests.conftest import DAGS
from tests.pipelines.monitoring.place import Place

pytestmark = [pytest.mark.airflow, pytest.mark.slow, pytest.mark.long, pytest.mark.usefixtures("airflow_database")]


@pytest.fixture
def bag() -> DagBag:
    """The DAGs, known to Airflow's database, so that one can start another."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import sync_bag_to_db

    DagBundlesManager().sync_bundles_to_db()
    found = DagBag(dag_folder=str(DAGS))
    sync_bag_to_db(found, "dags-folder", None)
    return found


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    found = Place(tmp_path)
    monkeypatch.setenv("PAUTA_DATA_DIR", str(found.settings.data_dir))
    monkeypatch.setenv("PAUTA_MODELS_URI", found.settings.models_uri)
    monkeypatch.setenv("PAUTA_EVALUATION_DIR", str(found.settings.evaluation_dir))
    monkeypatch.setenv("PAUTA_CACHE_DIR", str(found.settings.cache_dir))
    monkeypatch.setenv("PAUTA_MLFLOW_URI", "off")
    return found


def tasks_of(run: Any) -> dict[str, str]:
    return {task.task_id: str(task.state) for task in run.get_task_instances()}


def started(dag_id: str) -> list[tuple[Any, str | None]]:
    """Conf and note of each run that a monitoring DAG started."""
    with create_session() as session:
        runs = [run for run in DagRun.find(dag_id=dag_id, session=session) if run.run_id.startswith("monitoring__")]
        return [(run.conf, run.note) for run in runs]


def test_a_planted_drift_starts_one_training_with_its_reason_and_not_ten(bag: DagBag, place: Place) -> None:
    place.serve()
    assert tasks_of(bag.dags["students_monitoring"].test()) == {"decide": "skipped", "start": "skipped"}
    place.drift("planted")
    for number in range(10):
        state = tasks_of(bag.dags["students_monitoring"].test())
        assert state == dict.fromkeys(("decide", "start"), "skipped" if number else "success")
        if number == 5:  # the training has ended: from here on the cool-down holds, not the run under way
            with create_session() as session:
                (run,) = DagRun.find(dag_id="students_training", run_id="monitoring__planted", session=session)
                run.set_state("success")
    why = "large drift of ida in run planted, whose data no training has used"
    assert started("students_training") == [({"run_id": "planted"}, why)]
    assert not started("students_data")


def test_the_guard_of_news_looks_before_the_decision(bag: DagBag, place: Place) -> None:
    """There is no release in service: nothing is judged, and nothing starts."""
    states = tasks_of(bag.dags["news_monitoring"].test())
    assert states == {"guard": "success", "decide": "skipped", "start": "skipped"}
