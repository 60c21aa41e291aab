"""What serving knows of the students: their records over the years, and the risk of their latest one, as arrays."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from script_shared.arrays import Float32s, FloatArray, IdIndex, Int32s, Int64s, IntArray, load_array, save_arrays
from script_shared.errors import ReleaseCorruptError
from script_shared.students.erasure import normal_id
from script_shared.students.features import RECORD
from script_shared.students.release_folder import STORE
from script_shared.students.risk_model import Risks

LABELS = "labels.json"
KINDS = ("gender", "school", "group")
UNKNOWN = -1
EFFECTS = "effects"


@dataclass(frozen=True)
class Store:
    """Students and their records; a student's rows stand together, by year.

    Attributes:
        ids: of the students, sorted.
        offsets: int64 (students + 1) where each student's rows begin.
        records: float32 (rows, len(RECORD)) nan where a sheet had nothing.
        labels: int32 (rows, len(KINDS)) places in ``names``, UNKNOWN where a sheet had nothing.
        names: by kind the labels' texts.
        risks: of each student's latest record.
        effects: float32 (students, factors) of that record, for the reasons; nan where they are computed when they are
            needed. None in earlier releases.
    """

    ids: IdIndex
    offsets: Int64s
    records: Float32s
    labels: Int32s
    names: dict[str, list[str]]
    risks: Risks
    effects: Float32s | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def student(self, ra: str) -> int:
        """The place of a student, -1 when there is none; blanks and case do not count.

        Args:
            ra: id of the student, as in the sheets or in a request.
        """
        return self.ids.row(normal_id(ra))

    def rows(self, student: int) -> range:
        """The rows of a student, by year.

        Args:
            student: place of the student, 0 or more.
        """
        return range(int(self.offsets[student]), int(self.offsets[student + 1]))

    def record(self, row: int) -> dict[str, float | None]:
        """One row as a record; None where the sheet had nothing.

        Args:
            row: of the store.

        Returns:
            values by the names of RECORD.
        """
        values = self.records[row].tolist()
        return {name: None if value != value else value for name, value in zip(RECORD, values, strict=True)}

    def label(self, row: int, kind: str) -> str | None:
        """Gender, school or group of a row, None where the sheet had nothing.

        Args:
            row: of the store.
            kind: one of ``KINDS``.
        """
        code = int(self.labels[row, KINDS.index(kind)])
        return None if code == UNKNOWN else self.names[kind][code]

    def latest_rows(self) -> Int64s:
        """int64 (students): each student's latest row."""
        rows: Int64s = self.offsets[1:] - 1
        return rows

    def columns(self, rows: IntArray | Sequence[int]) -> dict[str, FloatArray]:
        """Rows as columns of RECORD.

        Args:
            rows: int (n), of the store.

        Returns:
            float64 (n) by name, nan where the sheet had nothing.
        """
        found = self.records[np.asarray(rows, np.int64)].astype(float)
        return {name: found[:, place] for place, name in enumerate(RECORD)}

    def without(self, students: Sequence[int]) -> "Store":
        """The store without some students and all of their rows; nothing of it is mapped from a file.

        Args:
            students: places of students; not all of them.
        """
        kept = np.ones(len(self), bool)
        kept[list(students)] = False
        sizes = np.diff(self.offsets)
        rows = np.repeat(kept, sizes)
        return Store(
            ids=IdIndex.of([ra for ra, stays in zip(self.ids.ids.tolist(), kept, strict=True) if stays]),
            offsets=np.concatenate([[0], np.cumsum(sizes[kept])]).astype(np.int64),
            records=self.records[rows],
            labels=self.labels[rows],
            names=self.names,
            risks=Risks(*(each[kept] for each in vars(self.risks).values())),
            effects=None if self.effects is None else self.effects[kept],
        )

    def save(self, folder: Path) -> None:
        """Write it below ``folder/students``.

        Args:
            folder: of the release.
        """
        target = folder / STORE
        arrays = {"offsets": self.offsets, "records": self.records, "labels": self.labels, **vars(self.risks)}
        save_arrays(target, arrays if self.effects is None else {**arrays, EFFECTS: self.effects})
        self.ids.save(target, "ids")
        (target / LABELS).write_text(json.dumps(self.names), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Store":
        """Read a saved store.

        Args:
            folder: of the release.

        Raises:
            ReleaseCorruptError: a file is missing, or the arrays do not fit together.
        """
        source = folder / STORE
        try:
            names = json.loads((source / LABELS).read_text(encoding="utf-8"))
            fits = isinstance(names, dict) and set(names) == set(KINDS)
        except (OSError, ValueError) as error:
            raise ReleaseCorruptError(f"{source / LABELS}: not readable.", fix="Train it again.") from error
        risks = Risks(**{name: load_array(source, name) for name in ("chances", "low", "high")})
        found = {name: load_array(source, name) for name in ("offsets", "records", "labels")}
        effects = load_array(source, EFFECTS) if (source / f"{EFFECTS}.npy").exists() else None
        store = cls(ids=IdIndex.load(source, "ids"), names=names, risks=risks, effects=effects, **found)
        if not fits or not store._sound():
            raise ReleaseCorruptError(f"{source}: the arrays do not fit together.", fix="Train it again.")
        return store

    def _sound(self) -> bool:
        rows, students = len(self.records), len(self.ids)
        shapes = (
            (self.offsets.shape, (students + 1,)),
            (self.records.shape, (rows, len(RECORD))),
            (self.labels.shape, (rows, len(KINDS))),
            *((array.shape, (students, 2)) for array in vars(self.risks).values()),
        )
        if any(shape != wanted for shape, wanted in shapes) or not students:
            return False
        if self.effects is not None and (self.effects.ndim != 2 or len(self.effects) != students):
            return False
        most = np.array([len(self.names[kind]) for kind in KINDS])
        ends = self.offsets[0] == 0 and self.offsets[-1] == rows and bool((np.diff(self.offsets) > 0).all())
        inside = bool((self.labels >= UNKNOWN).all() and (self.labels < most).all())
        chances = all(bool(((array >= 0) & (array <= 1)).all()) for array in vars(self.risks).values())
        return ends and inside and chances
