"""Drift of reads, with the product's prediction limit as the floor and with quantiles of resampled windows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.drift import Window, windows_before
from pipelines.drift.columns import category_shift, number_shift
from pipelines.drift.measures import by_chance, counts_of_numbers, edges_of, stability_index
from pipelines.drift.shift import Level, Shift, level_of
from pipelines.drift.windows import others, usual_index
from script_shared.arrays import FloatArray, IntArray

HOUR_MS = 3_600_000
DAY = timedelta(days=1)
BEGIN, FIRST, LAST = (datetime(2017, 10, day, tzinfo=UTC) for day in (1, 6, 13))
STEP = timedelta(hours=12)
LEAST_WINDOWS = 3
CATEGORIES, NUMBERS = ("read.region", "read.device", "read.user"), ("read.article_age_hours",)
DRAWS, SURE = 400, 0.995
Floor = Callable[[IntArray, IntArray, np.random.Generator], float]


def none(windows: IntArray, now: IntArray, draw: np.random.Generator) -> float:
    """No floor but chance."""
    return 0.0


def prediction(windows: IntArray, now: IntArray, draw: np.random.Generator) -> float:
    """The product's floor: the upper prediction limit of the indices of each window compared with the others."""
    return usual_index(_among(windows))


def largest(windows: IntArray, now: IntArray, draw: np.random.Generator) -> float:
    """The largest of these indices."""
    return max(_among(windows), default=0.0)


def resampled(windows: IntArray, now: IntArray, draw: np.random.Generator) -> float:
    """The quantile of the indices of resampled windows.

    A window is drawn, and rows of it as many as there are now; of the other windows as many as there are, with
    replacement.
    """
    count = len(windows)
    chosen = draw.integers(count, size=DRAWS)
    others_of = (1 - np.eye(count)) / max(count - 1, 1)
    before = draw.multinomial(count - 1, others_of[chosen]) @ windows
    shares = windows / np.maximum(windows.sum(axis=1, keepdims=True), 1)
    rows = draw.multinomial(int(now.sum()), shares[chosen])
    return float(np.quantile([stability_index(*pair) for pair in zip(before, rows, strict=True)], SURE))


FLOORS: dict[str, Floor] = {
    "none": none,
    "prediction limit": prediction,
    "resampled windows": resampled,
    "largest of the windows": largest,
}


def _among(windows: IntArray) -> list[float]:
    return [stability_index(rest, each) for rest, each in zip(others(windows), windows, strict=True)]


@dataclass
class Case:
    """One newest window with its earlier ones.

    Attributes:
        name: name of the newest window.
        earlier: the rows of each earlier window.
        now: the rows of the newest window.
    """

    name: str
    earlier: Sequence[pl.DataFrame]
    now: pl.DataFrame


@dataclass
class Tally:
    """By floor, in how many cases at least one column is notable, and in how many one is large."""

    cases: int = 0
    notable: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FLOORS, 0))
    large: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FLOORS, 0))

    def add(self, found: dict[str, list[Level]]) -> None:
        """Add the levels of all columns of a case, by floor."""
        self.cases += 1
        for name, levels in found.items():
            self.notable[name] += any(level != "none" for level in levels)
            self.large[name] += "large" in levels


def reads(file: Path) -> pl.DataFrame:
    """The columns of the reads that the clicks have; publication is the first click."""
    clicks = pl.scan_parquet(file).select(
        time_ms=pl.col("click_timestamp").cast(pl.Int64),
        user=pl.col("user_id"),
        article=pl.col("click_article_id"),
        region=pl.col("click_region").cast(pl.String),
        device=pl.col("click_deviceGroup").cast(pl.String),
    )
    first = [pl.col("time_ms").min().over(name).alias(f"first_of_{name}") for name in ("user", "article")]
    return clicks.with_columns(first).sort("time_ms").collect()


def rows_of(table: pl.DataFrame, window: Window) -> pl.DataFrame:
    """One row per read of a window, with the names of the product's columns."""
    start, end = (round(1000 * each.timestamp()) for each in (window.start, window.end))
    return table.filter(pl.col("time_ms").is_between(start, end, closed="left")).select(
        pl.col("region").alias(CATEGORIES[0]),
        pl.col("device").alias(CATEGORIES[1]),
        pl.when(pl.col("first_of_user") >= start)
        .then(pl.lit("new"))
        .otherwise(pl.lit("returning"))
        .alias(CATEGORIES[2]),
        ((pl.col("time_ms") - pl.col("first_of_article")) / HOUR_MS).clip(0, 720).alias(NUMBERS[0]),
    )


def cases(table: pl.DataFrame) -> Iterator[Case]:
    """Windows of 24 hours that end at midnight and at noon, each with the earlier ones of the same kind of day."""
    end = FIRST
    while end <= LAST:
        newest = Window(end - DAY, end)
        earlier = windows_before(newest, BEGIN, newest.start)
        if len(earlier) >= LEAST_WINDOWS:
            yield Case(str(newest), [rows_of(table, each) for each in earlier], rows_of(table, newest))
        end += STEP


def levels(case: Case, draw: np.random.Generator) -> dict[str, list[Level]]:
    """By floor the level of each column."""
    before = pl.concat(case.earlier)
    found: dict[str, list[Level]] = {name: [] for name in FLOORS}
    for column in (*CATEGORIES, *NUMBERS):
        shift_of = number_shift if column in NUMBERS else category_shift
        shift = shift_of(column, before, case.now, used=True)
        windows, now = _counts(column, before, [*case.earlier, case.now])
        for name, floor in FLOORS.items():
            usual = max(by_chance(windows.sum(axis=0), now), floor(windows, now, draw))
            found[name].append(level_of(shift.index, usual, _distance(shift)))
    return found


def _distance(shift: Shift) -> float:
    return float(np.nan_to_num(shift.gap)) if shift.kind == "number" else 1.0


def _counts(column: str, before: pl.DataFrame, tables: Sequence[pl.DataFrame]) -> tuple[IntArray, IntArray]:
    """Counts of each earlier window, and of the newest one."""
    if column in NUMBERS:
        edges = edges_of(before[column].to_numpy())
        found = [counts_of_numbers(each[column].to_numpy(), edges) for each in tables]
    else:
        names = sorted(set().union(*(each[column].unique().to_list() for each in tables)))
        by_name = [dict(each[column].value_counts().iter_rows()) for each in tables]
        found = [np.array([each.get(name, 0) for name in names], np.int64) for each in by_name]
    return np.stack(found[:-1]), found[-1]


def planted(case: Case, kind: str) -> Case:
    """The case with a change in the newest window.

    Args:
        case: without one.
        kind: what changes, see ``PLANTED``.
    """
    now, draw = case.now, np.random.default_rng(5)
    share, column, value = PLANTED[kind]
    if column in NUMBERS:
        value = pl.Series(draw.uniform(48, 168, now.height))
    elif value is None:
        value = pl.lit(now[column].mode()[0])
    moved = pl.Series(draw.random(now.height) < share)
    return Case(
        case.name, case.earlier, now.with_columns(pl.when(moved).then(value).otherwise(pl.col(column)).alias(column))
    )


PLANTED: dict[str, tuple[float, str, object]] = {
    "15 % of the reads from one more region": (0.15, "read.region", pl.lit("another")),
    "40 % of the reads from the most frequent device": (0.4, "read.device", None),
    "80 % of the reads from the most frequent device": (0.8, "read.device", None),
    "40 % of the reads on articles older than two days": (0.4, "read.article_age_hours", None),
    "80 % of the reads on articles older than two days": (0.8, "read.article_age_hours", None),
}


def made(windows: int, shift: float, draw: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Counts of generated days that vary as a whole, and of a newest day with shifted shares."""
    mood = draw.normal(0, 0.35, (windows + 1, 10))
    mood[-1, 0] += shift
    shares: FloatArray = np.exp(mood) / np.exp(mood).sum(axis=1, keepdims=True)
    counts = np.stack([draw.multinomial(5_000, row) for row in shares])
    return counts[:-1], counts[-1]


def of_made_days(windows: int, shift: float, runs: int, seed: int = 3) -> dict[str, float]:
    """By floor, the share of generated newest days whose index is above floor and chance."""
    draw, above = np.random.default_rng(seed), dict.fromkeys(FLOORS, 0)
    for _ in range(runs):
        before, now = made(windows, shift, draw)
        index, chance = stability_index(before.sum(axis=0), now), by_chance(before.sum(axis=0), now)
        for name, floor in FLOORS.items():
            above[name] += index > max(chance, floor(before, now, draw))
    return {name: count / runs for name, count in above.items()}
