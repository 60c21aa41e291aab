"""Both engines train the same release, except for the factors of ALS; the lists are equally good."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipelines.measures.figures import measure
from pipelines.news.dataset import Dataset
from pipelines.news.evaluation.lists.asking import ask
from pipelines.news.split.holdout import hold_out
from pipelines.news.training.assemble import assemble
from pipelines.news.training.segments import train
from pipelines.runs import Run
from pipelines.use_case import Context
from script_shared.news.model import NewsModel
from script_shared.news.segments import SEGMENT_NAMES
from tests.pipelines.news import small_run
from tests.pipelines.news.refine.spark.both_engines import SOCKETS

pytestmark = [pytest.mark.spark, *SOCKETS]
ENGINES = ("polars", "spark")
OF_ALS = "logged"  # folders with this name may differ, like the ranker's, which is trained later


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Context]:
    """The same refined run, trained and assembled with each engine."""
    return {engine: _trained(tmp_path_factory.mktemp(engine), engine) for engine in ENGINES}


def _trained(root: Path, engine: str) -> Context:
    made = small_run.context_of(root, "r1")
    context = replace(made, settings=made.settings.model_copy(update={"engine": engine}))
    small_run.refine(context)
    for segment in SEGMENT_NAMES:
        facts = train(context, segment)
        assert facts.get("engine") == ("spark" if engine == "spark" else None)
    assemble(context)
    return context


def _files(run: Run) -> Iterator[Path]:
    folder = run.read("assembled")
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        if file.is_file() and OF_ALS not in name.parts and file.suffix in (".npy", ".txt", ".parquet"):
            yield name


def test_popularity_catalog_histories_and_clusters_are_the_same_to_the_last_bit(contexts: dict[str, Context]) -> None:
    one, other = (contexts[engine].run for engine in ENGINES)
    names = list(_files(one))
    assert {name.parts[1] for name in names} >= {"popularity", "catalog", "readers", "semi_logged", "anonymous"}
    assert list(_files(other)) == names
    for name in names:
        assert (one.read("assembled") / name).read_bytes() == (other.read("assembled") / name).read_bytes(), name


def test_figures_of_every_segment_agree_within_their_intervals(contexts: dict[str, Context]) -> None:
    params = contexts["polars"].params
    held_out = hold_out(Dataset.load(contexts["polars"].run.read("refined")), params)
    lists = {}
    for engine, context in contexts.items():
        folder = context.run.read("assembled") / "holdout"
        users, at_ms = held_out.truth.users, held_out.window.start_ms
        lists[engine] = ask(NewsModel.load(folder, engine), folder, users, max(params.evaluation.cutoffs), at_ms)
    for segment in ("semi_logged", "anonymous"):
        rows = held_out.segments[segment]
        assert np.array_equal(lists["polars"][rows], lists["spark"][rows])
    _, differences = measure(lists, held_out.protocol(params), "spark")
    judged = [found for found in differences if found.metric in ("ndcg", "hr") and found.cutoff == 10]
    assert {found.segment for found in judged} >= set(SEGMENT_NAMES)
    for found in judged:
        assert found.low <= 0 <= found.high, found
