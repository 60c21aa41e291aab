"""Learns how much each field counts: from pairs of vacancies that share a candidate, against others of the same weeks.

A logistic regression of the fields' cosines, with no weight below zero. A vector's weight counts twice in a cosine, so
it is the square root of the regression's weight.
"""

import numpy as np
from scipy.sparse import csr_array

from pipelines.recruiting.training.records import Data
from script_shared.arrays import FloatArray, IntArray
from script_shared.recruiting.encoders.base import FIELDS
from script_shared.recruiting.encoders.projection import pairs_within
from script_shared.recruiting.encoders.tfidf import Tfidf
from script_shared.recruiting.model_params import EncoderParams

MOST = 8_000  # pairs to learn from
FEWEST = 100
AROUND = 60  # the other vacancy is drawn from so many neighbours by day
PENALTY = 1e-3


def learnt_weights(data: Data, params: EncoderParams, until: int) -> tuple[dict[str, float], float]:
    """Weights by field (1 for the title) and of the title's letter runs; those of the params with too few pairs.

    Args:
        until: days since 1970-01-01; data of that day or later are not used.
    """
    seen = data.day < until
    left, right, _ = pairs_within(data.candidate[seen], data.vacancy[seen])
    draw = np.random.default_rng(params.seed)
    kept = draw.permutation(len(left))[:MOST]
    left, right = left[kept], right[kept]
    if len(left) < FEWEST:
        return params.weights.model_dump(), params.letter_weight
    matrices = _matrices(data, params, until)
    other = _others(data, right, until, draw)
    gaps = np.stack([_cosines(each, left, right) - _cosines(each, left, other) for each in matrices], axis=1)
    found = np.sqrt(_fit(gaps))
    if not found[0] > 0:
        return params.weights.model_dump(), params.letter_weight
    shares = (found / found[0]).tolist()
    return dict(zip(FIELDS, shares, strict=False)), shares[-1]


def _matrices(data: Data, params: EncoderParams, until: int) -> list[csr_array]:
    """TF-IDF of each field, and of the letter runs of titles."""
    documents = [each.document for each in data.vacancies]
    before = [each.document for each in data.vacancies if each.asked_on < until]
    texts = [" ".join(each.get(name, "") for name in FIELDS) for each in before]
    words = Tfidf.fit(texts, "word", params.max_terms)
    letters = Tfidf.fit([each["title"] for each in before], "char", params.max_terms)
    fields = [words.transform([each.get(name, "") for each in documents]) for name in FIELDS]
    return [*fields, letters.transform([each["title"] for each in documents])]


def _others(data: Data, rows: IntArray, until: int, draw: np.random.Generator) -> IntArray:
    """For each vacancy another one from about the same time, before ``until``."""
    asked = np.asarray([each.asked_on for each in data.vacancies])
    order = np.argsort(asked, kind="stable")
    order = order[asked[order] < until]
    place = np.searchsorted(asked[order], asked[rows]) + draw.integers(-AROUND, AROUND + 1, len(rows))
    return np.asarray(order[np.clip(place, 0, len(order) - 1)])


def _cosines(matrix: csr_array, left: IntArray, right: IntArray) -> FloatArray:
    found: FloatArray = np.asarray(matrix[left].multiply(matrix[right]).sum(axis=1)).ravel()
    return found


def _fit(gaps: FloatArray) -> FloatArray:
    """(fields) weights of at least 0 that make positive gaps of the pairs likely."""
    from scipy.optimize import minimize

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        score = gaps @ weights
        slope = -(gaps / (1 + np.exp(np.clip(score, -50, 50)))[:, None]).mean(axis=0) + 2 * PENALTY * weights
        return float(np.logaddexp(0, -score).mean() + PENALTY * weights @ weights), slope

    size = gaps.shape[1]
    found: FloatArray = minimize(loss, np.ones(size), jac=True, bounds=[(0, None)] * size).x
    return found
