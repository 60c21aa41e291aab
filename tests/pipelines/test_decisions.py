"""Steps and maintenance write into the record of decisions, and record changed params."""

from contextlib import closing
from pathlib import Path

import pytest

from pipelines.configuration import note_configuration
from pipelines.decisions import note_maintenance
from pipelines.registry import find
from script_shared.decisions.decision import Entry
from script_shared.events import EventLog
from script_shared.params import load_params
from script_shared.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", models_uri=str(tmp_path / "models"))


def entries(settings: Settings) -> list[Entry]:
    with closing(EventLog(settings.events_address)) as log:
        return list(log.audit.chain())


def test_maintenance_records_how_many_it_deleted_of_each_kind_and_nothing_if_it_deleted_nothing(
    settings: Settings,
) -> None:
    settings.data_dir.mkdir()
    context = find(settings, "news").context(settings, "r1")
    idle = {"releases": [], "runs": [], "events_pruned": 0, "releases_with_erased": {"v1": 3}, "events_kept": "no log"}
    note_maintenance(context, idle, "dag:maintenance")
    busy = {**idle, "releases": ["v0"], "runs": ["a", "b"], "events_pruned": 1_200, "erased_from_runs": {"c": 2}}
    note_maintenance(context, busy, "dag:maintenance")
    (entry,) = entries(settings)
    assert (entry.what, entry.who, entry.use_case) == ("maintenance", "dag:maintenance", "news")
    assert entry.why == "deleted: 1 releases, 2 runs, 1,200 events pruned, 2 erased from runs"
    assert entry.view()["evidence"]["releases"] == ["v0"]


def test_params_that_differ_from_those_of_the_last_run_are_recorded_before_the_run(settings: Settings) -> None:
    case = find(settings, "students")
    note_configuration(case.context(settings, "r1"), "dag:students_data")
    changed = load_params(case.params_kind, case.params_file, ["releases.keep = 77"])
    for run in ("r2", "r3"):
        note_configuration(case.context(settings, run, params=changed), "command:ana")
    (entry,) = entries(settings)
    assert (entry.what, entry.who, entry.use_case) == ("configuration", "command:ana", "students")
    assert entry.after == "students.releases.keep=77"
