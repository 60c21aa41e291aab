"""What goes live may have seen the newest hours; what was measured stays what figures are of."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipelines.news.evaluation.batch_lists import REFITTED
from pipelines.news.evaluation.result import read_evaluation
from pipelines.news.evaluation.step import REFIT, evaluate, evaluate_service
from pipelines.news.release.gate import gate
from pipelines.news.release.publish import publish
from pipelines.news.release.refit import MARK, OFF, REFUSED, refit, release_of
from pipelines.news.release.training_record import record_of
from pipelines.publishing import promote
from pipelines.use_case import Context
from script_shared.news.model import NewsModel
from script_shared.news.serving.loading import load_newsroom
from script_shared.news.state.audiences import REGIONS
from tests.pipelines.news.small_run import context_of, make

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """A run in service, fitted again after the gate."""
    context = make(context_of(tmp_path_factory.mktemp("refit"), "r1", "releases.refit = true", force="promote"))
    for step in (evaluate, gate, refit, publish, promote):
        step(context)
    return context


def folders(context: Context) -> tuple[Path, Path]:
    return context.run.read("ranked") / "release", release_of(context)


def test_the_models_are_fitted_on_all_data_and_nothing_else_changes(done: Context) -> None:
    before, after = folders(done)
    assert after == done.run.read("refitted") / "release"
    assert not np.array_equal(_arrays(before / "logged"), _arrays(after / "logged"))
    assert (before / "ranker").exists() == (after / "ranker").exists()
    for name in ("live/mixing.json", "live/position.json"):
        assert (before / name).read_bytes() == (after / name).read_bytes()
    then, now = (load_newsroom(folder, done.params.live)[0].state for folder in (before, after))
    assert then is not None
    assert now is not None
    assert np.array_equal(then.counts.overall.sums, now.counts.overall.sums)
    assert now.counts.trends.totals[:, REGIONS:].sum() == 0
    assert np.array_equal(then.counts.trends.totals[:, :REGIONS], now.counts.trends.totals[:, :REGIONS])


def _arrays(folder: Path) -> np.ndarray:
    """All numbers of a fitted part, one after the other."""
    return np.concatenate([np.load(path).astype(np.float64).ravel() for path in sorted(folder.rglob("*.npy"))])


def test_everything_that_shows_figures_says_that_they_are_of_the_models_before(done: Context) -> None:
    facts = done.run.facts("refitted")
    assert facts["refit"] is True
    assert facts["measured_until"] < facts["fitted_until"]
    release = done.releases.fetch("r1")
    assert NewsModel.load(release).facts["refit"]["figures"] == MARK
    assert done.releases.manifest("r1").facts["refit"]["figures"] == MARK
    evaluation = read_evaluation(done.run.read("evaluated") / "metrics.json")
    assert REFIT in evaluation.notes
    assert "The figures are those of" in (done.run.read("evaluated") / "report.html").read_text()
    record = record_of(done.run, done.releases)
    assert record is not None
    assert record.tags["pauta.refit"] == MARK


def test_a_later_gate_asks_the_models_that_were_measured_not_those_that_have_seen_its_window(
    done: Context, tmp_path: Path
) -> None:
    context = replace(done, settings=done.settings.model_copy(update={"evaluation_dir": tmp_path}))
    candidate = read_evaluation(done.run.read("evaluated") / "metrics.json")
    evaluate_service(context)
    service = read_evaluation(context.run.read("evaluated_service") / "metrics.json")
    for segment in ("logged", "semi_logged", "anonymous"):
        ours, theirs = (
            service.figure("in_service", segment, "ndcg", 10),
            candidate.figure("candidate", segment, "ndcg", 10),
        )
        assert ours is not None
        assert theirs is not None
        assert ours.value == theirs.value
    assert REFITTED not in service.notes
    away = done.run.folder("ranked")
    shutil.move(away, tmp_path / "away")
    try:
        evaluate_service(context)
        assert REFITTED in read_evaluation(context.run.read("evaluated_service") / "metrics.json").notes
    finally:
        shutil.move(tmp_path / "away", away)


def test_without_the_setting_or_after_a_refusal_the_release_is_the_one_that_was_measured(done: Context) -> None:
    off = replace(
        done,
        params=done.params.model_copy(update={"releases": done.params.releases.model_copy(update={"refit": False})}),
    )
    assert refit(off)["why_not"] == OFF
    assert release_of(off) == done.run.read("ranked") / "release"
    with done.run.write("gated") as (_, facts):
        facts.update(accepted=False)
    assert refit(done)["why_not"] == REFUSED
    assert json.loads((done.run.read("refitted") / "_manifest.json").read_text())["refit"] is False
