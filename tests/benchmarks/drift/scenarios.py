"""False alarms and power of the comparisons of answers, on the windows of a replay."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from pipelines.drift import Drift, Window, compare, windows_before
from pipelines.news.evaluation.answers import CATEGORIES, NUMBERS, drifts_of_answers
from tests.benchmarks.drift.answers import BEGIN_MS, NEXT, NEXT_BEGIN_MS, RELEASE, REVERSED, WITHOUT

LENGTH = timedelta(hours=12)
BEGIN = datetime.fromtimestamp(BEGIN_MS / 1000, UTC)
END = datetime(2017, 10, 14, tzinfo=UTC)
NEXT_BEGIN = datetime.fromtimestamp(NEXT_BEGIN_MS / 1000, UTC)  # it learned from the days before
ANSWERS = {"score": NUMBERS[0], "mean_age_hours": NUMBERS[1], "newest_age_hours": NUMBERS[2]}
ANSWERS |= {"source": CATEGORIES[0], "segment": CATEGORIES[1]}
SERVED = {"first_age_hours": "served.article_age_hours", "mean_age_hours": "served.mean_age_hours"}
SERVED |= {"segment": "served.segment", "source": "served.source"}
Plant = Callable[[dict[str, pl.DataFrame]], pl.DataFrame]


def _by(model: str) -> Plant:
    return lambda tables: tables[model]


def _part(model: str, share: float) -> Plant:
    """A share of the answers by another model."""

    def plant(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
        other = np.random.default_rng(7).random(tables[RELEASE].height) < share
        return pl.concat([tables[RELEASE].filter(pl.Series(~other)), tables[model].filter(pl.Series(other))])

    return plant


def _older(hours: float) -> Plant:
    ages = ("first_age_hours", "mean_age_hours", "newest_age_hours")
    return lambda tables: tables[RELEASE].with_columns(pl.col(name) + hours for name in ages)


def _logged_out(share: float) -> Plant:
    """A share of the logged-in readers is no longer recognised."""

    def plant(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
        lost = np.random.default_rng(7).random(tables[RELEASE].height) < share
        segment = pl.when(pl.Series(lost)).then(pl.lit("anonymous")).otherwise(pl.col("segment"))
        return tables[RELEASE].with_columns(segment=segment)

    return plant


CHANGED = "the next release answers"
PLANTED: dict[str, Plant] = {
    "nothing": _by(RELEASE),
    CHANGED: _by(NEXT),
    "no ranker": _by(WITHOUT),
    "no ranker in a third of the answers": _part(WITHOUT, 1 / 3),
    "the ranker is reversed": _by(REVERSED),
    "articles 6 hours older": _older(6),
    "articles a day older": _older(24),
    "half of the readers are not recognised": _logged_out(0.5),
    "no reader is recognised": _logged_out(1.0),
}


@dataclass
class Found:
    """For one planted change: windows, those with a notable or a large column, and how often each column is that."""

    windows: int = 0
    notable: int = 0
    large: int = 0
    columns: dict[str, int] = field(default_factory=dict)

    def add(self, drift: Drift) -> None:
        """Add the comparison of a window."""
        notable, large = drift.columns("notable"), drift.columns("large")
        self.windows += 1
        self.notable += bool(notable or large)
        self.large += bool(large)
        for name in [f"{each} notable" for each in notable] + [f"{each} large" for each in large]:
            self.columns[name] = self.columns.get(name, 0) + 1


def _knows_the_future(name: str, window: Window) -> bool:
    """Whether the window has clicks that the next release learned from."""
    return name == CHANGED and window.start < NEXT_BEGIN


def of_answers(rows: pl.DataFrame) -> dict[str, Found]:
    """Windows of 12 hours, compared as the scheduled evaluation compares them."""
    windows, found = list(_windows(LENGTH, LENGTH)), {name: Found() for name in PLANTED}
    with TemporaryDirectory(prefix="pauta-drift-") as scratch:
        for name, plant in PLANTED.items():
            for place, window in enumerate(windows):
                if _knows_the_future(name, window):
                    continue
                drift = _answers_drift(Path(scratch), rows, windows[:place], window, plant)
                if drift is not None:
                    found[name].add(drift)
    return found


def _answers_drift(
    scratch: Path, rows: pl.DataFrame, earlier: Sequence[Window], newest: Window, plant: Plant
) -> Drift | None:
    """The long-term comparison; the tables of earlier windows are kept between calls."""
    folder = scratch / "kept"
    for window in earlier:
        _write(folder, _named(_tables(rows, window)[RELEASE], ANSWERS), window)
    now = _named(plant(_tables(rows, newest)), ANSWERS)
    start, end = _ms(newest)
    found = drifts_of_answers(folder, now, "planted", start, end).get("served_long_term")
    for path in folder.glob("*_planted.parquet"):
        path.unlink()
    return found


def of_served(rows: pl.DataFrame) -> dict[str, Found]:
    """Windows of 24 hours that end at midnight and noon, compared as a data run compares served lists."""
    found = {name: Found() for name in PLANTED}
    for newest in _windows(timedelta(days=1), timedelta(hours=12)):
        earlier = [_tables(rows, each)[RELEASE] for each in windows_before(newest, BEGIN, newest.start)]
        if len(earlier) < 3:
            continue
        frames = [_named(each, SERVED) for each in earlier]
        for name, plant in PLANTED.items():
            if _knows_the_future(name, newest):
                continue
            now = _named(plant(_tables(rows, newest)), SERVED)
            drift = compare(
                pl.concat(frames),
                now,
                names=("before", str(newest)),
                numbers=[each for each in SERVED.values() if each.endswith("hours")],
                categories=[each for each in SERVED.values() if not each.endswith("hours")],
                windows=frames,
            )
            found[name].add(drift)
    return found


def _windows(length: timedelta, step: timedelta) -> Iterator[Window]:
    start = BEGIN
    while start + length <= END:
        yield Window(start, start + length)
        start += step


def _tables(rows: pl.DataFrame, window: Window) -> dict[str, pl.DataFrame]:
    start, end = _ms(window)
    within = rows.filter(pl.col("time_ms").is_between(start, end, closed="left"))
    return {
        str(name[0]): table for name, table in within.partition_by("model", as_dict=True, maintain_order=True).items()
    }


def _named(table: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
    return table.select(pl.col(name).alias(column) for name, column in names.items())


def _write(folder: Path, table: pl.DataFrame, window: Window) -> None:
    start, end = _ms(window)
    path = folder / f"{start}_{end}_usual.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        table.write_parquet(path)


def _ms(window: Window) -> tuple[int, int]:
    return round(1000 * window.start.timestamp()), round(1000 * window.end.timestamp())
