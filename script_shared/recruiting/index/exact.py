"""The exact index: all vectors in one matrix, mapped from the release; later entries are kept beside it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock

import numpy as np

from script_shared.arrays import FloatArray, IntArray
from script_shared.recruiting.index.base import Entry, Neighbour, Where, no_entry, require_version, require_width
from script_shared.recruiting.index.highest import highest
from script_shared.recruiting.index.saved_index import SavedIndex, read_index, write_index
from script_shared.recruiting.index.tagged_rows import TaggedRows

ROOM = 256  # rows that there is room for when the first one is added


class ExactIndex:
    """Compares the target with every vector.

    Added rows are overwritten: by a new vector of their entry, or by another entry after theirs was deleted. A query
    runs again if that happened meanwhile. Rows of the release are never overwritten; ``save`` leaves out dead ones.
    """

    def __init__(self, width: int, encoder: str, base: FloatArray | None = None) -> None:
        self.encoder, self.width, self.version = encoder, width, 0
        self._base = base if base is not None else np.zeros((0, width), np.float32)
        self._more = np.zeros((0, width), np.float32)
        self._length = len(self._base)
        self._alive = np.ones(self._length, bool)
        self._entries = TaggedRows()
        self._rows = self._entries.rows
        self._free: list[int] = []  # added rows whose entry was deleted
        self._rewrites = 0
        self._lock = Lock()

    def upsert(self, entries: Sequence[Entry], encoder: str) -> None:
        """Add entries, or replace those of the same id.

        Args:
            entries: with vectors of length 1.
            encoder: name of their encoder.

        Raises:
            RequestError: they are of another encoder or width than the index.
        """
        require_version(self.encoder, encoder)
        for entry in entries:
            require_width(self.width, len(entry.vector))
        with self._lock:
            self._make_room(len(entries))
            rows = [self._write(entry) for entry in entries]
            self.version += 1
            self._on_add(dict(zip(rows, (entry.vector for entry in entries), strict=True)))

    def _write(self, entry: Entry) -> int:
        """Write an entry into its own row, a free row or a new row; returns the row."""
        old = self._rows.get(entry.id, -1)
        row = old
        if old < len(self._base):  # no row, or a row of the release
            row = self._free.pop() if self._free else self._length
        if old >= 0 and row != old:
            self._alive[old] = False
            self._on_remove([old])
        written = row < self._length
        self._rewrites += written
        self._more[row - len(self._base)] = entry.vector
        self._entries.note(entry.id, entry.tags, row)
        self._alive[row] = True
        self._length += not written
        self._rewrites += written
        return row

    def _on_add(self, vectors: Mapping[int, FloatArray]) -> None:
        """Hook of an index that keeps more than the matrix: these rows were written."""

    def _on_remove(self, rows: Sequence[int]) -> None:
        """Hook of an index that keeps more than the matrix: these rows are dead."""

    def _make_room(self, count: int) -> None:
        needed = self._length + count - len(self._base)
        if needed > len(self._more):
            more = np.zeros((max(ROOM, 2 * needed), self.width), np.float32)
            more[: len(self._more)] = self._more
            alive = np.zeros(len(self._base) + len(more), bool)
            alive[: len(self._alive)] = self._alive
            self._more, self._alive = more, alive

    def delete(self, ids: Sequence[str]) -> int:
        """Remove entries; how many there were.

        Args:
            ids: unknown ones are ignored.
        """
        with self._lock:
            rows = [self._rows.pop(name) for name in ids if name in self._rows]
            self._alive[rows] = False
            self._on_remove(rows)
            self._free += [row for row in rows if row >= len(self._base)]
            self.version += bool(rows)
        return len(rows)

    def vector(self, name: str) -> FloatArray:
        """(width) the vector of an entry.

        Args:
            name: id of the entry.

        Returns:
            float (width), of length 1.

        Raises:
            RequestError: there is none.
        """
        if name not in self._rows:
            raise no_entry()
        return self._at(self._rows[name])

    def _at(self, row: int) -> FloatArray:
        within = row - len(self._base)
        found: FloatArray = self._base[row] if within < 0 else self._more[within]
        return found

    def query(
        self, target: FloatArray | str, k: int, where: Where | None = None, encoder: str | None = None
    ) -> list[Neighbour]:
        """The k nearest entries, nearest first; see ``VectorIndex``.

        Args:
            target: float (width), or the id of an entry, which is then left out of its answer.
            k: neighbours at most.
            where: values that an entry must have, by name; None for all entries.
            encoder: name of the vector's encoder; None if it is known to be the index's.
        """
        before = self._rewrites
        found = self._answer(target, k, where, encoder)
        if self._rewrites == before and not before % 2:  # odd while a row is written
            return found
        with self._lock:
            return self._answer(target, k, where, encoder)

    def _answer(self, target: FloatArray | str, k: int, where: Where | None, encoder: str | None) -> list[Neighbour]:
        own = -1
        if isinstance(target, str):
            vector = self.vector(target)
            own = self._rows[target]
        else:
            require_version(self.encoder, encoder)
            require_width(self.width, len(target))
            vector = target
        found = self._nearest(np.asarray(vector, np.float32), k + (own >= 0), self._fitting(where))
        return [Neighbour(self._entries.ids[row], float(alike)) for row, alike in found if row != own][:k]

    def _fitting(self, where: Where | None) -> IntArray | None:
        """Rows that a filter leaves, None for all."""
        rows = self._entries.rows_with(where or {})
        return None if rows is None else rows[self._alive[rows]]

    def _nearest(self, vector: FloatArray, k: int, rows: IntArray | None) -> list[tuple[int, float]]:
        alike = self._compare_all(vector) if rows is None else self._take(rows) @ vector
        best = highest(alike, k)
        found = best if rows is None else rows[best]
        return [pair for pair in zip(found.tolist(), alike[best].tolist(), strict=True) if pair[1] > -np.inf]

    def _compare_all(self, vector: FloatArray) -> FloatArray:
        """(rows) similarity of each row, -inf of dead ones."""
        length, first = self._length, len(self._base)
        alike = np.empty(length, np.float32)
        np.dot(self._base, vector, out=alike[:first])
        np.dot(self._more[: length - first], vector, out=alike[first:])
        alive = self._alive[:length]
        if not alive.all():
            alike[~alive] = -np.inf
        return alike

    def _take(self, rows: IntArray) -> FloatArray:
        first = len(self._base)
        found = np.empty((len(rows), self.width), np.float32)
        old = rows < first
        found[old] = self._base[rows[old]]
        found[~old] = self._more[rows[~old] - first]
        return found

    def count(self, where: Where | None = None) -> int:
        """Entries, or those that fit.

        Args:
            where: values that an entry must have, by name; None for all entries.
        """
        fitting = self._fitting(where)
        return len(self._rows) if fitting is None else len(fitting)

    def entries(self) -> Iterator[Entry]:
        """All entries, in no particular order."""
        for name, row in list(self._rows.items()):
            yield Entry(name, self._at(row), self._entries.tags[row])

    def has(self, name: str) -> bool:
        """Whether the index has an entry of this id.

        Args:
            name: id of the entry.
        """
        return name in self._rows

    def save(self, folder: Path) -> None:
        """Write it into the folder.

        Args:
            folder: made when missing.
        """
        rows = np.asarray(sorted(self._rows.values()), np.int64)
        ids, tags = ([kept[row] for row in rows.tolist()] for kept in (self._entries.ids, self._entries.tags))
        write_index(folder, SavedIndex(self.encoder, self._take(rows), ids, tags))

    @classmethod
    def load(cls, folder: Path) -> "ExactIndex":
        """Map it into memory.

        Args:
            folder: where it was saved.

        Raises:
            ReleaseCorruptError: a file is missing, or they do not fit together.
        """
        saved = read_index(folder)
        index = cls(saved.vectors.shape[1], saved.encoder, saved.vectors)
        for row, (name, tags) in enumerate(zip(saved.ids, saved.tags, strict=True)):
            index._entries.note(name, tags, row)
        index._on_open()
        return index

    def _on_open(self) -> None:
        """For an index that keeps more than the matrix."""
