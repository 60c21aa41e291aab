"""The default sample from download to evaluation: every segment's recommender, and both parts of the hybrid, pay."""

import numpy as np
import pytest

from pipelines.measures.figures import Difference, measure
from pipelines.measures.gate import Rule
from pipelines.news.dataset import Dataset
from pipelines.news.evaluation.result import Evaluation, read_evaluation
from pipelines.news.evaluation.step import evaluate
from pipelines.news.refine import refine
from pipelines.news.release.gate import comparisons
from pipelines.news.sources import download
from pipelines.news.split.holdout import Holdout, hold_out
from pipelines.news.training.assemble import assemble
from pipelines.news.training.segments import train
from pipelines.runs import Run
from pipelines.use_case import Context, Options
from script_shared.clock import Clock
from script_shared.news.model import NewsModel
from script_shared.news.params import FILE, NewsParams
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.params import load_params
from script_shared.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]

RULE = Rule("ndcg", 10, 0.05, 50)
STRENGTHS = ("collaborative", "content")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """A run as everybody gets it, up to its evaluation; fewer resamples, which only makes intervals a little rough."""
    root = tmp_path_factory.mktemp("sample-quality")
    settings = Settings(data_dir=root / "data", models_uri=str(root / "models"), evaluation_dir=root / "evaluation")
    params = load_params(NewsParams, FILE, ["evaluation.bootstrap_resamples = 100", "evaluation.replayed_clicks = 0"])
    context = Context(settings, params, Run(root / "data" / "news", "r1"), Options(source="sample"))
    download(context)
    refine(context)
    for segment in SEGMENT_NAMES:
        train(context, segment)
    assemble(context)
    evaluate(context)
    return context


@pytest.fixture(scope="module")
def evaluation(done: Context) -> Evaluation:
    return read_evaluation(done.run.read("evaluated") / "metrics.json")


@pytest.mark.parametrize("segment", SEGMENT_NAMES)
def test_every_segment_is_served_better_than_by_the_best_popularity(evaluation: Evaluation, segment: str) -> None:
    found = [c for c in comparisons(evaluation, RULE) if c.segment == segment]
    assert len(found) == 1
    assert found[0].users > 1000
    assert found[0].low > 0, found[0]


@pytest.mark.parametrize("part", STRENGTHS)
def test_the_hybrid_without_one_of_its_parts_loses_a_tenth(done: Context, evaluation: Evaluation, part: str) -> None:
    """The weight of one part set to nothing in the very model that was evaluated; intervals are paired by user."""
    gap = loss_without(STRENGTHS.index(part), done)
    whole = evaluation.figure("candidate", "logged", "ndcg", 10)
    assert whole is not None
    assert gap.low > 0, gap
    assert gap.value > 0.1 * whole.value, (gap, whole)


def loss_without(place: int, done: Context) -> Difference:
    """NDCG@10 of the logged readers, whole less maimed."""
    held_out = hold_out(Dataset.load(done.run.read("refined")), done.params)
    folder = done.run.read("assembled") / "holdout"
    whole, maimed = NewsModel.load(folder), NewsModel.load(folder)
    hybrid = maimed.recommenders["logged"]
    strengths = list(hybrid.strengths)
    strengths[place] = 0.0
    object.__setattr__(hybrid, "strengths", tuple(strengths))
    lists = {"whole": logged_lists(whole, held_out), "maimed": logged_lists(maimed, held_out)}
    _, differences = measure(lists, held_out.protocol(done.params), "whole")
    return next(d for d in differences if (d.segment, d.metric, d.cutoff) == ("logged", "ndcg", 10))


def logged_lists(model: NewsModel, held_out: Holdout) -> np.ndarray:
    model.clock = Clock("data", held_out.window.start_ms)
    lists = np.full((len(held_out.truth.users), 20), -1, np.int64)
    lists[held_out.segments["logged"]] = model.recommend_many(held_out.rows("logged"), "logged", 20)
    return lists
