"""The answers of a release in a replay: score, source, segment and age of what it shows, and how these move."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from pipelines.drift import Drift, compare
from pipelines.news import columns as c
from pipelines.news.dataset import Dataset
from pipelines.news.replay.sampling import SampledClicks
from pipelines.news.replay.stream import Stream
from pipelines.news.replay.walk import Request
from script_shared.clock import HOUR_MS
from script_shared.news.ranking.query import LiveAnswer

FOLDER = "answers"  # in the folder of evaluations of news
NUMBERS = ("answer.score", "answer.article_age_hours", "answer.newest_age_hours")
CATEGORIES = ("answer.source", "answer.segment")
USED = (*NUMBERS, *CATEGORIES)  # large drift of one of these may start a training
RELEASE = "release"  # column of the kept tables
OLDEST_HOURS = 30 * 24.0
LEAST_WINDOWS = 3  # with fewer, the usual difference is unknown
ENOUGH = 4  # windows at the same hours of the day that need no others
KEPT = 120  # tables; a month of evaluations every six hours
DAY_MS = 24 * HOUR_MS


class Answers:
    """The answers of one model of a replay, one row for each.

    Args:
        data: of the run, with the publication of each article.

    Attributes:
        table: after ``finish``, rows drawn so that each represents as many clicks as any other.
        sources: the source of each answer, in the order of the clicks.
    """

    def __init__(self, data: Dataset) -> None:
        self._issued = dict(zip(data.articles[c.ARTICLE_ID], data.issued_ms.tolist(), strict=True))
        self._noted: list[tuple[LiveAnswer, int]] = []
        self.table = pl.DataFrame()

    @property
    def sources(self) -> list[str]:
        """The source of each answer."""
        return [answer.source for answer, _ in self._noted]

    def note(self, request: Request, answer: LiveAnswer) -> None:
        """Take the answer to the request before a click."""
        self._noted.append((answer, request.place))

    def finish(self, stream: Stream, drawn: SampledClicks, seed: int) -> None:
        """Make the table: segments were drawn alike, so rows are drawn again by the clicks that they represent."""
        times = stream.time_ms[[place for _, place in self._noted]] if self._noted else np.zeros(0, np.int64)
        rows = [self._row(answer, int(time)) for (answer, _), time in zip(self._noted, times, strict=True)]
        names = (*NUMBERS, *CATEGORIES)
        schema = dict.fromkeys(NUMBERS, pl.Float64) | dict.fromkeys(CATEGORIES, pl.String)
        table = pl.DataFrame(rows, schema={name: schema[name] for name in names}, orient="row")
        if len(rows):
            weights = drawn.weights / drawn.weights.sum()
            table = table[np.random.default_rng(seed).choice(len(rows), len(rows), p=weights)]
        self.table = table

    def _row(self, answer: LiveAnswer, time_ms: int) -> tuple[float | None, ...] | tuple[object, ...]:
        ages = [time_ms - self._issued.get(item.article_id, time_ms) for item in answer.items]
        hours = np.clip(np.array(ages, float) / HOUR_MS, 0, OLDEST_HOURS)
        if not len(hours):
            return None, None, None, answer.source, answer.segment
        return answer.items[0].score, float(hours.mean()), float(hours.min()), answer.source, answer.segment


def drifts_of_answers(
    folder: Path, now: pl.DataFrame, run_id: str, start_ms: int, end_ms: int, release: str = ""
) -> dict[str, Drift]:
    """How far the answers of a window differ from those of earlier ones; keeps the table for later comparisons.

    Another release may answer from other sources without any harm. So only a comparison with windows of the same
    release has columns that are marked as used, which may start a training.

    Args:
        folder: where the tables are.
        now: the answers of the newest window, as ``Answers.table``.
        run_id: of the evaluation, which names its table.
        start_ms, end_ms: of the window, epoch milliseconds.
        release: which answered; "" if that is not known.

    Returns:
        ``served_long_term`` (compared with earlier windows that do not overlap: of the same release if there are
        enough, and of these at the same hours of the day if there are enough) and ``served_short_term`` (with the one
        before); none with fewer than three.
    """
    earlier = _earlier(folder, run_id, start_ms)
    _keep(folder, now.with_columns(pl.lit(release).alias(RELEASE)), run_id, start_ms, end_ms)
    if len(earlier) < LEAST_WINDOWS or not now.height:
        return {}
    name = f"{_text(start_ms)} to {_text(end_ms)} UTC"
    mine = [each for each in earlier if release and each.release == release]
    own = len(mine) >= LEAST_WINDOWS
    known = mine if own else earlier
    alike = [each for each in known if (start_ms - each.start_ms) % DAY_MS < HOUR_MS]
    windows = [each.table for each in (alike if len(alike) >= ENOUGH else known)]
    whole = f"{len(windows)} windows{f' of release {release}' if own else ''} before", name
    last = f"the window from {_text(earlier[0].start_ms)} on", name
    return {
        "served_long_term": _compare_lists(pl.concat(windows), now, whole, windows, USED if own else ()),
        "served_short_term": _compare_lists(earlier[0].table, now, last),
    }


def _compare_lists(
    before: pl.DataFrame,
    now: pl.DataFrame,
    names: tuple[str, str],
    windows: Sequence[pl.DataFrame] = (),
    used: Sequence[str] = (),
) -> Drift:
    return compare(before, now, names=names, numbers=NUMBERS, categories=CATEGORIES, used=used, windows=windows)


class _Earlier(NamedTuple):
    start_ms: int
    release: str
    table: pl.DataFrame


def _earlier(folder: Path, run_id: str, start_ms: int) -> list[_Earlier]:
    """The answers of earlier windows that do not overlap, the latest first."""
    found: list[_Earlier] = []
    until = start_ms
    for begin, end, path in sorted(_windows(folder), reverse=True):
        if end <= until and path.stem.split("_", 2)[2] != run_id:
            table = pl.read_parquet(path, glob=False)
            if table.height:
                release = str(table[RELEASE][0]) if RELEASE in table.columns else ""
                found.append(_Earlier(begin, release, table.select(*NUMBERS, *CATEGORIES)))
                until = begin
    return found


def _windows(folder: Path) -> list[tuple[int, int, Path]]:
    found = []
    for path in folder.glob("*_*_*.parquet"):
        begin, end, _ = path.stem.split("_", 2)
        if begin.isdecimal() and end.isdecimal():
            found.append((int(begin), int(end), path))
    return found


def _keep(folder: Path, table: pl.DataFrame, run_id: str, start_ms: int, end_ms: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{start_ms}_{end_ms}_{run_id}.parquet"
    partial = path.with_name(f".{path.name}.partial")
    table.write_parquet(partial)
    partial.replace(path)
    for _, _, old in sorted(_windows(folder), reverse=True)[KEPT:]:
        old.unlink(missing_ok=True)


def _text(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M}"
