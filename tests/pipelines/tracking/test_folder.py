"""What is recorded of a run, and what is kept of one that is removed before MLflow has it."""

import json
import shutil
from pathlib import Path

from pipelines.runs import Run
from pipelines.tracking.folder import TrackingFolder
from tests.pipelines.tracking.made import finish, settings_of, whole

TRY = {"number": 0, "state": "complete", "value": 0.5, "choice": {"depth": 3}, "started_ms": 1_000, "ended_ms": 2_000}
SEARCH = {"study": "study-1", "metric": "kappa", "records": [TRY]}


def test_tries_of_a_search_are_records_also_when_nothing_was_trained_and_when_the_run_is_gone(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    tracking, root = TrackingFolder(settings, "students"), settings.data_dir / "students"
    finish(Run(root, "r1"), "search", 0, {"choice.json": json.dumps(SEARCH)})
    (record,) = tracking.records()
    assert (record.key, record.metrics) == ("study-1-0000", {"search/kappa": 0.5})
    tracking.keep_missing()
    shutil.rmtree(root)
    assert tracking.records() == [record]
    tracking.forget(["r1"])
    assert tracking.records() == []


def test_of_a_run_that_was_kept_and_is_still_there_its_own_folders_count(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    tracking = TrackingFolder(settings, "news")
    run = whole(settings, "r1").run
    tracking.keep_missing()
    (record,) = tracking.records()
    assert record.files["data-card.html"] == run.folder("quality") / "data-card.html"


def test_nothing_is_kept_once_everything_is_recorded(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    tracking = TrackingFolder(settings, "news")
    whole(settings, "r1")
    tracking.note({"problem": "", "at": "2026-11-29T00:00:00+00:00"})
    tracking.keep_missing()
    assert not tracking.kept_runs.exists()
