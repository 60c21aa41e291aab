"""What may be known of a student in a year, and the features made of it, for training and for serving.

A feature is made of one record of one year and of nothing else: no later year, no identifier, no name. The names in
``feature_names`` are all there are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from script_shared.arrays import Float64s, FloatArray, Int8s
from script_shared.errors import ReleaseCorruptError
from script_shared.students.feature_names import check_features

STATUSES = ("expected", "alert", "critical")  # by how far the phase lies behind the ideal one; ordinal
RECORD = (  # the numbers of a record; nan where the sheet has none
    "year", "birth_year", "phase", "ideal_phase", "lag",
    "ida", "ieg", "ipv", "iaa", "ips", "ipp", "mat", "por", "ing",
)  # fmt: skip
Columns = Mapping[str, FloatArray]


@dataclass(frozen=True)
class Ruler:
    """Ideal phase by age, as the programme measures it now.

    Attributes:
        first_age: years (year minus birth year) of the first phase in the list; younger ones have it too.
        phases: by age; the last one holds for all older ones.
    """

    first_age: int
    phases: tuple[int, ...]

    def ideal(self, age: FloatArray) -> FloatArray:
        """Ideal phase of each age, nan where the age is missing.

        Args:
            age: float (n), years.

        Returns:
            float64 (n), a whole number or nan.

        >>> Ruler(7, (0, 0, 1, 2)).ideal(np.array([6.0, 9.0, 40.0, np.nan])).tolist()
        [0.0, 1.0, 2.0, nan]
        """
        place = np.clip(np.nan_to_num(age, nan=self.first_age) - self.first_age, 0, len(self.phases) - 1)
        found: FloatArray = np.asarray(self.phases, float)[place.astype(int)]
        return np.where(np.isnan(age), np.nan, found)


@dataclass(frozen=True)
class Feature:
    """One feature.

    Attributes:
        factor: what it belongs to for people; a reason is given by factor.
        make: columns of RECORD and the ruler to values.
        better: 1 where a higher value can only lower the risk, 0 where nothing is said.
        needs: columns of RECORD that it is made of.
    """

    factor: str
    make: Callable[[Columns, Ruler], FloatArray]
    better: int
    needs: tuple[str, ...]


def _age(columns: Columns, ruler: Ruler) -> FloatArray:
    age: FloatArray = columns["year"] - columns["birth_year"]
    return age


def _gap_next(columns: Columns, ruler: Ruler) -> FloatArray:
    """Lag of next year for a student who stays in the phase; one more for a student who is promoted."""
    gap: FloatArray = columns["phase"] - ruler.ideal(_age(columns, ruler) + 1)
    return gap


def _plain(name: str, factor: str, better: int = 0) -> Feature:
    return Feature(factor, lambda columns, ruler: columns[name], better, (name,))


FEATURES: dict[str, Feature] = {
    "phase": _plain("phase", "position"),
    "ideal_phase": _plain("ideal_phase", "position"),
    "lag": _plain("lag", "position"),
    "age": Feature("position", _age, 0, ("year", "birth_year")),
    "gap_next": Feature("position", _gap_next, 0, ("year", "birth_year", "phase")),
    "ida": _plain("ida", "learning", better=1),
    "mat": _plain("mat", "mathematics", better=1),
    "por": _plain("por", "portuguese", better=1),
    "ing": _plain("ing", "english", better=1),
    "ieg": _plain("ieg", "engagement", better=1),
    "ipv": _plain("ipv", "turning_point", better=1),
    "iaa": _plain("iaa", "self_assessment"),
    "ips": _plain("ips", "psychosocial"),
    "ipp": _plain("ipp", "psychopedagogical"),
}


def matrix(columns: Columns, names: Sequence[str], ruler: Ruler) -> Float64s:
    """float64 (n, len(names)): the features of records given by columns, nan where a record lacks what they need.

    Args:
        columns: float (n) by name of RECORD.
        names: features, see ``FEATURES``.
        ruler: ideal phase by age, for the gap.
    """
    return np.stack([FEATURES[name].make(columns, ruler) for name in names], axis=1).astype(float)


def columns_of(records: Sequence[Mapping[str, float | None]]) -> dict[str, FloatArray]:
    """Records as columns of RECORD; what a record lacks is nan.

    Args:
        records: values by name of RECORD; None for an unknown value.

    Returns:
        float64 (n) by name, for each name of RECORD.
    """
    return {
        name: np.array([np.nan if record.get(name) is None else record[name] for record in records], float)
        for name in RECORD
    }


def missing_needs(record: Mapping[str, float | None], names: Sequence[str]) -> list[str]:
    """Columns of RECORD that the features need and the record lacks, in the order of RECORD.

    Args:
        record: by name of RECORD; None or nan where something is not known.
        names: features, see ``FEATURES``.
    """
    needed = {need for name in names for need in FEATURES[name].needs}
    values = {name: record.get(name) for name in RECORD if name in needed}
    return [name for name, value in values.items() if value is None or np.isnan(value)]


def status_of(lag: FloatArray) -> Int8s:
    """int8: place in STATUSES of each lag (years, negative behind): critical up to -2, alert -1, expected above.

    Args:
        lag: float (n), years; negative behind.

    >>> status_of(np.array([-3, -2, -1, 0, 1])).tolist()
    [2, 2, 1, 0, 0]
    """
    status: Int8s = np.select([lag <= -2, lag <= -1], [2, 1], 0).astype(np.int8)
    return status


def require_features(names: Sequence[str]) -> None:
    """What a release names must exist here.

    Raises:
        ReleaseCorruptError: a feature does not exist in this version.
    """
    try:
        check_features(names)
    except ValueError as error:
        raise ReleaseCorruptError(f"the release's features: {error}.", fix="Train it again.") from None
