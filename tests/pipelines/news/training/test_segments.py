"""Training a segment."""

from pathlib import Path

import numpy as np
import pytest

from pipelines.news.as_of import codes_of, snapshot_of
from pipelines.news.dataset import Dataset
from pipelines.news.split.holdout import split_of
from pipelines.news.split.moments import moments_of
from pipelines.news.training.segments import members_of, train
from pipelines.runs import Run
from pipelines.use_case import Context
from script_shared.errors import InputError, RunError
from script_shared.news.params import FILE, NewsParams
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.params import load_params
from script_shared.settings import Settings
from tests.pipelines.news.factory import START_MS, write_refined

CHANGES = ("logged.als.factors = 8", "semi_logged.clusters = 4", "split.window_hours = 24")


@pytest.fixture
def context(tmp_path: Path) -> Context:
    run = Run(tmp_path / "data" / "news", "r1")
    with run.write("refined") as (folder, facts):
        write_refined(folder)
        facts["source"] = "sample"
    return Context(Settings(), load_params(NewsParams, FILE, CHANGES), run)


@pytest.mark.parametrize("segment", SEGMENT_NAMES)
def test_a_segment_is_trained_on_its_readers_until_the_split(context: Context, segment: str) -> None:
    facts = train(context, segment)
    dataset = Dataset.load(context.run.read("refined"))
    moments = moments_of(dataset, context.params)
    assert facts["as_of_ms"] == moments.fitted < moments.split < dataset.end_ms
    assert facts["megabytes"] > 0
    known = snapshot_of(dataset, facts["as_of_ms"])
    assert facts["users"] == members_of(known, segment).sum() > 0
    assert context.run.complete("trained", segment)


def test_a_snapshot_holds_reads_until_its_moment_only(context: Context) -> None:
    dataset = Dataset.load(context.run.read("refined"))
    at = split_of(dataset, context.params).start_ms
    known = snapshot_of(dataset, at)
    assert len(known.reads) < len(dataset.interactions)
    assert known.reads.time_ms.max() <= at
    assert known.n_users == dataset.n_users
    assert known.n_articles == dataset.n_articles


def test_an_unknown_segment_is_refused_before_any_work(context: Context) -> None:
    with pytest.raises(InputError, match="vip"):
        train(context, "vip")


def test_training_needs_refined_data(tmp_path: Path) -> None:
    context = Context(Settings(), load_params(NewsParams, FILE), Run(tmp_path, "r1"))
    with pytest.raises(RunError, match="refined"):
        train(context, "logged")


@pytest.mark.parametrize("segment", SEGMENT_NAMES)
def test_training_twice_gives_the_same_arrays(context: Context, segment: str) -> None:
    train(context, segment)
    first = {path: np.load(path) for path in context.run.read("trained", segment).rglob("*.npy")}
    assert first
    train(context, segment)
    for path, array in first.items():
        np.testing.assert_array_equal(np.load(path), array, err_msg=path.name)


def test_texts_are_read_for_the_wanted_rows_only(context: Context) -> None:
    known = snapshot_of(Dataset.load(context.run.read("refined")), START_MS)
    everything = known.texts(np.arange(200), 10)
    assert known.texts(np.array([3, 7, 150]), 10) == [everything[3], everything[7], everything[150]]
    assert known.texts(np.array([], int), 10) == []
    _, caption, body = everything[0].split("\n")
    assert (len(body), caption) == (10, "")


def test_names_become_codes_and_none_becomes_minus_one() -> None:
    import polars as pl

    codes, names = codes_of(pl.Series(["sp", "", "rj", "sp"]))
    assert (codes.tolist(), names) == ([1, -1, 0, 1], ["rj", "sp"])
    assert codes_of(pl.Series(["", ""]))[1] == []
    codes, names = codes_of(pl.Series(["saude", "Saúde", "Saúde", "economia"]))
    assert (codes.tolist(), names) == ([0, 0, 0, 1], ["Saúde", "economia"])
