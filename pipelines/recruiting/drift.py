"""Drift of vacancies, applications and CVs: the newest quarter compared with the quarters before it."""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from pipelines.drift import Drift, combine, compare
from pipelines.drift.languages import languages
from pipelines.recruiting.tables.reading import Tables

DAYS = 90  # of a window
LEAST_ROWS = 20  # of a window that is compared
SAMPLE = 4_000  # CVs of a window, drawn by seed: language and terms of each are computed
Columns = dict[str, Sequence[str]]
KINDS: dict[str, Columns] = {
    "vacancies": {
        "categories": (
            "vacancies.level",
            "vacancies.academic",
            "vacancies.english",
            "vacancies.state",
            "vacancies.language",
        ),
        "texts": ("vacancies.title", "vacancies.description"),
    },
    "applications": {"categories": ("applications.status",)},
    "candidates": {
        "categories": ("candidates.level", "candidates.academic", "candidates.english", "candidates.language"),
        "texts": ("candidates.title", "candidates.cv_text"),
    },
}
DAY_OF = {"vacancies": "asked_on", "applications": "applied_on", "candidates": "applied_on"}
LANGUAGE_OF = {"vacancies": "description", "candidates": "cv_text"}
NOT_USED = ("applications.status", "vacancies.language", "candidates.language")  # by the models, as features


def drifts_of(tables: Tables) -> dict[str, Drift]:
    """``long_term``: compared with all quarters before; ``short_term``: with the quarter before. Empty without one.

    A candidate counts in each quarter in which they applied.
    """
    parts = _parts(tables)
    newest = parts["applications"]["day"].max()
    if not isinstance(newest, date):
        return {}
    long_term = [_compare_quarters(name, table, newest, None) for name, table in parts.items()]
    short_term = [_compare_quarters(name, table, newest, 1) for name, table in parts.items()]
    every = {"long_term": long_term, "short_term": short_term}
    return {name: combine(*found) for name, drifts in every.items() if (found := [each for each in drifts if each])}


def _parts(tables: Tables) -> dict[str, pl.DataFrame]:
    """The rows of each table with their day, with the columns' names in the report."""
    people = tables.applications.select("candidate_id", "applied_on").join(tables.candidates, on="candidate_id")
    rows = {"vacancies": tables.vacancies, "applications": tables.applications, "candidates": people}
    return {
        name: table.with_columns(pl.col(DAY_OF[name]).alias("day")).drop_nulls("day").rename(
            {column: f"{name}.{column}" for column in table.columns}
        )
        for name, table in rows.items()
    }  # fmt: skip


def _compare_quarters(name: str, table: pl.DataFrame, newest: date, quarters: int | None) -> Drift | None:
    """The newest quarter compared with the quarters before it, or with so many of them; None if a side is too small."""
    now = _window(name, table, newest, 0)
    begin = table["day"].min()
    windows: list[pl.DataFrame] = []
    while isinstance(begin, date) and (quarters is None or len(windows) < quarters):
        place = len(windows) + 1
        if newest - timedelta(days=place * DAYS) < begin:
            break
        windows.append(_window(name, table, newest, place))
    windows = [each for each in windows if each.height >= LEAST_ROWS]
    if now.height < LEAST_ROWS or not windows:
        return None
    columns = KINDS[name]
    used = [column for chosen in columns.values() for column in chosen if column not in NOT_USED]
    first = newest - timedelta(days=DAYS - 1)
    return compare(
        pl.concat(windows),
        now,
        names=(f"the {len(windows)} quarters before" if quarters is None else "the quarter before", f"{first} on"),
        used=used,
        windows=windows if len(windows) > 2 else (),
        **columns,
    )


def _window(name: str, table: pl.DataFrame, newest: date, place: int) -> pl.DataFrame:
    """The rows of a quarter, 0 for the newest; a sample of them if their texts are read."""
    last = newest - timedelta(days=place * DAYS)
    rows = table.filter(pl.col("day").is_between(last - timedelta(days=DAYS), last, closed="right"))
    if name not in LANGUAGE_OF:
        return rows
    rows = rows.sample(min(rows.height, SAMPLE), seed=7)
    text = rows[f"{name}.{LANGUAGE_OF[name]}"].replace("", None)
    return rows.with_columns(languages(text).alias(f"{name}.language"))
