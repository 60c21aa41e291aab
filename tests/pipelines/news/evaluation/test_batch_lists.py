"""No list that is evaluated holds anything from after T, also where a release would run on wall time."""

import json
from pathlib import Path

import numpy as np
import pytest

from pipelines.news.dataset import Dataset
from pipelines.news.evaluation.batch_lists import BatchLists
from pipelines.news.split.holdout import hold_out
from pipelines.use_case import Context
from script_shared.clock import HOUR_MS, wall_ms
from tests.pipelines.news import small_run

pytestmark = pytest.mark.slow

MODELS = ("candidate", "in_service")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """A run on data that ends now, its release in service."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small_run, "START_MS", wall_ms() - small_run.HOURS * HOUR_MS)
        context = small_run.make(small_run.context_of(tmp_path_factory.mktemp("fresh"), "r1"))
    releases = context.releases
    releases.publish(context.run.read("assembled") / "release", "r1", {}, run_id="r1")
    releases.promote("r1", "test")
    return context


def recommended(context: Context, scratch: Path) -> BatchLists:
    """The lists of the run's candidate and of the release in service."""
    lists = BatchLists(hold_out(Dataset.load(context.run.read("refined")), context.params), 50)
    lists.add_candidate(context)
    lists.add_releases(context, scratch, 1)
    assert not lists.missing
    return lists


def clock_mode(folder: Path) -> str:
    return str(json.loads((folder / "model.json").read_text())["clock_mode"])


def test_the_models_of_fresh_data_run_on_wall_time(fresh: Context) -> None:
    assembled = fresh.run.read("assembled")
    assert clock_mode(assembled / "holdout") == clock_mode(assembled / "release") == "wall"


@pytest.mark.parametrize("model", MODELS)
def test_nothing_recommended_was_issued_after_t(fresh: Context, tmp_path: Path, model: str) -> None:
    asked = recommended(fresh, tmp_path)
    issued, start_ms = asked.held_out.dataset.issued_ms, asked.held_out.window.start_ms
    rows = asked.lists[model]
    assert (issued > start_ms).sum() > 10  # there is something to leak
    assert (rows[:, :10] >= 0).all()
    assert issued[rows[rows >= 0]].max() <= start_ms


@pytest.mark.parametrize("model", MODELS)
def test_what_had_not_expired_at_t_can_be_recommended(fresh: Context, tmp_path: Path, model: str) -> None:
    """Wall time is a window later than T: on it the articles of the pool's first hours would be gone."""
    asked = recommended(fresh, tmp_path)
    rows, end_ms = asked.lists[model], asked.held_out.window.end_ms
    oldest = asked.held_out.dataset.issued_ms[np.unique(rows[rows >= 0])].min()
    assert oldest < end_ms - fresh.params.pool.max_age_hours * HOUR_MS
