"""Plain orders of open vacancies that a ranker has to beat, and single similarities."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy.sparse import csr_array

from pipelines.recruiting.evaluation.postings import Postings
from pipelines.recruiting.training.cases import Case
from pipelines.recruiting.training.records import Data
from script_shared.arrays import Bools, FloatArray, IntArray
from script_shared.recruiting.encoders.base import FIELDS
from script_shared.recruiting.encoders.tfidf import Tfidf
from script_shared.recruiting.features.feature_names import NAMES
from script_shared.recruiting.features.past import LATEST
from script_shared.recruiting.features.world import World

Scores = Mapping[str, FloatArray]  # model to (open) scores, higher is better
MAX_TERMS = 60_000
FROM_FEATURES: Mapping[str, Callable[[Mapping[str, FloatArray]], FloatArray]] = {
    "newest": lambda columns: -columns["age_days"],
    "most_applied": lambda columns: columns["applicants_14d"],
    "same_area": lambda columns: np.nan_to_num(columns["same_area"]) - columns["age_days"] / 1e4,
    "lsa": lambda columns: np.nan_to_num(columns["text_max"], nan=-1),
    "learnt": lambda columns: np.nan_to_num(columns["learnt_max"], nan=-1),
}


class PlainOrders:
    """TF-IDF cosine with the candidate's latest vacancies, and orders by a single feature."""

    def __init__(self, data: Data, world: World, until: int) -> None:
        self._world = world
        seen = [each for each in data.vacancies if each.asked_on < until]
        titles = Tfidf.fit([each.title for each in seen], "word", MAX_TERMS, least=1)
        texts = Tfidf.fit([_text(each.document) for each in seen], "word", MAX_TERMS)
        self._matrices = {
            "tfidf_title": titles.transform([each.title for each in data.vacancies]),
            "tfidf_text": texts.transform([_text(each.document) for each in data.vacancies]),
        }
        self._postings = {name: Postings(matrix) for name, matrix in self._matrices.items()}

    def of(self, case: Case, features: FloatArray) -> Scores:
        """Scores of the open vacancies by every baseline."""
        columns = {name: features[:, place] for place, name in enumerate(NAMES)}
        found = {name: make(columns) for name, make in FROM_FEATURES.items()}
        older = [entry[0] for entry in self._world.activity.latest(case.candidate, LATEST)]
        for name, matrix in self._matrices.items():
            found[name] = _nearest(matrix, self._postings[name], older)[case.open]
        return found


def _text(document: Mapping[str, str]) -> str:
    return " ".join(document.get(name, "") for name in FIELDS)


def _nearest(matrix: csr_array, postings: Postings, older: list[int]) -> FloatArray:
    """float (vacancies) cosine with the nearest of some vacancies, 0 without any."""
    found = np.zeros(matrix.shape[0], np.float32)
    for row in older:
        own = slice(matrix.indptr[row], matrix.indptr[row + 1])
        (alike,) = postings.sums(matrix.indices[own], matrix.data[own])
        np.maximum(found, alike, out=found)
    return found


def places(scores: FloatArray | IntArray, hits: Bools) -> FloatArray:
    """(hits) place of each hit in its list, 0 for the first; equal scores share their mean place.

    >>> places(np.array([3.0, 1.0, 1.0, 2.0]), np.array([False, True, False, True])).tolist()
    [2.5, 1.0]
    """
    return places_of(scores, np.flatnonzero(hits))


def places_of(scores: FloatArray | IntArray, rows: IntArray) -> FloatArray:
    """(rows) place of each row among all, in the order of the rows; equal scores share their mean place."""
    own = scores[rows].tolist()
    before = [np.count_nonzero(scores > each) for each in own]
    same = [np.count_nonzero(scores == each) for each in own]
    return np.asarray(before) + (np.asarray(same) - 1) / 2
