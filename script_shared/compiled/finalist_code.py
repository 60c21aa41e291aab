"""Ranks candidates in compiled code: the same scores as the array operations in ``ranking/ranker.py``."""

import ctypes
from functools import cache
from typing import Any, NamedTuple, Protocol

import numpy as np

from script_shared.arrays import Float32s, Float64s, IntArray
from script_shared.compiled.addresses import FLOAT32, FLOAT64, INT64, address
from script_shared.compiled.decision_trees import WIDE, DecisionTrees
from script_shared.compiled.library import load

POINTER, NUMBER = ctypes.c_void_p, ctypes.c_int64
TREES = ("nodes", "features", "thresholds", "kept", "leaves", "values")  # arrays, as in trees.c


class Net(Protocol):
    """A network, see ``ScoreNet``."""

    @property
    def logs(self) -> IntArray: ...

    @property
    def mean(self) -> Float32s: ...

    @property
    def scale(self) -> Float32s: ...

    def score_inputs(self, values: Float32s) -> Float32s:
        """float32 (n): the scores of n candidates from their standardised inputs, float32 (n, f + l)."""
        ...


class Cut(NamedTuple):
    """The two stages of the ranking.

    Attributes:
        first: how many trees score all candidates.
        finalists: how many of the best candidates get the scores of all trees and of the network.
        apart: the least distance between the finalists and the other candidates.
    """

    first: int
    finalists: int
    apart: float


class _Ranking(ctypes.Structure):
    """``Ranking`` in finalists.c."""

    _fields_ = (
        *((name, NUMBER) for name in ("width", "first", "trees")),
        *((name, POINTER) for name in TREES),
        ("n_logs", NUMBER),
        *((name, POINTER) for name in ("logs", "mean", "scale")),
    )


class FinalistRanking:
    """Ranks the candidates of requests.

    Args:
        trees: at least ``cut.first`` of them.
        width: number of features.
        net: None for trees alone; its arrays must fit ``width``.

    Raises:
        ValueError: there are fewer features than the trees need, or no finalists.
    """

    def __init__(self, trees: DecisionTrees, width: int, net: Net | None, cut: Cut) -> None:
        if width < trees.width or cut.finalists < 1:
            raise ValueError(f"the trees need {trees.width} features and one finalist, not {width} and {cut.finalists}")
        self._trees, self._net, self._cut, self._width = trees, net, cut, width
        self._logs = np.ascontiguousarray(net.logs if net else [], np.int64)
        self._parts = [np.ascontiguousarray(part, np.float32) for part in ((net.mean, net.scale) if net else ())]
        inputs = [address(part, FLOAT32) for part in self._parts] if net else (None, None)
        numbers = width, min(cut.first, trees.count), trees.count
        self._ranking = _Ranking(*numbers, *trees.addresses, len(self._logs), address(self._logs, INT64), *inputs)
        self._pointer = ctypes.addressof(self._ranking)

    def rank(self, columns: Float32s) -> Float64s:
        """float64 (m): the scores of m candidates, higher is better.

        Args:
            columns: float32 (features, m), C-contiguous, of more candidates than finalists.

        Raises:
            ValueError: there are too few columns or candidates.
            MemoryError: there is no memory left.
        """
        pick, standardise, place = _code()
        (width, m), n, net = columns.shape, self._cut.finalists, self._net
        if width != self._width or m <= n:
            raise ValueError(
                f"the ranking needs {self._width} features of more than {n} candidates, not {width} of {m}"
            )
        scores, added, places = np.empty(m + WIDE), np.empty(n + WIDE), np.empty(n, np.int64)
        inputs = np.empty((n if net is not None else 0, width + len(self._logs)), np.float32)
        to, more, at, by = (
            address(scores, FLOAT64),
            address(added, FLOAT64),
            address(places, INT64),
            address(inputs, FLOAT32),
        )
        if pick(self._pointer, address(columns, FLOAT32), m, n, to, at, more, by):
            raise MemoryError
        if net is None:
            place(m, n, at, more, None, self._cut.apart, to)
            return scores[:m]
        logs = inputs[:, width:]
        np.log(logs, out=logs)
        standardise(self._pointer, n, by)
        of_net = np.ascontiguousarray(net.score_inputs(inputs), np.float32)  # must exist until the code has read it
        place(m, n, at, more, address(of_net, FLOAT32), self._cut.apart, to)
        return scores[:m]


@cache
def _code() -> Any:
    """The functions of the library, which was built, because there are compiled trees."""
    library = load()
    assert library is not None
    pick, standardise, place = library.pick_finalists, library.standardise_inputs, library.place_finalists
    pick.argtypes, pick.restype = [POINTER, POINTER, NUMBER, NUMBER, *[POINTER] * 4], NUMBER
    standardise.argtypes, standardise.restype = [POINTER, NUMBER, POINTER], None
    place.argtypes, place.restype = [NUMBER, NUMBER, POINTER, POINTER, POINTER, ctypes.c_double, POINTER], None
    return pick, standardise, place
