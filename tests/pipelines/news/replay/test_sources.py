"""Streams from a refined run: every read of it, weighted by each label, knowing nothing of the test window."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.commands import replay as command
from pipelines.news.dataset import Dataset
from pipelines.news.replay.labels import LABELS
from pipelines.news.replay.sources import from_clicks, from_dataset, from_run
from pipelines.news.tables import table_path
from script_shared.clock import HOUR_MS
from tests.pipelines.news.small_run import READS, START_MS, context_of, refine

AS_OF_MS = START_MS + 48 * HOUR_MS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A refined run whose reads differ in what they are worth."""
    context = context_of(tmp_path_factory.mktemp("run"), "one")
    refine(context)
    refined = context.run.read("refined")
    _vary(table_path(refined, "interactions"))
    return refined


def _vary(file: Path) -> None:
    draw = np.random.default_rng(3)
    table = pl.read_parquet(file)
    columns = {name: draw.gamma(2.0, scale, len(table)) for name, scale in (("clicks", 3), ("engagement", 2))}
    columns["seconds_on_page"] = draw.gamma(1.0, 90.0, len(table))
    file.chmod(0o644)
    table.with_columns(**{name: pl.Series(values, dtype=pl.Float32) for name, values in columns.items()}).write_parquet(
        file
    )


def test_a_refined_run_becomes_a_stream_of_all_its_reads(folder: Path) -> None:
    stream, data = from_run(folder), Dataset.load(folder)
    assert len(stream) == READS
    assert (np.diff(stream.time_ms) >= 0).all()
    event = stream.events(7, 8)[0]
    assert event.user == data.users["user_id"][int(data.interactions.user[7])]
    assert event.article == data.articles["article_id"][int(data.interactions.article[7])]
    assert event.section == data.articles["section"][int(data.interactions.article[7])]
    assert event.session == ""
    assert (stream.weight == 1.0).all()


@pytest.mark.parametrize("label", LABELS)
def test_weights_say_nothing_of_reads_at_or_after_the_moment(folder: Path, label) -> None:
    data = Dataset.load(folder)
    cut = int(np.searchsorted(data.interactions.time_ms, AS_OF_MS))
    whole = from_dataset(data, label, AS_OF_MS).weight
    shortened = replace(data, interactions=data.interactions.rows(slice(0, cut)))
    assert 0 < cut < READS
    assert np.array_equal(whole[:cut], from_dataset(shortened, label).weight)
    assert (whole[cut:] == 1.0).all()
    assert whole[:cut].mean() == pytest.approx(1.0, rel=1e-4)
    assert (whole > 0).all()


def test_what_meant_more_weighs_more(folder: Path) -> None:
    data = Dataset.load(folder)
    by_engagement = from_run(folder, "engagement").weight
    order = np.argsort(data.interactions.engagement)
    assert (np.diff(by_engagement[order]) >= 0).all()
    by_target, seconds = from_run(folder, "target").weight, data.interactions.seconds
    assert by_target[seconds > np.quantile(seconds, 0.9)].mean() > by_target[seconds < np.median(seconds)].mean()


def test_the_command_replays_the_latest_refined_run_with_a_label(folder: Path, tmp_path: Path) -> None:
    settings = context_of(folder.parents[3], "x").settings
    params = ["ranker.trees=5", "ranker.leaves=5", "ranker.min_rows_in_leaf=5", "ranker.requests=400"]
    more = ["live.articles=128", 'ranker.label="target"']
    argv = [word for value in params + more for word in ("--set", value)]
    assert command.main(["--resamples", "10", "--output", str(tmp_path), *argv], settings) == 0
    written = json.loads((tmp_path / "ranking.json").read_text())
    assert written["cases"] > 100
    assert {row["group"] for row in written["figures"]} >= {"all", "first", "last", "logged", "semi_logged"}


def test_a_file_of_clicks_needs_no_more_columns_than_its_source(tmp_path: Path) -> None:
    file = tmp_path / "clicks.parquet"
    clicks = {"user_id": [1, 2], "session_id": [5, 6], "click_article_id": [7, 7]}
    pl.DataFrame(clicks | {"click_timestamp": [1_507_000_000_000] * 2}).write_parquet(file)
    event = from_clicks(file).events(0, 1)[0]
    assert (event.article, event.region, event.os, event.referrer) == ("7", "", "", "")
