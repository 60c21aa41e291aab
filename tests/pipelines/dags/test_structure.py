"""The DAGs as a person meets them in the UI: what there is, in which order, documented and owned."""

import json
import subprocess
import sys
from copy import copy
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from airflow.sdk.definitions.mappedoperator import MappedOperator

from pipelines.airflow.assets import refined_asset, release
from pipelines.runs import Run
from script_shared.news.segments import SEGMENT_NAMES
from tests.conftest import DAGS

NAMES = (
    *("backup", "experiments", "maintenance", "releases"),
    *("news_data", "news_evaluation", "news_monitoring", "news_training"),
    *("recruiting_data", "recruiting_monitoring", "recruiting_training"),
    *("students_data", "students_monitoring", "students_training"),
)
GRAPHS = {
    "news_data": {"download": ["refine"], "refine": ["quality"], "quality": []},
    "news_training": {
        "choose_run": ["train"],
        "train": ["assemble"],
        "assemble": ["rank"],
        "rank": ["evaluate"],
        "evaluate": ["gate"],
        "gate": ["refit"],
        "refit": ["publish"],
        "publish": ["promote"],
        "promote": ["track"],
        "track": [],
    },
    "news_evaluation": {"evaluate_service": []},
    "news_monitoring": {"guard": ["decide"], "decide": ["start"], "start": []},
    "recruiting_monitoring": {"decide": ["start"], "start": []},
    "students_monitoring": {"decide": ["start"], "start": []},
    "recruiting_data": {"landing": ["refine"], "refine": ["quality"], "quality": []},
    "recruiting_training": {
        "choose_run": ["train"],
        "train": ["evaluate"],
        "evaluate": ["gate"],
        "gate": ["publish"],
        "publish": ["index"],
        "index": ["promote"],
        "promote": ["track"],
        "track": [],
    },
    "students_data": {
        "landing": ["bronze"],
        "bronze": ["silver"],
        "silver": ["gold"],
        "gold": ["quality"],
        "quality": [],
    },
    "students_training": {
        "choose_run": ["search"],
        "search": ["train"],
        "train": ["evaluate"],
        "evaluate": ["gate"],
        "gate": ["publish"],
        "publish": ["promote"],
        "promote": ["track"],
        "track": [],
    },
    "backup": {"save": ["restore"], "restore": ["tidy"], "tidy": []},
    "experiments": {"analyse": []},
    "maintenance": {"reconcile": ["prune"], "prune": []},
    "releases": {"move": []},
}
SCHEDULES = {
    "experiments": "*/20 * * * *",
    **{f"{name}_monitoring": "*/5 * * * *" for name in ("news", "recruiting", "students")},
    "news_evaluation": "0 */6 * * *",
    "recruiting_data": "0 4 * * *",
    "students_data": "0 5 1 3 *",
    "maintenance": "30 3 * * *",
}
HEAVY = (
    "numpy",
    "scipy",
    "polars",
    "sklearn",
    "pandas",
    "implicit",
    "pandera",
    "matplotlib",
    "lightgbm",
    "obstore",
    "mlflow",
)


@pytest.fixture(params=NAMES)
def dag(dag_bag: DagBag, request: pytest.FixtureRequest) -> DAG:
    return dag_bag.dags[request.param]


def test_every_dag_file_is_read_without_an_error(dag_bag: DagBag) -> None:
    assert dag_bag.import_errors == {}
    assert sorted(dag_bag.dags) == sorted(NAMES)


def test_the_whole_graph_is_as_drawn(dag_bag: DagBag) -> None:
    graphs = {
        name: {task.task_id: sorted(task.downstream_task_ids) for task in dag.tasks}
        for name, dag in dag_bag.dags.items()
    }
    assert graphs == GRAPHS


def test_every_dag_is_documented_owned_and_tagged(dag: DAG) -> None:
    assert dag.description
    assert dag.doc_md
    assert len(dag.doc_md) > 200
    assert dag.tags
    assert dag.owner == "pauta"
    for task in dag.tasks:
        assert f"`{task.task_id}`" in dag.doc_md


def test_no_dag_catches_up_or_runs_twice_at_once(dag: DAG) -> None:
    assert dag.catchup is False
    assert dag.max_active_runs == 1


def test_every_task_and_run_has_a_timeout_and_retries_by_kind_of_error(dag: DAG) -> None:
    assert dag.dagrun_timeout
    for task in dag.tasks:
        settings = task.partial_kwargs if isinstance(task, MappedOperator) else vars(task)
        assert settings["execution_timeout"]
        assert settings["retries"] == 3
        assert settings["retry_policy"]


def test_schedules_are_as_documented(dag_bag: DagBag) -> None:
    crons = {name: getattr(dag.timetable, "expression", None) for name, dag in dag_bag.dags.items()}
    assert {name: cron for name, cron in crons.items() if cron} == SCHEDULES


def test_refined_data_starts_training_and_a_release_ends_it(dag_bag: DagBag) -> None:
    outlets = {
        (name, task.task_id): asset
        for name, dag in dag_bag.dags.items()
        for task in dag.tasks
        for asset in (task.partial_kwargs.get("outlets", []) if isinstance(task, MappedOperator) else task.outlets)
    }
    assert outlets == {
        (f"{name}_{dag}", step): asset
        for name in ("news", "recruiting", "students")
        for dag, step, asset in (("data", "quality", refined_asset(name)), ("training", "promote", release(name)))
    }
    assert list(dag_bag.dags["news_training"].timetable.asset_condition.objects) == [refined_asset("news")]


def test_each_segment_is_a_mapped_task_with_a_readable_name(dag_bag: DagBag) -> None:
    train = dag_bag.dags["news_training"].get_task("train")
    assert isinstance(train, MappedOperator)
    assert train.op_kwargs_expand_input.value == {"part": list(SEGMENT_NAMES)}
    assert train.partial_kwargs["map_index_template"] == "{{ part_name }}"


@pytest.mark.parametrize(
    ("name", "param", "bad"),
    [
        ("news_data", "source", "ftp"),
        ("news_data", "source", ""),
        ("news_data", "source_path", ""),
        ("news_data", "refresh", "yes"),
        ("news_data", "run_id", "../elsewhere"),
        ("news_data", "run_id", ".hidden"),
        ("news_training", "run_id", "a b"),
        ("news_training", "run_id", "x" * 129),
        ("news_training", "force", "maybe"),
        ("news_evaluation", "run_id", 7),
    ],
)
def test_a_bad_param_is_refused(dag_bag: DagBag, name: str, param: str, bad: object) -> None:
    from airflow.sdk.exceptions import ParamValidationError

    with pytest.raises(ParamValidationError):
        copy(dag_bag.dags[name].params.get_param(param)).resolve(bad)  # it would remember the value


@pytest.mark.parametrize("run_id", ["20261120T230509Z-1f3a", "a", "nightly_1.2+x-y", "x" * 128])
def test_a_run_id_that_the_form_takes_is_one_that_a_run_takes(dag_bag: DagBag, run_id: str) -> None:
    assert copy(dag_bag.dags["news_data"].params.get_param("run_id")).resolve(run_id) == run_id
    assert Run(DAGS, run_id).run_id == run_id


def test_every_param_is_titled_described_and_optional(dag: DAG) -> None:
    for name in dag.params:
        param = dag.params.get_param(name)
        assert param.schema["title"]
        assert param.description
        assert param.resolve() in (None, False) or dag.dag_id == "releases"  # the API fills its params in


def test_reading_the_dag_files_imports_nothing_heavy() -> None:
    program = (
        "import sys, json, airflow.sdk; before = set(sys.modules); import use_cases;"
        "print(json.dumps([sorted(sys.modules), len(set(sys.modules) - before)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": f"{DAGS}:{DAGS.parents[1]}", "AIRFLOW_HOME": "/nonexistent-and-not-needed"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    modules, more = json.loads(done.stdout.splitlines()[-1])
    assert [name for name in HEAVY if name in modules] == []
    assert more < 300  # modules, which every process that reads a DAG file imports again


def test_a_watched_landing_folder_starts_the_data_dag_as_its_schedule_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from pipelines.airflow.data import data_dag
    from pipelines.students.use_case import STUDENTS

    monkeypatch.setenv("PAUTA_STUDENTS_SOURCE", "workbooks")
    monkeypatch.setenv("PAUTA_STUDENTS_SOURCE_PATH", str(tmp_path))
    dag = data_dag(STUDENTS)
    assert dag.timetable.timetable.expression == "0 5 1 3 *"
    (asset,) = dag.timetable.asset_condition.objects
    assert (asset.name, [watcher.name for watcher in asset.watchers]) == ("students_landing", ["students_arrival"])
    assert "when new files arrive" in str(dag.doc_md)
