"""Replays real clicks once and keeps what releases answer before them: score, source, segment, and ages of articles."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from pipelines.news import columns as c
from pipelines.news.dataset import Dataset
from pipelines.news.replay.sources import from_dataset
from pipelines.news.replay.walk import Walk, place_after, recommender_of
from pipelines.news.training.renewal import Renewal
from pipelines.registry import find
from script_shared.news.params import NewsParams
from script_shared.news.ranking.mixing import load_mixing
from script_shared.news.ranking.query import LiveAnswer
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.serving.loading import load_ranker, pace_in
from script_shared.news.serving.recommender import LiveRecommender
from tests.benchmarks.bad_releases import turn_rankers_round
from tests.benchmarks.fortnight import clicks_of_users, of_days
from tests.benchmarks.installation import Installation

FIRST, LAST = date(2017, 10, 1), date(2017, 10, 13)
RELEASE, NEXT = "release", "next release"
RELEASES = {RELEASE: date(2017, 10, 4), NEXT: date(2017, 10, 8)}  # last day that each learns from
REVERSED = "ranker reversed"
WITHOUT = "without ranker"
BEGIN_MS, NEXT_BEGIN_MS = (round(1000 * datetime(2017, 10, day, tzinfo=UTC).timestamp()) for day in (5, 9))
HOUR_MS = 3_600_000
OLDEST_HOURS = 30 * 24.0
LENGTH = 10
RENEW_HOURS = 12.0  # the length of the windows
DATA, TRAIN = ("download", "refine"), ("train", "assemble", "rank")
WRITTEN = {"refine": "refined", "rank": "ranked"}  # folders of the last steps
SCHEMA = {
    "model": pl.String,
    "time_ms": pl.Int64,
    "score": pl.Float64,
    "source": pl.String,
    "segment": pl.String,
    "first_age_hours": pl.Float64,
    "mean_age_hours": pl.Float64,
    "newest_age_hours": pl.Float64,
}


def replay(place: Installation, file: Path, share: float, every: int, say: Callable[[str], None]) -> pl.DataFrame:
    """Train two releases and ask them before clicks from 5 October on, also without ranker and with a reversed one.

    Args:
        place: where the runs are.
        file: file of the portal clicks.
        share: share of the users.
        every: how many clicks apart the requests are.
        say: called with a line of progress.

    Returns:
        one row for each model and request, as ``SCHEMA``.
    """
    clicks, folders = clicks_of_users(file, share), dict[str, Path]()
    place.work.mkdir(parents=True, exist_ok=True)
    _steps(place, "all", of_days(clicks, FIRST, LAST), DATA)
    for name, until in RELEASES.items():
        run = name.replace(" ", "-")
        _steps(place, run, of_days(clicks, FIRST, until), (*DATA, *TRAIN))
        folders[name] = place.work / "data" / "news" / "ranked" / run / "release"
        say(f"{name}: trained on the days until {until}")
    settings = place.settings()
    params = find(settings, "news").params_in(settings)
    data = Dataset.load(place.work / "data" / "news" / "refined" / "all")
    stream = from_dataset(data)
    walk = Walk.towards(stream, BEGIN_MS, params, pace_in(folders[RELEASE]))
    issued = dict(zip(data.articles[c.ARTICLE_ID], data.issued_ms.tolist(), strict=True))
    places, rows = np.arange(place_after(stream, BEGIN_MS), len(stream.time_ms), every), []
    rankers = _rankers(folders)
    with TemporaryDirectory(prefix="pauta-renewed-") as scratch:
        renewal = Renewal(data, RENEW_HOURS, Path(scratch))
        for at_ms, some in renewal.periods(stream, places, BEGIN_MS):
            models = _models(folders, rankers, renewal, walk, params, at_ms)
            for request in walk.requests(some.tolist(), *models.values()):
                time_ms = int(stream.time_ms[request.place])
                query = replace(request.query, n=LENGTH, explore_slots=0)
                rows += [_row(name, model.answer(query), time_ms, issued) for name, model in models.items()]
            say(f"{len(rows):,} answers")
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _steps(place: Installation, run: str, clicks: pl.DataFrame, names: tuple[str, ...]) -> None:
    """Run the steps, unless an earlier start of the benchmark did."""
    if (place.work / "data" / "news" / WRITTEN[names[-1]] / run / "_manifest.json").is_file():
        return
    file = place.work / f"{run}.parquet"
    clicks.write_parquet(file)
    place.env |= {"PAUTA_SOURCE": "globo_clicks", "PAUTA_SOURCE_PATH": str(file)}
    place.steps(run, names)


def _rankers(folders: dict[str, Path]) -> dict[str, Ranker | None]:
    """By model its ranker."""
    found = {name: load_ranker(folder)[0] for name, folder in folders.items()}
    turn_rankers_round(folders[RELEASE])
    reverse = load_ranker(folders[RELEASE])[0]
    turn_rankers_round(folders[RELEASE])  # as it was
    return {**found, WITHOUT: None, REVERSED: reverse}


def _models(
    folders: dict[str, Path],
    rankers: dict[str, Ranker | None],
    renewal: Renewal,
    walk: Walk,
    params: NewsParams,
    at_ms: int,
) -> dict[str, LiveRecommender]:
    """The models as of a moment: each knows the articles until then, as in the scheduled evaluation."""
    begins = {RELEASE: BEGIN_MS, NEXT: NEXT_BEGIN_MS}
    renewed = {
        name: renewal.folder(folders[name], name, begin, at_ms) for name, begin in begins.items() if at_ms >= begin
    }
    found = {}
    for name, ranker in rankers.items():
        of = NEXT if name == NEXT else RELEASE
        if of in renewed:
            mixing = load_mixing(folders[of], params.serving)[0]
            found[name] = recommender_of(renewed[of], walk, at_ms, params, ranker, mixing)
    return found


def _row(name: str, answer: LiveAnswer, time_ms: int, issued: dict[str, int]) -> tuple[object, ...]:
    ages = [time_ms - issued.get(item.article_id, time_ms) for item in answer.items]
    hours = np.clip(np.array(ages, float) / HOUR_MS, 0, OLDEST_HOURS)
    score = answer.items[0].score if answer.items else None
    numbers = (float(hours[0]), float(hours.mean()), float(hours.min())) if len(hours) else (None,) * 3
    return name, time_ms, score, answer.source, answer.segment, *numbers
