"""Served lists and the lists of another policy as the arrays that estimators take."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipelines.measures.direct_model import out_of_fold
from pipelines.measures.off_policy import Predictions, Trials
from pipelines.news.offline.drawn_lists import DrawnList
from script_shared.arrays import FloatArray, IntArray

By = Literal["article", "place"]
Features = Callable[[DrawnList, Sequence[str]], FloatArray]


@dataclass(frozen=True)
class LoggedLists:
    """What was shown, and what is known of the articles, once for all policies.

    Attributes:
        lists: the served lists.
        by: whether a click depends on the article alone, or on its place as well.
        users: int (n), number of the reader of each list.
        of: int (m), the list of each shown article; clicks: float (m).
        chances: float (m), of each shown article, at its place if ``by`` is ``place``.
    """

    lists: Sequence[DrawnList]
    by: By
    users: IntArray
    of: IntArray
    clicks: FloatArray
    chances: FloatArray

    @classmethod
    def of_lists(cls, lists: Sequence[DrawnList], by: By) -> "LoggedLists":
        """From served lists."""
        _, users = np.unique([one.reader for one in lists], return_inverse=True)
        of = np.repeat(np.arange(len(lists)), [len(one.served.pages) for one in lists])
        clicks = [page in one.clicked for one in lists for page in one.served.pages]
        chances = [_chances_of(one, by) for one in lists]
        found = [known.get(unit, 0.0) for one, known in zip(lists, chances, strict=True) for unit in _units(one, by)]
        return cls(lists, by, users, of, np.array(clicks, np.float64), np.array(found, np.float64))

    def trials(self, theirs: Sequence[Sequence[str]]) -> Trials:
        """Beside another policy.

        Args:
            theirs: by list the ids of the other policy's list.
        """
        wanted: list[bool] = []
        possible = np.zeros(len(self.lists))
        for number, (one, ids) in enumerate(zip(self.lists, theirs, strict=True)):
            units, known = set(_units_of(ids, self.by)), _chances_of(one, self.by)
            wanted.extend(unit in units for unit in _units(one, self.by))
            possible[number] = sum(known.get(unit, 0.0) > 0 for unit in units)
        length = np.array([len(ids) for ids in theirs], np.float64)
        weights = np.array(wanted, np.float64)
        return Trials(self.users, self.of, self.clicks, self.chances, weights, possible, length)


def predict_clicks(
    logged: LoggedLists,
    policies: Sequence[Sequence[Sequence[str]]],
    features: Sequence[FloatArray],
    known: Sequence[Sequence[str]],
) -> list[Predictions]:
    """Expected clicks by policy, from one model that did not learn from the user of the list.

    Args:
        logged: what was shown.
        policies: by policy and list the ids of its articles.
        features: by list float (articles, f).
        known: by list the ids of these articles, all that were shown and all of the policies.

    Returns:
        By policy the clicks expected on shown articles, and on its own lists.
    """
    place = [{article: at for at, article in enumerate(ids)} for ids in known]

    def rows(lists: Iterable[Sequence[str]]) -> tuple[FloatArray, IntArray]:
        """Features, with the place in the list where it matters, and the number of the list."""
        lists = list(lists)
        of = np.repeat(np.arange(len(lists)), [len(ids) for ids in lists])
        columns = [features[at][[place[at][article] for article in ids]] for at, ids in enumerate(lists) if len(ids)]
        table = np.concatenate(columns) if columns else np.zeros((0, 1))
        at = np.concatenate([np.arange(len(ids)) for ids in lists]) if len(lists) else np.zeros(0)
        return np.column_stack([table, at if logged.by == "place" else np.zeros(len(of))]), of

    shown, _ = rows(one.served.pages for one in logged.lists)
    tables = [rows(lists) for lists in policies]
    every = np.concatenate([table for table, _ in tables])
    owners = np.concatenate([of for _, of in tables])
    of_shown, of_others = out_of_fold(shown, logged.clicks, logged.users[logged.of], every, logged.users[owners])
    found, start = [], 0
    for table, of in tables:
        own = of_others[start : start + len(table)]
        start += len(table)
        found.append(
            Predictions(of_shown, np.bincount(of, weights=own, minlength=len(logged.lists)).astype(np.float64))
        )
    return found


Unit = tuple[str, int]


def _units_of(ids: Sequence[str], by: By) -> list[Unit]:
    """The articles, with their places where they matter."""
    return [(article, place if by == "place" else 0) for place, article in enumerate(ids)]


def _units(one: DrawnList, by: By) -> list[Unit]:
    return _units_of(one.served.pages, by)


def _chances_of(one: DrawnList, by: By) -> dict[Unit, float]:
    """The probability of everything that the list could have shown."""
    fixed = one.fixed_ids
    found = dict.fromkeys(_units_of(fixed, by), 1.0)
    chances, candidates = one.draw.chances(), one.draw.candidates(one.served.pages)
    for article, row in zip(candidates, chances, strict=True):
        if by == "article":
            found[article, 0] = min(float(row.sum()), 1.0)
        else:
            found |= {(article, len(fixed) + at): float(chance) for at, chance in enumerate(row) if chance > 0}
    return found
