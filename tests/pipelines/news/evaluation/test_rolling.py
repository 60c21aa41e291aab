"""Training and measuring in one pass: a planted truth is learned, and the figures are those of its ranks."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.commands import replay as command
from pipelines.news.evaluation.rolling import DAY_MS, MIX, RANKED, Window, run
from pipelines.news.replay.figures import MISSED, gains, group_figures
from pipelines.news.replay.models import rank_in, rank_of
from pipelines.news.replay.sources import CONTEXT
from script_shared.news.params import FILE, NewsParams
from script_shared.news.ranking.ranker import Ranker
from script_shared.params import load_params
from script_shared.settings import Settings
from tests.pipelines.news.replay.streams_made import START_MS, planted

pytestmark = pytest.mark.slow

SMALL = ["live.articles=128", "ranker.requests=900", "ranker.trees=20", "ranker.min_rows_in_leaf=5", "ranker.leaves=7"]


@pytest.fixture(scope="module")
def params() -> NewsParams:
    return load_params(NewsParams, FILE, SMALL)


def test_the_ranker_learns_which_article_follows_which(params: NewsParams, tmp_path: Path) -> None:
    stream = planted(700)
    window = Window(START_MS + 500 * 90_000, int(stream.time_ms[-1]) + 1, resamples=20)
    result = run(stream, params, window)
    later = {(row.model, row.measure): row.value for row in result.figures if row.group == "later"}
    assert later[RANKED, "MRR@10"] > 0.95
    assert later["most read, 1h", "MRR@10"] < 0.3
    assert (result.ranks[RANKED] < MISSED).sum() == (result.ranks[MIX] < MISSED).sum()
    command.report(result, window, tmp_path)
    written = json.loads((tmp_path / "ranking.json").read_text())
    assert written["cases"] == len(result.ranks[RANKED])
    assert Ranker.load(tmp_path / "ranker").names == result.ranker.names  # type: ignore[union-attr]


def test_figures_are_means_over_clicks_with_intervals_around_them() -> None:
    ranks = {"model": np.array([0, 3, MISSED, 14])}
    rows = group_figures(ranks, np.array([1, 1, 2, 3]), {"all": np.ones(4, bool)}, 200, 7)
    by_name = {row.measure: row for row in rows}
    assert by_name["HR@10"].value == 0.5
    assert by_name["MRR@10"].value == pytest.approx((1 + 1 / 4) / 4)
    assert by_name["NDCG@20"].value == pytest.approx((1 + 1 / np.log2(5) + 1 / np.log2(16)) / 4)
    assert all(row.low <= row.value <= row.high for row in rows)


def test_a_group_without_clicks_has_no_figures_and_says_so() -> None:
    rows = group_figures({"model": np.array([0])}, np.array([1]), {"none": np.zeros(1, bool)}, 10, 7)
    assert all(np.isnan(row.value) and row.clicks == 0 for row in rows)


def test_equal_scores_count_against_the_wanted_article() -> None:
    assert rank_of(np.array([1.0, 2.0, 1.0]), 0) == 2
    assert rank_of(np.array([1.0, 2.0, 1.0]), -1) == MISSED
    assert rank_in(["a", "b"], "b") == 1
    assert rank_in(["a", "b"], "c") == MISSED
    assert gains(np.array([MISSED]), [10, 20]).sum() == 0


def test_a_click_ahead_in_a_file_does_not_move_the_window(tmp_path: Path, params: NewsParams) -> None:
    stream, file = planted(3000), tmp_path / "clicks.parquet"
    times, n = stream.time_ms.copy(), len(stream)
    times[100] = times.max() + 40 * DAY_MS
    columns = ("session_id", *CONTEXT.values())
    ids = {"user_id": stream.user, "click_article_id": stream.article, "click_timestamp": times}
    pl.DataFrame(ids | {name: np.ones(n, np.int64) for name in columns}).write_parquet(file)
    args = command.parser().parse_args(["--clicks", str(file)])
    end_ms = command._end_ms(args, Settings(), params)
    assert command.window_of(args, lambda: end_ms, params).end_ms == int(stream.time_ms[-1]) + 1
