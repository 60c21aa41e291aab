"""What a release shows of vacancies and candidates: ids, records, and the words of each."""

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from scipy.sparse import csc_array, csr_array

from script_shared.arrays import Float32s, IdIndex, IntArray, Strings, load_array, save_arrays
from script_shared.errors import ReleaseCorruptError
from script_shared.recruiting.encoders.base import whole_text
from script_shared.recruiting.records import Candidate, Vacancy
from script_shared.recruiting.texts import words

R = TypeVar("R", bound=Vacancy | Candidate)
HIDDEN = ("cv",)  # fields that are not stored: a CV is kept as its words without order alone
KEPT = 2_000  # records that were read lately
BM25_K, BM25_B = 1.2, 0.6


class People(Generic[R]):
    """Records by row, those of the release and those that were added since.

    Attributes:
        ids: of the release's rows.
    """

    def __init__(
        self, kind: type[R], ids: IdIndex, lines: Strings, terms: Strings, offsets: IntArray, columns: IntArray
    ) -> None:
        self.kind: type[R] = kind
        self.ids, self._lines = ids, lines
        self.terms, self._offsets, self._columns = terms, offsets, columns
        self._places = {term: place for place, term in enumerate(terms.tolist())}
        self._added: list[tuple[R, frozenset[str]]] = []
        self._added_rows: dict[str, int] = {}
        self._places_of_ids: dict[str, int] = {}  # of the release's ids that ``rows`` has found
        self._inverted = self._invert()
        self._read = lru_cache(maxsize=KEPT)(self._record)  # lists read the same records several times

    @classmethod
    def of(cls, kind: type[R], records: Sequence[R]) -> "People[R]":
        """From records.

        Args:
            kind: class of the records.
            records: each with another id.
        """
        found = [sorted(set(words(whole_text(each.document)))) for each in records]
        terms = sorted({term for each in found for term in each})
        places = {term: place for place, term in enumerate(terms)}
        offsets = np.cumsum([0, *map(len, found)])
        columns = np.fromiter((places[term] for each in found for term in each), np.int32, offsets[-1])
        lines = Strings.of([json.dumps(_visible_fields(each), ensure_ascii=False) for each in records])
        return cls(kind, IdIndex.of([each.id for each in records]), lines, Strings.of(terms), offsets, columns)

    def __len__(self) -> int:
        return len(self.ids) + len(self._added)

    def row(self, name: str) -> int:
        """The row of an id, -1 when there is none; added records come first.

        Args:
            name: id of the record.
        """
        return self._added_rows.get(name, self.ids.row(name))

    def rows(self, names: Sequence[str]) -> list[int]:
        """The row of each id, as ``row`` gives it; a fifth of the cost of one by one, and less the next time.

        Args:
            names: ids of records.
        """
        places, added = self._places_of_ids, self._added_rows
        new = [name for name in names if name not in places]
        if new:
            places.update((name, row) for name, row in zip(new, self.ids.rows(new).tolist(), strict=True) if row >= 0)
        return [added.get(name, places.get(name, -1)) for name in names]

    def names(self) -> list[str]:
        """The ids that have a record."""
        added = [name for name, row in list(self._added_rows.items()) if row >= 0]
        return [name for name in self.ids.ids.tolist() if name not in self._added_rows] + added

    def id_of(self, row: int) -> str:
        """The id of a row.

        Args:
            row: 0 or more.
        """
        return self.ids.ids[row] if row < len(self.ids) else self._added[row - len(self.ids)][0].id

    def get(self, row: int) -> R:
        """The record of a row; what is hidden is empty.

        Args:
            row: 0 or more.
        """
        if row >= len(self.ids):
            return self._added[row - len(self.ids)][0]
        return self._read(row)

    def _record(self, row: int) -> R:
        lines = json.loads(self._lines[row]).items()
        values: dict[str, Any] = {name: tuple(each) if isinstance(each, list) else each for name, each in lines}
        return self.kind(**values)

    def all(self) -> list[R]:
        """The records of the release's rows."""
        return [self.kind(**json.loads(line)) for line in self._lines.tolist()]

    def record(self, row: int) -> dict[str, Any]:
        """The record of a row by the columns of its table; what is hidden is None.

        Args:
            row: 0 or more.

        Returns:
            values by column.
        """
        return self.get(row).columns()

    def words_of(self, row: int) -> frozenset[str]:
        """All words of a record, those of hidden fields, too."""
        if row >= len(self.ids):
            return self._added[row - len(self.ids)][1]
        places = self._columns[self._offsets[row] : self._offsets[row + 1]]
        return frozenset(self.terms[place] for place in places.tolist())

    def having(self, row: int, terms: frozenset[str]) -> frozenset[str]:
        """Those of some words that a record has, in hidden fields, too.

        Args:
            row: 0 or more.
            terms: in the form of ``texts.words``.
        """
        if row >= len(self.ids):
            return terms & self._added[row - len(self.ids)][1]
        own = set(self._columns[self._offsets[row] : self._offsets[row + 1]].tolist())
        return frozenset(term for term in terms if self._places.get(term, -1) in own)

    def push(self, record: R) -> int:
        """Add a record at the end that no id leads to yet; its row."""
        self._added.append((record, frozenset(words(whole_text(record.document)))))
        return len(self) - 1

    def name(self, row: int) -> None:
        """Let the id of a pushed record lead to it, also when another one had it before.

        Args:
            row: of a pushed record.
        """
        self._added_rows[self.id_of(row)] = row

    def drop(self) -> None:
        """Remove the last pushed record."""
        self._added.pop()

    def erase(self, row: int) -> None:
        """Let no id lead to a record any more, and forget a pushed one.

        Args:
            row: 0 or more.
        """
        self._added_rows[self.id_of(row)] = -1
        self._read.cache_clear()
        if row >= len(self.ids):
            self._added[row - len(self.ids)] = (self.kind(id=self.id_of(row)), frozenset())

    def _invert(self) -> csc_array:
        shape = (len(self.ids), len(self.terms))
        ones = np.ones(len(self._columns), np.float32)
        return csc_array(csr_array((ones, self._columns, self._offsets), shape=shape))

    def bm25(self, text: str) -> Float32s:
        """float32 (rows): how well the words of each record match a text (BM25 over the words each has)."""
        asked, added = set(words(text)), list(self._added)
        rows = len(self.ids)
        sizes = np.diff(self._offsets)
        norm = BM25_K * (1 - BM25_B + BM25_B * sizes / max(float(sizes.mean()) if rows else 1.0, 1.0))
        scores = np.zeros(rows + len(added), np.float32)
        for term in asked:
            having = self._having(term)
            weight = np.log1p((len(scores) - len(having) + 0.5) / (len(having) + 0.5))
            scores[having] += weight * (BM25_K + 1) / (1 + norm[having])
            for at, (_, own) in enumerate(added):
                if term in own:
                    scores[rows + at] += weight
        return scores

    def _having(self, term: str) -> IntArray:
        place = self._places.get(term)
        if place is None:
            return np.zeros(0, np.int64)
        matrix = self._inverted
        found: IntArray = matrix.indices[matrix.indptr[place] : matrix.indptr[place + 1]]
        return found

    def save(self, folder: Path) -> None:
        """Write the release's rows into the folder.

        Args:
            folder: made when missing.
        """
        self.ids.save(folder, "ids")
        self._lines.save(folder, "records")
        self.terms.save(folder, "terms")
        save_arrays(folder, {"word_offsets": self._offsets, "word_columns": self._columns})

    @classmethod
    def load(cls, kind: type[R], folder: Path) -> "People[R]":
        """Read them.

        Args:
            kind: class of the records.
            folder: where they were saved.

        Raises:
            ReleaseCorruptError: a file is missing, or they do not fit together.
        """
        ids, lines, terms = (
            IdIndex.load(folder, "ids"),
            Strings.load(folder, "records"),
            Strings.load(folder, "terms"),
        )
        offsets, columns = (load_array(folder, "word_offsets"), load_array(folder, "word_columns"))
        sound = len(lines) == len(ids) == len(offsets) - 1 and int(offsets[-1]) == len(columns)
        if not sound or (len(columns) and (columns.min() < 0 or columns.max() >= len(terms))):
            raise ReleaseCorruptError(f"{folder}: records and words do not fit together.", fix="Train it again.")
        return cls(kind, ids, lines, terms, offsets, columns)


def _visible_fields(record: Vacancy | Candidate) -> dict[str, Any]:
    names = {each.name for each in fields(record)} - set(HIDDEN)
    return {name: value for name, value in asdict(record).items() if name in names}
