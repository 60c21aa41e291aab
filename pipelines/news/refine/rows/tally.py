"""Collects and counts the rows that refine keeps and rejects, part by part."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipelines.news import columns as c
from pipelines.news.tables import REJECTED_TYPES
from script_shared.events import ErasedUsers


@dataclass
class Tally:
    """Kept rows and rejected rows; input rows = kept + rejected, always.

    What erased users did is in none of them; ``erased`` counts these users.
    """

    kept: list[pl.DataFrame] = field(default_factory=list)
    rejected: list[pl.DataFrame] = field(default_factory=list)
    clipped: Counter[str] = field(default_factory=Counter)
    input_rows: int = 0
    erased: int = 0

    def add(self, input_rows: int, kept: pl.DataFrame, rejected: pl.DataFrame) -> None:
        self.input_rows += input_rows
        self.kept.append(kept)
        if rejected.height:
            self.rejected.append(rejected)

    def refuse(self, rejected: pl.DataFrame) -> None:
        """Add rows of which nothing is kept."""
        self.input_rows += rejected.height
        if rejected.height:
            self.rejected.append(rejected)

    def rejected_table(self) -> pl.DataFrame:
        """All rejected rows."""
        return pl.concat([pl.DataFrame(schema=REJECTED_TYPES), *self.rejected])

    def facts(self) -> dict[str, Any]:
        """Counts for people: input rows, rejected rows by reason, values cut by column."""
        rejected = self.rejected_table()
        by_reason = rejected[c.REASON].value_counts(sort=True).rows()
        return {
            "input_rows": self.input_rows,
            "rejected_rows": rejected.height,
            "rejected_by_reason": dict(by_reason),
            "clipped_values": dict(self.clipped),
            "erased_left_out": self.erased,
        }


def without_erased(rows: pl.DataFrame, column: str, erased: ErasedUsers, tally: Tally) -> pl.DataFrame:
    """The rows of users who were not erased; the others are counted by user.

    Args:
        rows: of any table.
        column: of the user's id.
        erased: who was erased.
        tally: takes the number of users that were left out.

    Returns:
        the rows that stay, in their order.
    """
    if not erased:
        return rows
    ids = rows[column].unique()
    gone = ids.filter(pl.Series(erased.among(ids.cast(pl.String))))
    tally.erased += len(gone)
    return rows.filter(~pl.col(column).is_in(gone.implode())) if len(gone) else rows
