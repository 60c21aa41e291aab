"""Training rows of the candidates' ranker and the match classifier: who applied to a vacancy, and the outcome."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pipelines.recruiting.training.cases import Day
from pipelines.recruiting.training.ranker_fit import Rows
from pipelines.recruiting.training.records import Data
from script_shared.arrays import Bools, Float32s, FloatArray, IntArray
from script_shared.recruiting.features.feature_names import NAMES
from script_shared.recruiting.features.listed import lists_of_vacancies
from script_shared.recruiting.features.match_features import NAMES as MATCH_NAMES
from script_shared.recruiting.features.match_features import of_pairs
from script_shared.recruiting.features.pairs import features_of
from script_shared.recruiting.features.world import World
from script_shared.recruiting.ranking.profiles import profiles

HIRED = 4  # grade of a hire
LABELS = np.asarray([1, 2, 3, 3, 4])  # relevance of an applicant by grade; 1 for undecided ones, 0 for everybody else


class Retrieval:
    """Profiles of all candidates as of a day, for drawing the nearest to a vacancy.

    Attributes:
        vectors: float32 (candidates, width), zeros for those of whom nothing is known yet.
        known: bool (candidates) whose record or first application is of an earlier day.
    """

    def __init__(self, data: Data, world: World) -> None:
        self._world = world
        applied = np.full(len(data.candidates), np.iinfo(np.int64).max)
        np.minimum.at(applied, data.candidate, data.day)
        created = np.asarray([each.created_on for each in data.candidates])
        self._from = np.where(created >= 0, np.minimum(created, applied), applied)
        self.vectors = np.zeros((len(data.candidates), world.vacancy_vectors("learnt").shape[1]), np.float32)
        self.known = np.zeros(len(data.candidates), bool)

    def refresh(self, day: int, changed: IntArray) -> None:
        """Add new candidates, and update those whose applications changed."""
        new = np.flatnonzero((self._from < day) & ~self.known)
        self.known[new] = True
        rows = np.union1d(new, changed[self.known[changed]])
        if len(rows):
            self.vectors[rows] = profiles(self._world, rows)

    def rebuild(self) -> None:
        """Use a new projection."""
        rows = np.flatnonzero(self.known)
        self.vectors[rows] = profiles(self._world, rows)

    def alike(self, vacancies: Sequence[int]) -> Float32s:
        """float32 (vacancies, candidates): cosines; for several vacancies much faster than for each alone."""
        found: Float32s = np.ascontiguousarray((self.vectors @ self._world.vacancy_vectors("learnt")[vacancies].T).T)
        return found

    def nearest(self, alike: FloatArray, most: int) -> IntArray:
        """Rows of the nearest candidates of a vacancy, nearest first.

        Args:
            alike: float32 (candidates), a row of ``alike``.
            most: candidates at most.
        """
        most = min(most, len(alike))
        best = np.argpartition(-alike, most - 1)[:most]
        return best[np.argsort(-alike[best], kind="stable")]

    def is_known(self, rows: IntArray) -> IntArray:
        """Whether anything is known of candidates."""
        return np.asarray(self.vectors[rows].any(axis=1))


@dataclass
class Lists:
    """Lists of candidates of a vacancy, gathered over days."""

    features: list[FloatArray] = field(default_factory=list)
    labels: list[IntArray] = field(default_factory=list)

    def add(self, world: World, found: Sequence[tuple[int, IntArray, IntArray]], day: int) -> None:
        """Add lists of a day: vacancy, rows of the candidates and labels of each."""
        if found:
            vacancies, candidates, labels = zip(*found, strict=True)
            self.features.append(features_of(world, lists_of_vacancies(world, candidates, vacancies, day)))
            self.labels += labels

    def rows(self) -> Rows:
        """As rows for the ranker."""
        if not self.features:
            return (np.zeros((0, len(NAMES)), np.float32), np.zeros(0, int), np.zeros(0, int))
        sizes = np.asarray([len(each) for each in self.labels])
        return np.concatenate(self.features), np.concatenate(self.labels), sizes


@dataclass
class Pairs:
    """Applications as they were on their day, gathered over days.

    Attributes:
        places: of the applications in the data.
    """

    features: list[FloatArray] = field(default_factory=list)
    places: list[IntArray] = field(default_factory=list)

    def add(self, data: Data, world: World, today: Day) -> None:
        """Add the applications of a day, those of each vacancy together."""
        lists = by_vacancy(data, today.places)
        listed = lists_of_vacancies(
            world,
            [data.candidate[places] for places in lists],
            [int(data.vacancy[places[0]]) for places in lists],
            today.day,
        )
        places = np.concatenate(lists)
        self.features.append(of_pairs(world, listed, counts_of_day(data, today, places)))
        self.places.append(places)

    def rows(self) -> tuple[FloatArray, IntArray]:
        """float32 (n, features) and the places."""
        if not self.features:
            return np.zeros((0, len(MATCH_NAMES)), np.float32), np.zeros(0, np.int64)
        return np.concatenate(self.features), np.concatenate(self.places)


def counts_of_day(data: Data, today: Day, places: IntArray) -> IntArray:
    """int64 (n, 2): applications of the day to the vacancy, and of the candidate, of each application.

    Args:
        data: all records.
        today: the day.
        places: int (n), of applications of that day in ``data``.

    Returns:
        int64 (n, 2), including the application itself.
    """
    sides = [(side[places][:, None] == side[today.places]).sum(axis=1) for side in (data.vacancy, data.candidate)]
    return np.stack(sides, axis=1)


def by_vacancy(data: Data, places: IntArray) -> list[IntArray]:
    """Places of applications, split by vacancy.

    Args:
        data: all records.
        places: int (n), of applications in ``data``.

    Returns:
        places by vacancy, in the order of the vacancies' rows; those of one vacancy keep their order.
    """
    order = places[np.argsort(data.vacancy[places], kind="stable")]
    return np.split(order, np.flatnonzero(np.diff(data.vacancy[order])) + 1) if len(order) else []


def list_of(
    data: Data, retrieval: Retrieval, alike: FloatArray, places: IntArray, negatives: int, draw: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Applicants of a vacancy on a day of whom something is known, and others who are near; with their labels."""
    applicants, grades = data.candidate[places], data.grade[places]
    seen = retrieval.is_known(applicants)
    applicants, grades = applicants[seen], grades[seen]
    if not len(applicants):
        return applicants, grades
    near = retrieval.nearest(alike, 5 * negatives)
    near = near[~np.isin(near, applicants)]
    others = np.concatenate([near[: negatives // 2], _draw(near[negatives // 2 :], negatives - negatives // 2, draw)])
    labels = np.where(grades < 0, 1, LABELS[np.maximum(grades, 0)])
    return np.concatenate([applicants, others]), np.concatenate([labels, np.zeros(len(others), int)])


def _draw(rows: IntArray, most: int, draw: np.random.Generator) -> IntArray:
    return draw.permutation(rows)[:most]


def is_hired(grades: Sequence[int] | IntArray) -> Bools:
    """bool (n): who was hired.

    Args:
        grades: (n) grades of outcomes.
    """
    found: Bools = np.asarray(grades) >= HIRED
    return found
