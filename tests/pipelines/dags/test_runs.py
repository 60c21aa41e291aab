"""The DAGs run for real, task by task, by Airflow itself, on a sample of a few thousand clicks."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag

from pipelines.runs import Run
from script_shared.events import EventLog
from script_shared.experiments.experiment import experiment_of
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.releases import Releases
from script_shared.settings import load_settings
from script_shared.use_cases import entries
from tests.conftest import DAGS
from tests.pipelines.dags.tiny import write_tiny_params

pytestmark = [pytest.mark.airflow, pytest.mark.slow, pytest.mark.usefixtures("airflow_database")]


class Place:
    """One data folder and one place of releases, for the tests of this module in their order."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data" / "news"
        self.releases = Releases(f"{folder / 'models'}/news", folder / "cache")

    def run(self, name: str, **params: Any) -> tuple[str, dict[str, str], dict[str, Any]]:
        """The run's state, the state of each task, and what each task returned."""
        dags = DagBag(dag_folder=str(DAGS)).dags  # read again: a DAG object keeps the params of its last run
        run = dags[name].test(run_conf=params)
        tasks = {_label(task): task for task in run.get_task_instances()}
        states = {label: str(task.state) for label, task in tasks.items()}
        returned = {
            label: task.xcom_pull(task_ids=task.task_id, map_indexes=task.map_index) for label, task in tasks.items()
        }
        return str(run.state), states, returned


def _label(task: Any) -> str:
    return f"{task.task_id} {task.rendered_map_index}" if task.map_index >= 0 else str(task.task_id)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAUTA_DATA_DIR", str(folder / "data"))
        patch.setenv("PAUTA_MODELS_URI", str(folder / "models"))
        patch.setenv("PAUTA_EVALUATION_DIR", str(folder / "evaluation"))
        patch.setenv("PAUTA_CACHE_DIR", str(folder / "cache"))
        patch.setenv("PAUTA_PARAMS_FILE", str(write_tiny_params(folder)))
        yield Place(folder)


def test_evaluation_is_skipped_while_there_is_nothing_to_evaluate(place: Place) -> None:
    state, tasks, _ = place.run("news_evaluation")
    assert (state, tasks) == ("success", {"evaluate_service": "skipped"})


def test_the_data_dag_leaves_checked_tables_under_the_run_id_it_was_given(place: Place) -> None:
    state, tasks, _ = place.run("news_data", source="sample", run_id="first")
    assert (state, tasks) == ("success", dict.fromkeys(("download", "refine", "quality"), "success"))
    run = Run(place.data, "first")
    assert all(run.complete(step) for step in ("raw", "refined", "quality"))


def test_a_gate_that_is_overruled_leaves_a_published_release_out_of_service_and_the_run_succeeds(place: Place) -> None:
    state, tasks, returned = place.run("news_training", force="refuse")
    assert state == "success"
    assert tasks["promote"] == "skipped"
    assert returned["promote"]["promoted"] is False
    assert returned["promote"]["reason"] == "refused by a person"
    assert place.releases.current() is None
    assert place.releases.versions() == ["first"]


def test_one_run_id_travels_from_data_to_the_release_in_service(place: Place) -> None:
    state, tasks, returned = place.run("news_training")
    assert state == "success"
    assert {label for label in tasks if label.startswith("train")} == {f"train {name}" for name in SEGMENT_NAMES}
    assert set(tasks.values()) == {"success"}
    assert returned["choose_run"] == "first"
    pointer = place.releases.current()
    assert pointer is not None
    assert place.releases.manifest(pointer.version).run_id == "first"


def test_the_release_in_service_is_evaluated_on_the_newest_data(place: Place) -> None:
    state, tasks, returned = place.run("news_evaluation")
    assert (state, tasks) == ("success", {"evaluate_service": "success"})
    assert returned["evaluate_service"]["users"] > 0


def test_maintenance_prunes_each_use_case(place: Place) -> None:
    state, tasks, returned = place.run("maintenance")
    assert state == "success"
    assert tasks == {f"{name} {case}": "success" for case in entries() for name in ("reconcile", "prune")}
    assert set(returned["prune news"]) >= {"releases", "runs", "partial_folders"}


def test_experiments_are_analysed_when_one_runs(place: Place) -> None:
    assert place.run("experiments")[1] == {"analyse": "skipped"}
    place.data.mkdir(parents=True, exist_ok=True)
    variants = [{"name": "a", "share": 0.5}, {"name": "b", "share": 0.5}]
    with closing(EventLog(load_settings().events_address)) as log:
        log.experiments.start(experiment_of({"name": "even", "variants": variants}), "ana")
    _, tasks, returned = place.run("experiments")
    assert tasks == {"analyse": "success"}
    assert returned["analyse"] == {"verdicts": {"even": "No list of this experiment has been served yet."}}


def test_a_training_that_fails_is_tracked_and_stays_a_failed_run(place: Place) -> None:
    state, tasks, returned = place.run("news_training", run_id="no-such-run")
    assert state == "failed"
    assert {tasks[f"train {name}"] for name in SEGMENT_NAMES} == {"failed"}
    assert tasks["promote"] == "upstream_failed"
    assert tasks["track"] == "success"
    assert returned["track"]["problem"] == "MLflow is disabled"


def test_malformed_input_fails_the_run_and_the_release_in_service_stays(place: Place, tmp_path: Path) -> None:
    before = place.releases.current()
    state, tasks, _ = place.run("news_data", source="local", source_path=str(tmp_path / "nothing-here"))
    assert state == "failed"
    assert tasks == {"download": "failed", "refine": "upstream_failed", "quality": "upstream_failed"}
    assert place.releases.current() == before


def test_a_person_of_a_page_moves_the_pointer_only_from_the_release_that_was_seen(place: Place) -> None:
    before = place.releases.current()
    assert before is not None
    asked = {"use_case": "news", "reason": "tried by hand", "by": "ana"}
    state, _, _ = place.run("releases", action="rollback", in_service="another", **asked)
    assert state == "failed"
    assert place.releases.current() == before
    state, _, _ = place.run("releases", action="pin", version=before.version, **asked)
    assert state == "success"
    after = place.releases.current()
    assert after is not None
    assert [(pin.version, pin.by, pin.reason) for pin in after.pins] == [(before.version, "ana", "tried by hand")]
