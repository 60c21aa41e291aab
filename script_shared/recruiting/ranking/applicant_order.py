"""The order of a vacancy's applicants by who is hired: a few weights, learnt from pairs inside a vacancy.

The match classifier mostly learns which vacancies are filled; this order compares only applicants of one vacancy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from script_shared.arrays import FloatArray
from script_shared.recruiting.features.match_features import NAMES

COLUMNS = (
    *("age_days", "applicants", "applicants_7d", "refused_known", "good_known", "vacancy_today", "candidate_today"),
    *("past_vacancies", "best_known_grade", "last_refused", "days_since_last", "same_client"),
    *("learnt_max", "title_max", "applicants_learnt"),
)
LONG_AGO = 6.0  # for something that never happened: logarithm of the days since then
_PLACES = [NAMES.index(name) for name in COLUMNS]
_LAST = COLUMNS.index("days_since_last")


@dataclass(frozen=True)
class ApplicantOrder:
    """The fitted order.

    Attributes:
        center, scale, weights: (COLUMNS) of the columns' logarithms.
    """

    center: FloatArray
    scale: FloatArray
    weights: FloatArray

    def of_features(self, features: FloatArray) -> FloatArray:
        """(n) scores from rows of the match classifier's features; higher is better, inside a vacancy only.

        Args:
            features: float (n, features), nan where nothing is known.

        Returns:
            float64 (n).
        """
        found: FloatArray = (columns_of(features) - self.center) / self.scale @ self.weights
        return found

    def facts(self) -> dict[str, list[float]]:
        """As JSON values."""
        return {name: getattr(self, name).tolist() for name in ("center", "scale", "weights")}

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "ApplicantOrder":
        """The order from the values of ``facts``.

        Args:
            facts: ``center``, ``scale`` and ``weights``, a list of numbers each.

        Raises:
            ValueError, KeyError, TypeError: the values are not those of an order.
        """
        arrays = [np.asarray(facts[name], float) for name in ("center", "scale", "weights")]
        if any(each.shape != (len(COLUMNS),) or not np.isfinite(each).all() for each in arrays):
            raise ValueError("the order is of other columns")
        return cls(*arrays)


def columns_of(features: FloatArray) -> FloatArray:
    """float64 (n, COLUMNS): logarithms of the columns, 0 where nothing is known.

    Args:
        features: float (n, features) of pairs, as ``pair_features`` makes them; nan where nothing is known.
    """
    chosen = features[:, _PLACES].astype(float)
    found = np.sign(chosen) * np.log1p(np.abs(chosen))
    found[:, _LAST] = np.nan_to_num(found[:, _LAST], nan=LONG_AGO)
    filled: FloatArray = np.nan_to_num(found)
    return filled
