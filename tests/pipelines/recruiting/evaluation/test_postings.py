"""Sums over the texts that have a term are those over all texts."""

import numpy as np
from scipy.sparse import random_array

from pipelines.recruiting.evaluation.postings import Postings


def test_sums_are_those_of_the_whole_matrix() -> None:
    matrix = random_array((40, 25), density=0.2, format="csr", dtype=np.float32, rng=np.random.default_rng(2))
    double = matrix * np.float32(2)
    terms, factors = np.array([3, 11, 24]), np.array([0.5, 1.0, 3.0], np.float32)
    found, plain = Postings(matrix, double).sums(terms, factors, None)
    assert np.allclose(found, matrix.toarray()[:, terms] @ factors)
    assert np.allclose(plain, double.toarray()[:, terms].sum(axis=1))


def test_no_terms_give_zeros() -> None:
    matrix = random_array((4, 5), density=0.5, format="csr", dtype=np.float32, rng=np.random.default_rng(2))
    assert Postings(matrix).sums(np.zeros(0, int), None)[0].tolist() == [0.0] * 4
