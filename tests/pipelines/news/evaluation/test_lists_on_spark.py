"""Both engines compute the same lists and figures for a candidate and for the release in service."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipelines.news.evaluation.lists import on_spark
from pipelines.news.evaluation.lists.asking import ask
from pipelines.news.evaluation.step import evaluate
from pipelines.spark.session import spark_session
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


def test_both_engines_evaluate_a_candidate_alike(
    tmp_path: Path, session: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = small_run.make(small_run.context_of(tmp_path, "r1"))
    assembled = context.run.read("assembled")
    context.releases.publish(assembled / "release", "r1", {}, run_id="r1")
    context.releases.promote("r1", "test")
    monkeypatch.setattr(on_spark, "USERS", BATCH)
    model = NewsModel.load(assembled / "holdout", "r1")
    users = np.flatnonzero(np.arange(small_run.USERS) % 7 != 0)
    at_ms = model.clock.now_ms()
    asked = on_spark.SparkAsk(session)(model, assembled / "holdout", users, 20, at_ms)
    assert np.array_equal(asked, ask(model, assembled / "holdout", users, 20, at_ms))
    figures = []
    for engine in ("polars", "spark"):
        evaluate(again(context, tmp_path / engine, engine=engine))
        figures.append([str(figure) for figure in evaluation_of(context).figures])  # nan is not equal to itself
    assert figures[0] == figures[1]
