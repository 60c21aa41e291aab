"""The refined tables of a run."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.recruiting.tables.columns import APPLICATIONS, CANDIDATES, VACANCIES


@dataclass(frozen=True)
class Tables:
    """The refined tables, under the columns of ``columns.py``."""

    vacancies: pl.DataFrame
    candidates: pl.DataFrame
    applications: pl.DataFrame


def read_tables(folder: Path) -> Tables:
    """The tables in a folder of the step refine.

    Args:
        folder: of the step refine.
    """
    return Tables(*(pl.read_parquet(folder / name, glob=False) for name in (VACANCIES, CANDIDATES, APPLICATIONS)))
