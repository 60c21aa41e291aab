"""Cosines between a user's profile and the articles of a pool in compiled code, see content.c."""

import ctypes
from functools import cache
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from script_shared.arrays import Float16s, Float32s, Int64s, UInt16s, UInt32s
from script_shared.compiled.addresses import FLOAT32, INT32, UINT32, address
from script_shared.compiled.library import load

MAX_TERMS = 65_536  # content.c has a bit for each term on its stack
POINTER, NUMBER, REAL = ctypes.c_void_p, ctypes.c_int64, ctypes.c_float


class _Vectors(ctypes.Structure):
    """``Vectors`` in content.c."""

    _fields_ = (("rows", NUMBER), ("terms", NUMBER), ("offsets", POINTER), ("columns", POINTER), ("values", POINTER))


class _Postings(ctypes.Structure):
    """``Postings`` in content.c."""

    _fields_ = (("offsets", POINTER), ("places", POINTER), ("values", POINTER))


class ProfileProducts:
    """A pool of m articles by term, and the vectors of all articles.

    Args:
        offsets: int64 (n + 1), columns: uint16, values: float16, of the vectors of n articles.
        pool: float32 (m, terms), the vectors of the pool's articles.
    """

    def __init__(self, offsets: Int64s, columns: UInt16s, values: Float16s, pool: csr_array) -> None:
        self._add_profile, self._add_products = _code()
        self._places, self._terms = pool.shape
        by_term = pool.tocsc()
        self._kept = (  # the addresses are valid only while the arrays exist
            np.ascontiguousarray(offsets, np.int64),
            np.ascontiguousarray(columns, np.uint16),
            np.ascontiguousarray(values, np.float16),
            by_term.indptr.astype(np.int32),
            by_term.indices.astype(np.int32),
            by_term.data.astype(np.float32),
        )
        addresses = [array.ctypes.data for array in self._kept]
        self._vectors, self._postings = (
            _Vectors(len(offsets) - 1, self._terms, *addresses[:3]),
            _Postings(*addresses[3:]),
        )
        self._sums = np.zeros(self._terms)
        self._pointers = ctypes.byref(self._vectors), ctypes.byref(self._postings), self._sums.ctypes.data

    @classmethod
    def of(cls, offsets: Int64s, columns: UInt16s, values: Float16s, pool: csr_array) -> "ProfileProducts | None":
        """Create one; None if the C code was not built, an article's terms are not sorted, or there are too many."""
        if _code() is None or not pool.has_sorted_indices or pool.shape[1] > MAX_TERMS:
            return None
        return cls(offsets, columns, values, pool)

    def cosines(self, articles: UInt32s, weights: Float32s) -> Float32s:
        """float32 (m): the cosine of each article of the pool with a user's profile; zeros for a user without one.

        Args:
            articles: uint32 (k), rows of the articles that the user read.
            weights: float32 (k), weight of each read.

        Raises:
            IndexError: an article or a term does not exist.
        """
        profile, terms = np.zeros(self._terms, np.float32), np.empty(self._terms, np.int32)
        scores = np.zeros(self._places, np.float32)
        vectors, postings, sums = self._pointers
        to, named = address(profile, FLOAT32), address(terms, INT32)
        read = address(articles, UINT32), address(weights, FLOAT32), len(articles)
        count = self._add_profile(vectors, *read, sums, to, named)
        if count < 0:
            raise IndexError("an article or a term does not exist")
        length = np.sqrt(profile @ profile)  # in numpy, because its order of additions depends on the processor
        if length > 0:
            self._add_products(postings, named, count, to, length, address(scores, FLOAT32))
        return scores


@cache
def _code() -> Any:
    """Both functions of the library; None if the library was not built."""
    if (library := load()) is None:
        return None
    profile, products = library.add_profile, library.add_products
    profile.argtypes, profile.restype = [POINTER, POINTER, POINTER, NUMBER, POINTER, POINTER, POINTER], NUMBER
    products.argtypes, products.restype = [POINTER, POINTER, NUMBER, POINTER, REAL, POINTER], None
    return profile, products
