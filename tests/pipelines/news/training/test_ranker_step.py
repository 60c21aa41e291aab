"""The rank step: what the ranker learns from, what it finds, and what the release then holds."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipelines.news.dataset import Dataset
from pipelines.news.replay.sources import from_dataset
from pipelines.news.replay.walk import Walk, place_after
from pipelines.news.site import settle_params
from pipelines.news.split.moments import moments_of
from pipelines.news.training.ranker_step import rank
from pipelines.runs import Run
from pipelines.use_case import Context
from script_shared.errors import RunError
from script_shared.news.model import NewsModel
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.serving.cluster_assignment import assignment_of
from script_shared.news.serving.loading import load_newsroom, load_ranker
from script_shared.news.state.audiences import REGIONS
from script_shared.news.state.state_io import digest_of
from tests.pipelines.news.training.ranked_run import ranked

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Context:
    return ranked(tmp_path_factory.mktemp("rank"))


def ranker_of(context: Context) -> Ranker:
    ranker, missing = load_ranker(context.run.read("ranked") / "release")
    assert ranker is not None
    assert missing == ()
    return ranker


def test_the_ranker_finds_that_readers_keep_to_what_the_segments_model_lists(done: Context) -> None:
    """Readers like one section, which their model finds; what everybody reads now tells only a quarter of it."""
    facts, ranker = done.run.facts("ranked"), ranker_of(done)
    assert facts["ranker"] is True
    assert "logged" in facts["served_segments"]
    shown = facts["shown"]["logged"]
    assert shown["clicks"] > 50
    assert shown["mrr_ranker"] > 1.2 * shown["mrr_without"]
    gain = dict(zip(ranker.names, ranker.booster.feature_importance("gain"), strict=True))
    best = sorted(gain, key=lambda name: -gain[name])[:10]
    assert {"segment_place", "segment_score"} & set(best), gain


def test_no_model_that_the_ranker_listens_to_was_fitted_on_a_click_it_learns_from(done: Context) -> None:
    dataset = Dataset.load(done.run.read("refined"))
    at = moments_of(dataset, settle_params(done).params)
    model = NewsModel.load(done.run.read("assembled") / "rank")
    assert model.facts["data_end_ms"] == at.fitted < at.split < at.end
    known = model.readers.histories
    assert len(known.article) == int((dataset.interactions.time_ms <= at.fitted).sum())


@pytest.mark.parametrize(("name", "moment"), [("holdout", "split"), ("release", "end")])
def test_the_snapshot_is_what_a_clean_fold_of_the_last_days_gives(done: Context, name: str, moment: str) -> None:
    dataset = Dataset.load(done.run.read("refined"))
    at = moments_of(dataset, settle_params(done).params)
    newsroom, missing = load_newsroom(done.run.read("ranked") / name, done.params.live)
    walk = Walk.towards(from_dataset(dataset), at.fitted, settle_params(done).params)
    for folder, until in (("holdout", at.split), ("release", getattr(at, moment))):
        walk.state.clusters.assignment = assignment_of(NewsModel.load(done.run.read("assembled") / folder))
        walk.fold_until(place_after(walk.stream, until))
    assert missing == ()
    assert newsroom.state is not None
    assert digest_of(newsroom.state) == digest_of(walk.state)
    assert newsroom.state.counts.trends.totals[:, REGIONS:].sum() > 0
    assert newsroom.state.now_ms <= getattr(at, moment)


def test_the_snapshot_says_which_entry_of_the_event_log_it_holds_last(done: Context) -> None:
    newsroom, _ = load_newsroom(done.run.read("ranked") / "release", done.params.live)
    assert newsroom.seq == 17


def test_the_release_is_the_assembled_one_with_a_ranker_and_a_live_state(done: Context) -> None:
    assembled, release = (done.run.read(step) / "release" for step in ("assembled", "ranked"))
    names = {path.relative_to(assembled) for path in assembled.rglob("*") if path.is_file()}
    more = {path.relative_to(release) for path in release.rglob("*") if path.is_file()} - names
    assert {name.parts[0] for name in more} == {"ranker", "live"}
    assert all((release / name).read_bytes() == (assembled / name).read_bytes() for name in names)
    assert done.run.facts("ranked")["live_megabytes"] < 20


def test_data_too_short_for_a_ranker_gives_a_release_without_one_and_the_facts_say_why(tmp_path: Path) -> None:
    context = ranked(tmp_path, "ranking.hours = 60", users=300)
    facts, folder = context.run.facts("ranked"), context.run.read("ranked") / "release"
    assert facts["ranker"] is False
    assert "too few to keep 60 for a ranker" in facts["why_not"]
    assert not (folder / "ranker").exists()
    assert load_newsroom(folder, context.params.live)[1] == ()
    assert not (context.run.read("assembled") / "rank").exists()


def test_too_few_clicks_give_no_ranker_and_no_failure(tmp_path: Path) -> None:
    facts = ranked(tmp_path, "ranking.requests = 30", users=120).run.facts("ranked")
    assert facts["ranker"] is False
    assert "too few to learn from" in facts["why_not"]


def test_ranking_needs_an_assembled_run(done: Context, tmp_path: Path) -> None:
    run = Run(tmp_path, "r1")
    shutil.copytree(done.run.read("refined"), run.folder("refined"))
    with pytest.raises(RunError, match="--step assemble"):
        rank(replace(done, run=run))


def test_a_ranker_that_helps_some_segments_serves_these(tmp_path: Path, done: Context) -> None:
    ranker = ranker_of(done)
    ranker.segments = ("logged",)
    ranker.save(tmp_path)
    again = Ranker.load(tmp_path)
    assert (again.serves("logged"), again.serves("anonymous")) == (True, False)
    (tmp_path / "ranker.json").write_text(json.dumps({"features": ranker.names}))
    assert Ranker.load(tmp_path).serves("anonymous")
    features = np.zeros((3, len(ranker.names)), np.float32)
    assert np.allclose(again.score(features), ranker.score(features))
