"""Boosts and buries: how many articles they can move, by which factors, and the order that this makes."""

from collections.abc import Callable, Sequence

import numpy as np

from script_shared.arrays import FloatArray, Int64s
from script_shared.news.rules.rule import STRONGEST
from script_shared.news.rules.rule_set import RuleSet

WINDOW = 1_000  # articles that boosts can move
_TIE = 1e-6  # of two articles that get one place, the one that is boosted comes first, and a buried one last
_PLACES = np.arange(WINDOW) + (1 + _TIE)
_UNKNOWN = 0.0  # a factor is above it


def window(rules: RuleSet, n: int, before: int = 0) -> int:
    """How many of the first articles rules can move; 0 if none moves any.

    Args:
        rules: that hold.
        n: length of the list.
        before: articles on earlier pages.
    """
    if not rules.moves:
        return 0
    return min(WINDOW, round((n + before) * min(STRONGEST, rules.strongest)) + n)


def move_order(factors: FloatArray) -> Int64s:
    """The order of articles after the place of each, from 1, was multiplied by its factor.

    Args:
        factors: float64 (k), k at most ``WINDOW``, of articles, best first.

    Returns:
        int64 (k), places from 0.
    """
    return np.argsort(_PLACES[: len(factors)] * factors, kind="stable")


class Factors:
    """Factors by number of the article, under one set of rules: found once for each, looked up for many together."""

    def __init__(self) -> None:
        self._ids: Sequence[str] = ()
        self._of = np.zeros(0)

    def of(self, numbers: Int64s, ids: Sequence[str], factor: Callable[[str], float]) -> FloatArray:
        """The factors of some articles.

        Args:
            numbers: int64 (k), of articles in the live state.
            ids: article ids by number; another list when the articles got other numbers.
            factor: of an article, by id; asked once for each article.

        Returns:
            float64 (k), below 1 for a boost.
        """
        if ids is not self._ids:
            self._ids, self._of = ids, np.zeros(len(ids))
        try:
            found = self._of[numbers]
        except IndexError:
            self._of = np.concatenate([self._of, np.zeros(len(ids) - len(self._of))])
            found = self._of[numbers]
        if not found.all():
            for number in numbers[found == _UNKNOWN].tolist():
                self._of[number] = factor(ids[number])
            found = self._of[numbers]
        return found
