"""A release in memory: answers how likely a student is to lag next year, how sure that is, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from script_shared.arrays import FloatArray, Int64s, IntArray
from script_shared.errors import RequestError
from script_shared.students.explanation.reasons import Reason, factors_of, reasons
from script_shared.students.features import STATUSES, columns_of, missing_needs, status_of
from script_shared.students.risk_model import RiskModel, Risks
from script_shared.students.store import KINDS, UNKNOWN, Store

REMEMBERED = 20_000  # students whose risk is kept once it was asked for; about 2 kB each


@dataclass(frozen=True)
class Risk:
    """The risk of one record.

    Attributes:
        status: critical, alert or expected: what next year's is called by the thresholds.
        urgent: whether somebody should look, by the cost table.
        probabilities: by status; they sum to 1.
        lagging, critical: chance and both ends of its interval, (chance, low, high).
        year: the year that the record is of; None where it does not say.
        missing: columns that the features need and the record lacks.
        reasons: strongest first.
    """

    status: str
    urgent: bool
    probabilities: Mapping[str, float]
    lagging: tuple[float, float, float]
    critical: tuple[float, float, float]
    year: int | None
    missing: tuple[str, ...]
    reasons: tuple[Reason, ...]


class StudentsModel:
    """A release, ready to answer. Safe to ask from many threads.

    Attributes:
        version: the release's name.
        risk: the fitted model.
        store: the students.
        of_place: the risk of the student at a place of the store.
    """

    def __init__(self, risk: RiskModel, store: Store, version: str = "", *, refuse_missing: bool = False) -> None:
        self.risk, self.store, self.version = risk, store, version
        self._refuse_missing = refuse_missing
        latest = store.latest_rows()
        columns = store.columns(latest)
        self._year = np.nan_to_num(columns["year"], nan=-1).astype(np.int32)
        self._phase = np.nan_to_num(columns["phase"], nan=-1).astype(np.int8)
        self._group = np.asarray(store.labels[latest, KINDS.index("group")])
        self._order = np.lexsort((-store.risks.chances[:, 0], -store.risks.chances[:, 1]))
        self.of_place = lru_cache(REMEMBERED)(self._of_place)
        self._reasons = lru_cache(REMEMBERED)(self._reasons_of)

    @classmethod
    def load(cls, folder: Path, version: str = "", *, refuse_missing: bool = False) -> "StudentsModel":
        """Map a release folder into memory; nothing is unpickled.

        Args:
            folder: of the release; its files stay mapped, so it must not change.
            version: of the release.
            refuse_missing: whether a record that lacks a feature is refused; else its interval is wider.

        Raises:
            ReleaseCorruptError: a file is missing or damaged.
        """
        return cls(RiskModel.load(folder), Store.load(folder), version, refuse_missing=refuse_missing)

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the model learned from."""
        return self.risk.facts

    def of_student(self, ra: str) -> Risk | None:
        """The risk of a student by the latest record; None for a student whom the release does not know.

        Args:
            ra: id of the student; blanks and case do not count.
        """
        student = self.store.student(ra)
        return None if student < 0 else self.of_place(student)

    def _of_place(self, student: int) -> Risk:
        """The risk of the student at a place of the store, by the latest record; remembered, as its reasons cost."""
        record = self.store.record(self.store.rows(student)[-1])
        risks = self.store.risks
        one = Risks(*(each[student : student + 1] for each in vars(risks).values()))
        return self.of_stored(record, one, self.effects(student))

    def effects(self, student: int) -> FloatArray | None:
        """The effects that the release holds for the student at a place; None where they have to be computed.

        Args:
            student: place in the store.

        Returns:
            float64 (factors), differences in the chance of lagging.
        """
        if self.store.effects is None:
            return None
        found: FloatArray = self.store.effects[student].astype(float)
        return found if len(found) == len(factors_of(self.risk)) and np.isfinite(found).all() else None

    def of_stored(self, record: Mapping[str, float | None], risks: Risks, effects: FloatArray | None = None) -> Risk:
        """The risk of a record whose chances were computed before.

        Args:
            record: values by column, None where a value is missing.
            risks: of this record alone.
            effects: of its factors, for the reasons, where they were also computed before.
        """
        features = self._features([record])[0]
        known = None if effects is None else tuple(reasons(self.risk, features, effects=effects))
        return self._answer(record, features, risks, known=known)

    def prepare_order(self) -> list[int]:
        """Places of the students whose risks should be computed first: of the newest year, by risk, then all others.

        No more than are remembered.
        """
        newest = self.by_risk().tolist()
        others = set(self._order.tolist()) - set(newest)
        return [*newest, *sorted(others)][:REMEMBERED]

    def of_record(self, record: Mapping[str, float | None]) -> Risk:
        """The risk of a record that need not be stored.

        Args:
            record: names of RECORD to numbers; what it lacks is missing.

        Raises:
            RequestError: it lacks features and those are refused; names them.
        """
        return self.of_records([record])[0]

    def of_records(self, records: Sequence[Mapping[str, float | None]], *, explain: bool = True) -> list[Risk]:
        """The risks of many records, as ``of_record``; without ``explain`` they have no reasons.

        Args:
            records: each by name of RECORD.
            explain: whether reasons are computed, which takes milliseconds for each record.

        Raises:
            RequestError: a record lacks what the model needs, where the params refuse missing values.
        """
        if self._refuse_missing:
            for record in records:
                if lacking := missing_needs(record, self.risk.features):
                    raise RequestError(f"the record lacks {', '.join(lacking)}.", fix="Give them, each a number.")
        features = self._features(records)
        risks = self.risk.risks(features)
        answers = []
        for place, record in enumerate(records):
            one = Risks(*(array[place : place + 1] for array in (risks.chances, risks.low, risks.high)))
            answers.append(self._answer(record, features[place], one, explain=explain))
        return answers

    def status(self, chances: FloatArray) -> str:
        """The status that the thresholds give to (1, 2) chances.

        Args:
            chances: float (1, 2), of lagging and of critical.
        """
        return STATUSES[int(self.risk.statuses(chances)[0])]

    def path(self, ra: str) -> list[tuple[dict[str, float | None], str]]:
        """A student's records by year, each with its status in that year; empty for an unknown student.

        Args:
            ra: id of the student; blanks and case do not count.

        Returns:
            record and status of each year, earliest first.
        """
        student = self.store.student(ra)
        if student < 0:
            return []
        records = [self.store.record(row) for row in self.store.rows(student)]
        places = status_of(np.array([record["lag"] for record in records], float))
        return [(record, STATUSES[place]) for record, place in zip(records, places, strict=True)]

    def by_risk(
        self,
        *,
        year: int | None = None,
        group: str | None = None,
        phase: int | None = None,
        urgent: bool = False,
        without: IntArray | None = None,
    ) -> Int64s:
        """int64: places of the students whose latest record is of a year, the highest chance of critical first.

        Args:
            year: of the latest record; None for the newest year of the release.
            group, phase: class and phase; None for all.
            urgent: only those whom somebody should look at.
            without: places to leave out.
        """
        wanted = self._year == (self._year.max() if year is None else year)
        if phase is not None:
            wanted &= self._phase == phase
        if group is not None:
            names = self.store.names["group"]
            wanted &= self._group == (names.index(group) if group in names else UNKNOWN - 1)
        if urgent:
            wanted &= self.store.risks.chances[:, 1] >= self.risk.thresholds.urgent
        if without is not None:
            wanted[without] = False
        return np.asarray(self._order[wanted[self._order]], np.int64)

    def _features(self, records: Sequence[Mapping[str, float | None]]) -> FloatArray:
        return self.risk.matrix(columns_of(records))

    def _answer(
        self,
        record: Mapping[str, float | None],
        features: FloatArray,
        one: Risks,
        *,
        explain: bool = True,
        known: tuple[Reason, ...] | None = None,
    ) -> Risk:
        ends = np.stack([one.chances[0], one.low[0], one.high[0]]).tolist()
        lagging, critical = ends[0]
        year = record.get("year")
        return Risk(
            status=self.status(one.chances),
            urgent=critical >= self.risk.thresholds.urgent,
            probabilities=dict(zip(STATUSES, (1 - lagging, lagging - critical, critical), strict=True)),
            lagging=(lagging, ends[1][0], ends[2][0]),
            critical=(critical, ends[1][1], ends[2][1]),
            year=None if year is None else int(year),
            missing=tuple(missing_needs(record, self.risk.features)),
            reasons=known if known is not None else self._reasons(features.tobytes()) if explain else (),
        )

    def _reasons_of(self, features: bytes) -> tuple[Reason, ...]:
        return tuple(reasons(self.risk, np.frombuffer(features)))
