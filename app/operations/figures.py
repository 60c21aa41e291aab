"""Figures of releases and runs, from the tables that evaluations write."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from app.metrics.evaluation_file import EvaluationFile, Row
from script_shared.plots import Plot, Series
from script_shared.use_cases import FIRST

CANDIDATE = "candidate"
PREFERRED = ("ndcg", "macro_f1", "auc_lagging", "ap")


class Measure(NamedTuple):
    """A measure of the tables; its text names it in addresses.

    >>> str(Measure("replay", "ndcg", 10)), str(Measure("batch", "macro_f1", 0))
    ('replay ndcg@10', 'batch macro_f1')
    """

    protocol: str
    metric: str
    cutoff: int

    def __str__(self) -> str:
        return f"{self.protocol} {self.metric}" + (f"@{self.cutoff}" if self.cutoff else "")


@lru_cache(64)
def _table(folder: Path) -> EvaluationFile:
    return EvaluationFile(folder)


def rows_of(folder: Path, use_case: str) -> list[Row]:
    """All rows of a use case, oldest first; of the first use case from the folder itself, of others from their own.

    Args:
        folder: of evaluations.
        use_case: its name.

    Raises:
        UnavailableError: the table cannot be read.
    """
    own = _table(folder / use_case).rows()
    return own or (_table(folder).rows() if use_case == FIRST else [])


def measures_in(rows: Iterable[Row]) -> list[Measure]:
    """The measures of candidates, the one that says most first.

    Args:
        rows: of a use case.
    """
    found = dict.fromkeys(measure_of(row) for row in rows if row["model"] == CANDIDATE and row["value"] is not None)
    return sorted(found, key=lambda each: (each.protocol != "replay", _rank(each.metric), -each.cutoff))


def measure_of(row: Row) -> Measure:
    """The measure of a row."""
    return Measure(str(row["protocol"]), str(row["metric"]), int(row["cutoff"] or 0))


def by_run(rows: Iterable[Row], runs: Sequence[str]) -> dict[tuple[str, Measure, str], Row]:
    """The candidates' rows of some runs.

    Args:
        rows: of a use case.
        runs: ids of the runs.

    Returns:
        Each row by run, measure and segment.
    """
    wanted = set(runs)
    return {
        (str(row["run_id"]), measure_of(row), str(row["segment"])): row
        for row in rows
        if row["model"] == CANDIDATE and row["run_id"] in wanted
    }


def segments_in(rows: Iterable[Row]) -> list[str]:
    """The segments of candidates in the order of the table.

    Args:
        rows: of a use case.
    """
    return list(dict.fromkeys(str(row["segment"]) for row in rows if row["model"] == CANDIDATE))


def comparison_plot(title: str, over: str, rows: Sequence[Row], runs: dict[str, str], measure: Measure) -> Plot:
    """A measure by segment, one bar with its interval for each release.

    Args:
        title: what the plot shows.
        over: header of the segments.
        rows: of the use case.
        measure: that is drawn.
        runs: name in the key by run, in the order of the bars.
    """
    found = by_run(rows, list(runs))
    segments = [each for each in segments_in(rows) if any((run, measure, each) in found for run in runs)]
    series = []
    for run, name in runs.items():
        of_run = [found.get((run, measure, segment)) for segment in segments]
        values, low, high = (_column(of_run, part) for part in ("value", "low", "high"))
        series.append(Series(name, values, low, high))
    return Plot("bars", title, over, segments, series)


def _column(rows: Sequence[Row | None], name: str) -> list[float | None]:
    return [None if row is None else row[name] for row in rows]


def _rank(metric: str) -> int:
    return PREFERRED.index(metric) if metric in PREFERRED else len(PREFERRED)
