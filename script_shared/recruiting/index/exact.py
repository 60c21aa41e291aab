"""The exact index: all vectors in one matrix, mapped from the release; later entries are kept beside it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock

import numpy as np

from script_shared.arrays import FloatArray, IdIndex, IntArray, load_array, save_arrays
from script_shared.errors import ReleaseCorruptError
from script_shared.recruiting.index.base import Entry, Neighbour, Tags, Where, no_entry, require_version, require_width

FACTS = "index.json"
TAGS = "tags.jsonl"
GROUP = 64  # values whose highest one is compared first
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
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._tags: list[Tags] = []
        self._tagged: dict[tuple[str, str], list[int]] = {}
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
        self._note(entry.id, entry.tags, row)
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

    def _note(self, name: str, tags: Tags, row: int) -> None:
        self._rows[name] = row
        if row == len(self._ids):
            self._ids.append(name)
            self._tags.append({})
        before, self._ids[row], self._tags[row] = _pairs(self._tags[row]), name, tags
        for pair in before - _pairs(tags):
            self._tagged[pair].remove(row)
        for pair in _pairs(tags) - before:
            self._tagged.setdefault(pair, []).append(row)

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
        return [Neighbour(self._ids[row], float(alike)) for row, alike in found if row != own][:k]

    def _fitting(self, where: Where | None) -> IntArray | None:
        """Rows that a filter leaves, None for all."""
        rows: IntArray | None = None
        for name, values in (where or {}).items():
            parts = [self._tagged.get((name, value), []) for value in values]
            having = np.unique(np.asarray([row for part in parts for row in part], np.int64))
            rows = having if rows is None else np.intersect1d(rows, having, assume_unique=True)
        return None if rows is None else rows[self._alive[rows]]

    def _nearest(self, vector: FloatArray, k: int, rows: IntArray | None) -> list[tuple[int, float]]:
        alike = self._compare_all(vector) if rows is None else self._take(rows) @ vector
        best = _highest(alike, k)
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
            yield Entry(name, self._at(row), self._tags[row])

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
        ids = [self._ids[row] for row in rows.tolist()]
        save_arrays(folder, {"vectors": self._take(rows)})
        IdIndex.of(ids).save(folder, "ids")
        (folder / TAGS).write_text("".join(json.dumps(self._tags[row]) + "\n" for row in rows.tolist()), "utf-8")
        (folder / FACTS).write_text(json.dumps({"encoder": self.encoder, "width": self.width}), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> "ExactIndex":
        """Map it into memory.

        Args:
            folder: where it was saved.

        Raises:
            ReleaseCorruptError: a file is missing, or they do not fit together.
        """
        try:
            facts = json.loads((folder / FACTS).read_text("utf-8"))
            tags: list[Mapping[str, Sequence[str]]] = list(
                map(json.loads, (folder / TAGS).read_text("utf-8").splitlines())
            )
            encoder, width = str(facts["encoder"]), int(facts["width"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReleaseCorruptError(f"{folder}: not a readable index.", fix="Train it again.") from error
        base, ids = (load_array(folder, "vectors"), IdIndex.load(folder, "ids").ids.tolist())
        if base.shape != (len(ids), width) or len(tags) != len(ids):
            raise ReleaseCorruptError(f"{folder}: ids and vectors differ in number.", fix="Train it again.")
        index = cls(width, encoder, base)
        for row, (name, tagged) in enumerate(zip(ids, tags, strict=True)):
            index._note(name, tagged, row)
        index._on_open()
        return index

    def _on_open(self) -> None:
        """For an index that keeps more than the matrix."""


def _highest(values: FloatArray, k: int) -> IntArray:
    """Places of the k highest values, highest first, equal ones in their order."""
    if k <= 0:
        return np.zeros(0, np.int64)
    if k < len(values):
        near = np.flatnonzero(values >= _lower_bound(values, k))
        at = max(len(near) - k, 0)
        best = near[values[near] >= np.partition(values[near], at)[at]] if len(near) else near
    else:
        best = np.arange(len(values))
    return best[np.argsort(-values[best], kind="stable")][:k]


def _lower_bound(values: FloatArray, k: int) -> float:
    """A value that at least k of them reach: the k-th highest of the maxima of groups. A pass, no partition of all."""
    groups = len(values) // GROUP
    if groups <= k:
        return float("-inf")
    highest = values[: groups * GROUP].reshape(groups, GROUP).max(axis=1)
    found = float(np.partition(highest, groups - k)[groups - k])
    return found if np.isfinite(found) else float("-inf")


def _pairs(tags: Tags) -> set[tuple[str, str]]:
    return {(name, value) for name, values in tags.items() for value in values}
