"""Answers and clicks of one variant, added up by user."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import exp, log, nan

import numpy as np

from pipelines.measures.sequential import Sums
from script_shared.arrays import FloatArray

COLUMNS = ("answers", "clicks", "judged", "hits", "seconds", "credit", "credited")
_AT = {name: place for place, name in enumerate(COLUMNS)}
ALL = "all"


@dataclass
class Tally:
    """One variant.

    Attributes:
        by_user: by segment (``all`` for all of them) and user or visit, the sums of ``COLUMNS``: answers; clicks on
            their articles; clicks that followed them, on whatever article; those in the first 10; seconds; of an
            interleaved or shadow list credit for the second side less that for the first, and clicks with credit.
        shown: how often each article was shown.
        micros: of each answer.
        fallbacks: answers that the release in service had to give.
    """

    by_user: dict[str, dict[str, list[float]]] = field(default_factory=lambda: {ALL: {}})
    shown: Counter[str] = field(default_factory=Counter)
    micros: list[int] = field(default_factory=list)
    fallbacks: int = 0

    def add(self, user: str, segment: str, **more: float) -> None:
        """Add to the sums of a user."""
        for group in (ALL, segment):
            sums = self.by_user.setdefault(group, {}).setdefault(user, [0.0] * len(COLUMNS))
            for name, value in more.items():
                sums[_AT[name]] += value

    def count_answer(self, user: str, segment: str, pages: Iterable[str], micros: int, *, fallback: bool) -> None:
        """Count an answer."""
        self.add(user, segment, answers=1, seconds=micros / 1e6)
        self.shown.update(pages)
        self.micros.append(micros)
        self.fallbacks += fallback

    def sums(self, value: str, size: str, group: str = ALL) -> Sums:
        """Sums over users, for an interval of ``value`` per ``size``; users without size are left out."""
        table = self._table(group)
        sizes = table[:, _AT[size]]
        return Sums.of(table[sizes > 0, _AT[value]], sizes[sizes > 0])

    def total(self, name: str, group: str = ALL) -> float:
        """The sum of a column."""
        return float(self._table(group)[:, _AT[name]].sum())

    def users(self, group: str = ALL) -> int:
        """How many users or visits it has."""
        return len(self.by_user.get(group, {}))

    @property
    def groups(self) -> list[str]:
        """``all`` and the segments."""
        return [ALL, *sorted(set(self.by_user) - {ALL})]

    @property
    def variety(self) -> float:
        """The effective number of articles shown: how many would be shown if all were shown equally often.

        It is the exponential of Shannon's entropy of the impressions; nan without any. Source: Jost, "Entropy and
        diversity", Oikos 113 (2006).
        """
        total = self.shown.total()
        if not total:
            return nan
        return exp(-sum(count / total * log(count / total) for count in self.shown.values()))

    def milliseconds(self, quantile: float) -> float:
        """A quantile of the time of an answer, nan without answers."""
        return float(np.quantile(self.micros, quantile)) / 1000 if self.micros else nan

    def _table(self, group: str) -> FloatArray:
        rows = list(self.by_user.get(group, {}).values())
        return np.array(rows, np.float64).reshape(-1, len(COLUMNS))
