"""The step that ends a training: bounded in time, never an error, and nothing is lost."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pipelines.housekeeping import prune
from pipelines.news.release.training_record import trained_runs
from pipelines.tracking.folder import TrackingFolder
from pipelines.tracking.reconcile import reconcile, safe_message
from pipelines.tracking.step import catch_up, track
from script_shared.settings import Settings
from tests.pipelines.tracking.made import context_of, judge, settings_of, train, whole
from tests.pipelines.tracking.seen import artifacts, registry, runs
from tests.servers import free_port

pytestmark = pytest.mark.slow


def waiting(settings: Settings) -> int:
    """How many trainings MLflow may lack, as of the last reconciliation."""
    last = TrackingFolder(settings, "news").last()
    assert last is not None
    return int(last["waiting"])


@contextmanager
def deaf_server() -> Iterator[str]:
    """Takes connections and requests, and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_training_is_told_by_a_process_of_its_own(settings: Settings) -> None:
    context = whole(settings, "r1")
    facts = track(context)
    assert facts == {"recorded": True, "runs": 1, "versions": 1, "aliases": {"candidate": "r1"}}
    assert runs(str(settings.mlflow_address))["r1"].info.status == "FINISHED"
    assert waiting(settings) == 0


def test_the_step_itself_does_not_import_mlflow() -> None:
    program = (
        "import sys, pipelines.tracking.step, pipelines.news.release.training_record; print('mlflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_when_tracking_is_off_nothing_is_written(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    assert track(whole(settings, "r1")) == {"recorded": False, "problem": "MLflow is disabled"}
    assert not (settings.data_dir / "tracking").exists()
    assert not (settings.data_dir / "news" / "tracked").exists()


def test_when_nothing_was_trained_there_is_nothing_to_tell(settings: Settings) -> None:
    assert track(context_of(settings, "r1")) == {"recorded": False, "problem": "nothing was trained"}


def test_a_server_that_is_down_costs_little_and_what_it_missed_is_told_when_it_is_back(
    settings: Settings, tmp_path: Path
) -> None:
    down = settings.model_copy(update={"mlflow_uri": f"http://127.0.0.1:{free_port()}"})
    whole(down, "r1").releases.promote("r1", "test")
    whole(down, "r2", 100, accepted=False)
    facts = track(context_of(down, "r2"))
    assert (facts["recorded"], facts["waiting"]) == (False, 2)
    assert "does not answer" in facts["problem"]
    assert waiting(down) == 2
    assert reconcile(settings, "news").runs == 2
    assert registry(str(settings.mlflow_address))["aliases"] == {"production": "r1", "candidate": "r2"}
    assert waiting(settings) == 0


def test_a_server_that_never_answers_is_given_up_after_the_time_limit(tmp_path: Path) -> None:
    with deaf_server() as address:
        settings = settings_of(tmp_path, address, mlflow_seconds=1.5)
        context = whole(settings, "r1")
        facts = track(context)  # without the limit it would never end
    assert facts["recorded"] is False
    assert TrackingFolder(settings, "news").last() == {"problem": "it was cut short", "at": ""}


def test_a_host_that_does_not_exist_is_no_error(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "http://mlflow.invalid:5000")
    whole(settings, "r1")
    assert "does not answer" in reconcile(settings, "news").problem
    assert waiting(settings) == 1


def test_without_the_package_the_training_waits(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.tracking.reconcile.find_spec", lambda name: None)
    whole(settings, "r1")
    outcome = reconcile(settings, "news")
    assert "not installed" in outcome.problem
    assert waiting(settings) == 1


def test_a_data_folder_that_cannot_be_written_is_no_error_of_the_training(settings: Settings) -> None:
    context = whole(settings, "r1")
    settings.data_dir.joinpath("tracking").write_text("a file where a folder should be")
    assert track(context)["recorded"] is False


def test_an_address_with_a_password_is_not_repeated_in_messages(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "http://ana:hush@127.0.0.1:1")
    assert (
        safe_message(ValueError("http://ana:hush@127.0.0.1:1 is not there"), settings)
        == "http://***@127.0.0.1:1 is not there"
    )


def test_two_at_once_make_one_run_and_one_version(settings: Settings) -> None:
    whole(settings, "r1")
    other = threading.Thread(target=catch_up, args=(settings, "news"))  # in a process of its own
    other.start()
    while other.is_alive():
        assert reconcile(settings, "news").problem == ""
        time.sleep(0.2)
    other.join()
    assert list(runs(str(settings.mlflow_address))) == ["r1"]
    assert registry(str(settings.mlflow_address))["order"] == ["r1"]


def maintain(settings: Settings) -> list[str]:
    """What the nightly maintenance does, a day after the trainings; the runs that it removes."""
    yesterday = time.time() - 86_400
    for path in (settings.data_dir / "news").rglob("*"):
        os.utime(path, (yesterday, yesterday))
    catch_up(settings, "news")
    removed: list[str] = prune(context_of(settings, "maintenance"))["runs"]
    return removed


def test_a_run_that_was_removed_while_mlflow_was_down_is_recorded_when_it_is_back(settings: Settings) -> None:
    down = settings.model_copy(update={"mlflow_uri": f"http://127.0.0.1:{free_port()}"})
    for number in range(1, 7):
        judge(train(down, f"r{number}", 100 * number), 100 * number)
    removed = maintain(down)
    assert len(removed) >= 2
    assert set(removed).isdisjoint(trained_runs(down.data_dir / "news"))
    assert reconcile(settings, "news").runs == 6
    found = runs(str(settings.mlflow_address))
    assert set(found) == {f"r{number}" for number in range(1, 7)}
    assert found[removed[0]].data.metrics["logged/ndcg_at_10"] == 0.3
    assert artifacts(str(settings.mlflow_address), found[removed[0]]) >= {"evaluation/report.html", "params.json"}
    assert not list(TrackingFolder(settings, "news").kept_runs.glob("*/*"))


def test_nothing_is_kept_of_runs_that_mlflow_has(settings: Settings) -> None:
    for number in range(1, 7):
        train(settings, f"r{number}", 100 * number)
    assert maintain(settings)
    assert not TrackingFolder(settings, "news").kept_runs.exists()
    assert len(runs(str(settings.mlflow_address))) == 6


def test_a_reconciliation_that_was_killed_counts_as_none(tmp_path: Path) -> None:
    with deaf_server() as address:
        settings = settings_of(tmp_path, address, mlflow_seconds=1.5)
        for number in range(1, 7):
            train(settings, f"r{number}", 100 * number)
        removed = maintain(settings)
    kept = TrackingFolder(settings, "news").records()
    assert {record.run_id for record in kept} >= set(removed) != set()
