"""Shapley values: the mean part of each player in a result, over all orders in which players could come in."""

from math import factorial

import numpy as np

from script_shared.arrays import Float64s, FloatArray


def shapley_values(results: Float64s) -> FloatArray:
    """The exact value of each player; they sum to the result of all players minus that of none.

    Formula: Shapley, "A value for n-person games", 1953; for models: Lundberg and Lee, "A unified approach to
    interpreting model predictions", 2017.

    Args:
        results: float64 (2 ** players): of each coalition; bit ``i`` of its place says whether player ``i`` is in it.

    >>> shapley_values(np.array([0.0, 1.0, 2.0, 5.0])).tolist()
    [2.0, 3.0]
    """
    players = len(results).bit_length() - 1
    coalitions = np.arange(len(results))
    sizes = sum((coalitions >> player & 1 for player in range(players)), np.zeros(len(results), int))
    weights = np.array([factorial(size) * factorial(players - size - 1) for size in range(players)], float)
    weights /= factorial(players)
    found = np.zeros(players)
    for player in range(players):
        without = coalitions[coalitions >> player & 1 == 0]
        found[player] = np.dot(weights[sizes[without]], results[without | 1 << player] - results[without])
    return found
