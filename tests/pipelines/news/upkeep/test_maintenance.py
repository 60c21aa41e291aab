"""Maintenance: what is removed, and above all what is not."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from pipelines.news.release.publish import publish
from pipelines.news.upkeep.maintenance import prune
from pipelines.use_case import Context
from tests.pipelines.news.runs_made import context_of, finish_gate

DAY = 86_400
ROOT = Path(__file__).parents[4]
KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from pipelines.news.evaluation.lists.asking import scratch_of
from tests.pipelines.news.runs_made import context_of

context = context_of(Path(sys.argv[1]), "run-1")
context = replace(context, settings=context.settings.model_copy(update={"engine": "spark"}))
with scratch_of(context, "evaluated") as scratch:
    (scratch / "reads").write_text("x")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def set_age(folder: Path, seconds: float) -> None:
    """Make everything in a folder look as old as that."""
    then = time.time() - seconds
    for path in [*folder.rglob("*"), folder]:
        os.utime(path, (then, then))


def make_run(context: Context, *, days_old: float, steps: tuple[str, ...] = ("raw", "refined")) -> None:
    for step in steps:
        with context.run.write(step) as (folder, _):
            (folder / "data").write_text("x")
        set_age(context.run.folder(step), days_old * DAY)


def runs_left(tmp_path: Path, step: str) -> list[str]:
    return sorted(path.name for path in (tmp_path / "data" / "news" / step).iterdir())


def test_the_newest_runs_are_kept_and_older_ones_go_as_a_whole(tmp_path: Path) -> None:
    keep = context_of(tmp_path, "any").params.releases.keep_runs
    for number in range(1, keep + 3):
        make_run(context_of(tmp_path, f"run-{number}"), days_old=30 - number)
    with context_of(tmp_path, "run-1").run.write("trained", "logged") as (folder, _):
        (folder / "data").write_text("x")
    set_age(tmp_path / "data" / "news" / "trained", 29 * DAY)
    make_run(context_of(tmp_path, f"run-{keep + 2}"), days_old=1, steps=("trained",))
    facts = prune(context_of(tmp_path, "maintenance"))
    assert (facts["releases"], facts["runs"], facts["partial_folders"]) == ([], ["run-1", "run-2"], [])
    for step in ("raw", "refined"):
        assert runs_left(tmp_path, step) == [f"run-{number}" for number in range(3, keep + 3)]
    assert runs_left(tmp_path, "trained") == [f"run-{keep + 2}"]


def test_the_newest_finished_run_of_a_step_is_kept_however_old(tmp_path: Path) -> None:
    make_run(context_of(tmp_path, "trained-long-ago"), days_old=60, steps=("refined", "trained"))
    for number in range(1, 9):
        make_run(context_of(tmp_path, f"data-{number}"), days_old=30 - number)
    prune(context_of(tmp_path, "maintenance"))
    assert runs_left(tmp_path, "trained") == ["trained-long-ago"]
    assert "trained-long-ago" in runs_left(tmp_path, "refined")


def test_a_run_that_is_going_on_is_kept(tmp_path: Path) -> None:
    for number in range(1, 9):
        make_run(context_of(tmp_path, f"run-{number}"), days_old=30 - number)
    set_age(tmp_path / "data/news/raw/run-1/_manifest.json", 60)
    (tmp_path / "data/news/trained/run-2/.logged.77-abcd.partial").mkdir(parents=True)
    facts = prune(context_of(tmp_path, "maintenance"))
    assert {"run-1", "run-2"} <= set(runs_left(tmp_path, "refined"))
    assert facts["runs"] == ["run-3", "run-4", "run-5", "run-6"]  # run-1 counts as one of the three newest


def test_half_written_folders_go_after_a_day_without_a_change(tmp_path: Path) -> None:
    root = tmp_path / "data" / "news"
    old, part, fresh, growing = (
        root / "raw" / ".run-1.77-abcd.partial",
        root / "trained" / "run-1" / ".logged.77-abcd.partial",
        root / "raw" / ".run-2.78-abcd.partial",
        root / "raw" / ".run-3.79-abcd.partial",
    )
    for folder in (old, part, fresh, growing):
        folder.mkdir(parents=True)
        (folder / "data").write_text("x")
    for folder in (old, part, growing):
        set_age(folder, 2 * DAY)
    (growing / "data").write_text("still being written")
    facts = prune(context_of(tmp_path, "maintenance"))
    assert facts["partial_folders"] == ["raw/.run-1.77-abcd.partial", "trained/run-1/.logged.77-abcd.partial"]
    assert (old.exists(), part.exists(), fresh.exists(), growing.exists()) == (False, False, True, True)


def test_the_models_that_a_killed_evaluation_on_spark_leaves_go_after_a_day(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    left = [file.parent for file in (tmp_path / "data").rglob("reads")]
    assert len(left) == 1
    set_age(left[0], 2 * DAY)
    facts = prune(context_of(tmp_path, "maintenance"))
    assert facts["partial_folders"] == [left[0].relative_to(tmp_path / "data" / "news").as_posix()]
    assert not left[0].exists()


def test_releases_beyond_the_kept_go_but_never_the_one_in_service(tmp_path: Path) -> None:
    keep = context_of(tmp_path, "any").params.releases.keep
    for number in range(1, keep + 4):
        context = finish_gate(context_of(tmp_path, f"run-{number}"), text=str(number))
        publish(context)
        if number <= 2:
            context.releases.promote(f"run-{number}", "test")
    assert prune(context_of(tmp_path, "maintenance"))["releases"] == ["run-3"]
    assert context.releases.versions()[:3] == ["run-1", "run-2", "run-4"]  # run-1 is what a rollback takes
    context.releases.promote("run-4", "test")
    assert prune(context_of(tmp_path, "maintenance"))["releases"] == ["run-1"]


def test_there_may_be_nothing_to_do(tmp_path: Path) -> None:
    assert prune(context_of(tmp_path, "maintenance")) == {
        "releases": [],
        "runs": [],
        "partial_folders": [],
        "erased_from_runs": {},
        "releases_with_erased": {},
        "events_pruned": 0,
        "served_pruned": 0,
        "posts_pruned": 0,
        "events_kept": "no event log yet",
    }
