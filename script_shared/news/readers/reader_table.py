"""The users of a release: their ids, login flags and reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from script_shared.algorithms.histories import Batch, Histories
from script_shared.arrays import Bools, IdIndex, Int64s, load_array, save_arrays
from script_shared.mapped_files import FileRows, note_scattered


@dataclass(frozen=True)
class ReaderTable:
    """n users; a user's row is the same in every part of a release.

    Attributes:
        ids: of each user.
        logged: bool (n); whether the user logs in.
        histories: what each read until the moment the release is as of.
    """

    ids: IdIndex
    logged: Bools
    histories: Histories

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def reads(self) -> Int64s:
        """int64 (n): reads of each user."""
        return self.histories.counts

    def read_by(self, name: str) -> list[int]:
        """Rows of the articles that a user read, oldest first; none of an unknown user.

        Args:
            name: id of the user, or the name of a visit.
        """
        row = self.ids.row(name)
        if row < 0:
            return []
        found: list[int] = self._history(row).article.tolist()
        return found

    def batch(self, rows: Int64s) -> Batch:
        """Known users by row.

        Args:
            rows: int64 (n), -1 for an unknown user.
        """
        return Batch(rows, self.histories.take(rows))

    def one(self, row: int, extra: Sequence[int], now_ms: int) -> Batch:
        """A batch of one user, with reads of the request joined to the known ones.

        Args:
            row: the user's row, -1 when unknown.
            extra: article rows read besides, oldest first; counted as read now, with the user's mean engagement.
            now_ms: epoch milliseconds, UTC.
        """
        known = Batch(np.array([row]), self._history(row))
        if not extra:
            return known
        old = known.histories
        mean = float(old.engagement.mean(dtype=np.float64)) if len(old.engagement) else 1.0
        joined = Histories(
            np.array([0, len(old.article) + len(extra)]),
            np.concatenate([old.article, np.array(extra, np.uint32)]),
            np.concatenate([old.time_s, np.full(len(extra), now_ms // 1000, np.uint32)]),
            np.concatenate([old.engagement, np.full(len(extra), mean, old.engagement.dtype)]),
        )
        return Batch(known.rows, joined, fresh=True)

    @cached_property
    def _columns(self) -> tuple[FileRows, FileRows, FileRows]:
        reads = self.histories
        return FileRows(reads.article), FileRows(reads.time_s), FileRows(reads.engagement)

    @cached_property
    def _latest(self) -> list[tuple[int, Histories]]:
        return [(-1, Histories.empty(1))]

    def _history(self, row: int) -> Histories:
        """What one user read, from the files; nothing for row -1. The user of the latest call is remembered."""
        last, found = self._latest[0]
        if last != row:
            first, stop = self.histories.offsets[row : row + 2].tolist() if row >= 0 else (0, 0)
            found = Histories(np.array([0, stop - first]), *(column.read(first, stop) for column in self._columns))
            self._latest[0] = row, found
        return found

    def save(self, folder: Path) -> None:
        """Write it into a folder, which ``load`` reads; engagement is rounded to float16.

        Args:
            folder: made when missing.
        """
        self.ids.save(folder, "ids")
        reads = self.histories
        arrays = {"offsets": reads.offsets, "article": reads.article, "time_s": reads.time_s}
        save_arrays(
            folder, {**arrays, "engagement": reads.engagement.astype(np.float16), "logged": self.logged.astype(bool)}
        )

    @classmethod
    def load(cls, folder: Path) -> "ReaderTable":
        """Map saved users into memory.

        Args:
            folder: where it was saved.

        Raises:
            ReleaseCorruptError: a file is missing or damaged.
        """
        names = ("offsets", "article", "time_s", "engagement")
        offsets, *reads = (load_array(folder, name) for name in names)
        ids = IdIndex.load(folder, "ids", scattered=True)
        note_scattered(ids.ids.block, *reads)
        table = cls(ids, load_array(folder, "logged"), Histories(offsets, *reads))
        table._columns  # noqa: B018  opens the files now, because they may be removed while they are mapped
        return table
