"""Texts by term: compares one text with all others, but reads only those that share a word with it."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from script_shared.arrays import Float32s, FloatArray, IntArray


class Postings:
    """Weights of the terms of n texts, stored by term.

    Args:
        matrices: float32 (texts, terms), one or several weightings of the same counts.
    """

    def __init__(self, *matrices: csr_array) -> None:
        by_term = [csr_array(each.T) for each in matrices]
        self._texts, self._starts, self._rows = matrices[0].shape[0], by_term[0].indptr, by_term[0].indices
        self._weights = [each.data for each in by_term]

    def sums(self, terms: IntArray, *factors: FloatArray | None) -> list[Float32s]:
        """Of each weighting the sum over some terms, for all texts.

        Args:
            terms: int (m), each once.
            factors: of each weighting float32 (m), by which the weights of each term are multiplied; None for 1.

        Returns:
            float32 (texts) of each weighting.
        """
        found = [np.zeros(self._texts, np.float32) for _ in self._weights]
        starts: Sequence[int] = self._starts[terms].tolist()
        ends: Sequence[int] = self._starts[terms + 1].tolist()
        for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
            rows = self._rows[start:end]
            for total, weights, factor in zip(found, self._weights, factors, strict=True):
                part = weights[start:end]
                total[rows] += part if factor is None else part * factor[at]
        return found
