"""Which run a task works on, and what it is handed."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.airflow.assets import refined_asset
from pipelines.airflow.steps import data_run_id, plain, refined_run_id, run_step, step_context
from pipelines.news.use_case import NEWS
from pipelines.runs import Run
from pipelines.use_case import Step
from script_shared.errors import RunError, SettingsError
from script_shared.events import EventLog
from script_shared.settings import load_settings

ASSET = refined_asset("news")


@pytest.fixture(autouse=True)
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("PAUTA_DATA_DIR", str(tmp_path))
    return tmp_path / "news"


def airflow(events: tuple[Any, ...] = (), **params: Any) -> dict[str, Any]:
    moment = datetime(2026, 11, 20, 23, 5, 9, tzinfo=UTC)
    dag_run = SimpleNamespace(
        dag_id="news_training", run_id="manual__2026-11-20T23:05:09+00:00_x", run_type="manual", run_after=moment
    )
    found = {ASSET: [SimpleNamespace(extra=extra) for extra in events]}
    return {"params": params, "dag_run": dag_run, "triggering_asset_events": found}


def finish(data: Path, run_id: str) -> None:
    with Run(data, run_id).write("quality"):
        pass


def choose(**given: Any) -> str:
    return refined_run_id(NEWS, ASSET, airflow(**given))


def test_a_data_run_is_named_after_its_dag_run_the_same_in_every_task_and_try(data: Path) -> None:
    first, second = data_run_id(airflow(run_id=None)), data_run_id(airflow(run_id=None))
    assert first == second
    assert first.startswith("20261120T230509Z-")
    assert Run(data, first).run_id == first


def test_another_dag_run_of_the_same_second_is_another_run() -> None:
    other = airflow() | {"dag_run": SimpleNamespace(run_id="manual__other", run_after=airflow()["dag_run"].run_after)}
    assert data_run_id(other) != data_run_id(airflow())


def test_a_person_may_name_the_data_run() -> None:
    assert data_run_id(airflow(run_id="mine")) == "mine"


def test_training_takes_the_run_that_the_asset_event_names_over_a_newer_one(data: Path) -> None:
    finish(data, "newer")
    assert choose(events=({"run_id": "announced"},)) == "announced"


def test_training_takes_the_last_of_several_events() -> None:
    assert choose(events=({"run_id": "first"}, {}, {"run_id": "last"})) == "last"


def test_training_takes_the_run_that_a_person_names_over_all_others() -> None:
    assert choose(events=({"run_id": "announced"},), run_id="mine") == "mine"


def test_training_by_hand_takes_the_newest_checked_run(data: Path) -> None:
    finish(data, "a-run")
    with Run(data, "later-but-unchecked").write("refined"):
        pass
    assert choose(run_id=None) == "a-run"


def test_training_without_any_data_says_what_to_do() -> None:
    with pytest.raises(RunError, match="Trigger the DAG news_data first"):
        choose()


def test_the_context_carries_settings_params_folders_and_choices(data: Path) -> None:
    context = step_context(NEWS, "r1", airflow(source="local", source_path="/x", refresh=True, force=None))
    assert context.run.folder("refined") == data / "refined" / "r1"
    assert (context.options.source, context.options.source_path) == ("local", Path("/x"))
    assert context.options.refresh is True
    assert context.options.force is None
    assert context.params.sample.users > 0


def test_a_params_file_from_the_environment_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PAUTA_PARAMS_FILE", str(tmp_path / "missing.toml"))
    with pytest.raises(SettingsError, match=r"missing\.toml"):
        step_context(NEWS, "r1", airflow())


def test_facts_travel_as_plain_json(tmp_path: Path) -> None:
    assert plain({"path": tmp_path, "rows": 3, "parts": ("a",)}) == {"path": str(tmp_path), "rows": 3, "parts": ["a"]}


def publish_nothing_new(_: Any) -> dict[str, Any]:
    """A step that finds its release published already, as in a repetition."""
    return {"version": "v1"}


def test_a_step_that_airflow_repeats_is_recorded_once_and_again_when_a_person_clears_it(data: Path) -> None:
    data.mkdir()
    step = Step("publish", f"{__name__}:publish_nothing_new")
    context = airflow()
    for max_tries in (3, 3, 5, 5):  # clearing adds the tries that were used
        task = SimpleNamespace(task_id="publish", map_index=-1, max_tries=max_tries)
        run_step(NEWS, step, "r1", context | {"ti": task})
    with closing(EventLog(load_settings().events_address)) as log:
        assert [(entry.what, entry.after, entry.who) for entry in log.audit.chain()] == [
            ("publish", "v1", "dag:news_training")
        ] * 2
