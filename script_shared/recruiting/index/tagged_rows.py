"""Which row of an index each entry has, and which rows have the tags of a filter."""

import numpy as np

from script_shared.arrays import Int64s
from script_shared.recruiting.index.base import Tags, Where


class TaggedRows:
    """Ids and tags by row.

    Attributes:
        rows: the row of each entry, by id.
        ids: the entry that has, or last had, a row.
        tags: those of that entry.
    """

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.ids: list[str] = []
        self.tags: list[Tags] = []
        self._tagged: dict[tuple[str, str], list[int]] = {}

    def note(self, name: str, tags: Tags, row: int) -> None:
        """An entry is in a row from now on.

        Args:
            name: id of the entry.
            tags: of the entry.
            row: one that was used before, or the next one.
        """
        self.rows[name] = row
        if row == len(self.ids):
            self.ids.append(name)
            self.tags.append({})
        before, self.ids[row], self.tags[row] = _pairs(self.tags[row]), name, tags
        for pair in before - _pairs(tags):
            self._tagged[pair].remove(row)
        for pair in _pairs(tags) - before:
            self._tagged.setdefault(pair, []).append(row)

    def rows_with(self, where: Where) -> Int64s | None:
        """Rows whose tags pass a filter, those of deleted entries included.

        Args:
            where: for each name the values of which an entry must have one.

        Returns:
            int64, ascending; None for all rows.
        """
        rows: Int64s | None = None
        for name, values in where.items():
            parts = [self._tagged.get((name, value), []) for value in values]
            having = np.unique(np.asarray([row for part in parts for row in part], np.int64))
            rows = having if rows is None else np.intersect1d(rows, having, assume_unique=True)
        return rows


def _pairs(tags: Tags) -> set[tuple[str, str]]:
    return {(name, value) for name, values in tags.items() for value in values}
