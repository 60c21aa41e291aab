"""Trivial orders of all candidates for a vacancy on a day: by text, latest activity, most applications, same area."""

import numpy as np
from scipy.sparse import csr_array

from pipelines.recruiting.evaluation.postings import Postings
from pipelines.recruiting.training.records import Data
from script_shared.arrays import FloatArray, IntArray
from script_shared.recruiting.encoders.base import whole_text
from script_shared.recruiting.encoders.tfidf import Tfidf
from script_shared.recruiting.features.facts import Codes
from script_shared.recruiting.ranking.people import BM25_B, BM25_K

MAX_TERMS = 60_000
LONG = 1e6  # more than any day


class CandidateOrders:
    """Scores of all candidates: texts as of the day before ``until``, everything else from the applications added.

    Args:
        until: days since 1970-01-01.
    """

    def __init__(self, data: Data, until: int) -> None:
        self._data = data
        people = np.unique(data.candidate[data.day < until]).tolist()
        cvs = [whole_text(each.document) for each in data.candidates]
        wanted = [whole_text(each.document) for each in data.vacancies]
        seen = [text for text, each in zip(wanted, data.vacancies, strict=True) if each.asked_on < until]
        words = Tfidf.fit([*seen, *(cvs[row] for row in people)], "word", MAX_TERMS)
        counts = words.counts(cvs)
        self._vacancies = words.weigh(words.counts(wanted))
        self._cvs = Postings(words.weigh(counts), _bm25(counts, people))
        self._areas = np.asarray(Codes().masks(each.areas for each in data.vacancies), np.int64)
        size = len(data.candidates)
        self._applied_to, self._latest, self._times = np.zeros(size, np.int64), np.full(size, -1), np.zeros(size, int)
        self.add(np.flatnonzero(data.day < until))

    def add(self, places: IntArray) -> None:
        """Add applications."""
        who, what = self._data.candidate[places], self._data.vacancy[places]
        np.maximum.at(self._latest, who, self._data.day[places])
        np.add.at(self._times, who, 1)
        np.bitwise_or.at(self._applied_to, who, self._areas[what])

    def of(self, vacancy: int) -> dict[str, FloatArray]:
        """(candidates) scores for a vacancy by each order; higher is better."""
        query = self._vacancies[[vacancy]]
        tfidf, bm25 = self._cvs.sums(query.indices, query.data, None)
        same = (self._applied_to & self._areas[vacancy]) != 0
        return {
            "newest": self._latest.astype(float),
            "most_active": self._times.astype(float),
            "same_area": same * LONG + self._latest,
            "tfidf_text": tfidf,
            "bm25": bm25,
        }


def _bm25(counts: csr_array, known: list[int]) -> csr_array:
    """Weights of the terms of each text; the known texts decide how rare a term is."""
    had = csr_array(counts[known]) if known else counts
    having = np.bincount(had.indices, minlength=counts.shape[1])
    rare = np.log1p((had.shape[0] - having + 0.5) / (having + 0.5)).astype(np.float32)
    length = np.asarray(counts.sum(axis=1)).ravel()
    mean = float(length.mean()) or 1.0
    norm = np.repeat(BM25_K * (1 - BM25_B + BM25_B * length / mean), np.diff(counts.indptr)).astype(np.float32)
    data = rare[counts.indices] * counts.data * (BM25_K + 1) / (counts.data + norm)
    return csr_array((data, counts.indices, counts.indptr), shape=counts.shape)
