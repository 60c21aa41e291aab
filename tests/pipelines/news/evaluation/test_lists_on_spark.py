"""Both engines compute the same lists and figures for a candidate and for the release in service."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipelines.news.evaluation.lists import on_spark
from pipelines.news.evaluation.lists.asking import ask
from pipelines.news.evaluation.step import evaluate
from pipelines.news.training.ranker_step import rank
from pipelines.spark.session import spark_session
from pipelines.use_case import Context
from script_shared.news.model import BATCH, NewsModel
from script_shared.settings import Settings
from tests.pipelines.news import small_run
from tests.pipelines.news.evaluation.evaluated_runs import again, evaluation_of
from tests.pipelines.news.refine.spark.both_engines import SOCKETS

pytestmark = [pytest.mark.spark, *SOCKETS]


@pytest.fixture(autouse=True)
def session() -> Iterator[object]:
    pytest.importorskip("pyspark", reason="make test-spark installs PySpark")
    with spark_session(Settings(engine="spark", spark_master="local[2]"), "tests") as session:
        yield session


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    return small_run.make_without_ranker(small_run.context_of(tmp_path_factory.mktemp("site"), "r1"))


@pytest.mark.parity
def test_both_engines_make_the_same_lists(context: Context, session: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_spark, "USERS", BATCH)
    folder = context.run.read("assembled") / "holdout"
    model = NewsModel.load(folder, "r1")
    users = np.flatnonzero(np.arange(small_run.USERS) % 7 != 0)
    at_ms = model.clock.now_ms()
    lists = on_spark.SparkAsk(session)(model, folder, users, 20, at_ms)
    assert (lists >= 0).any(axis=1).all()
    assert np.array_equal(lists, ask(model, folder, users, 20, at_ms))


def test_both_engines_evaluate_a_candidate_alike(context: Context, tmp_path: Path) -> None:
    rank(context)
    context.releases.publish(context.run.read("assembled") / "release", "r1", {}, run_id="r1")
    context.releases.promote("r1", "test")
    figures = []
    for engine in ("polars", "spark"):
        evaluate(again(context, tmp_path / engine, engine=engine))
        figures.append([str(figure) for figure in evaluation_of(context).figures])  # nan is not equal to itself
    assert figures[0] == figures[1]
