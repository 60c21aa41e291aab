"""Boosted trees in LightGBM's own text format, with the names of their features."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from script_shared.arrays import Float64s, FloatArray, IntArray
from script_shared.errors import ReleaseCorruptError

if TYPE_CHECKING:
    from lightgbm import Booster

FIRST_TREES = 50  # of 250: with these and SHORTLIST, 98 % of 300 lists of ten were the same as with all trees for all
SHORTLIST = 60  # rows, at least, that get all trees; six times a page of ten


def save_booster(booster: "Booster", file: Path) -> None:
    """Write its text.

    Args:
        booster: trained by LightGBM.
        file: replaced if it exists.
    """
    file.write_text(booster.model_to_string(), encoding="utf-8")


def load_booster(file: Path, names: tuple[str, ...]) -> "Booster":
    """Read a booster.

    Args:
        file: as ``save_booster`` wrote it.
        names: of the features that it must be of, in order.

    Raises:
        ReleaseCorruptError: the file is missing, cut short or of other features.
    """
    from lightgbm import Booster
    from lightgbm.basic import LightGBMError

    try:
        text = file.read_text(encoding="utf-8")
        if "\nend of trees\n" not in text:
            raise ValueError("it ends early")
        booster = Booster(model_str=text)
    except (OSError, ValueError, LightGBMError) as error:
        raise ReleaseCorruptError(f"{file}: not readable ({error}).", fix="Train it again.") from error
    if tuple(booster.feature_name()) != names:
        raise ReleaseCorruptError(f"{file}: of other features.", fix="Train it again.")
    return booster


def scores_of(booster: "Booster", features: FloatArray) -> Float64s:
    """Raw scores on one thread.

    Args:
        booster: as ``load_booster`` read it.
        features: float (n, features), in the booster's order; nan where nothing is known.

    Returns:
        float64 (n), on the scale of the trees, without a link function.
    """
    if not len(features):
        return np.zeros(0)
    found: Float64s = np.asarray(booster.predict(features, raw_score=True, num_threads=1))
    return found


def best_of(booster: "Booster", features: FloatArray, k: int) -> tuple[IntArray, Float64s]:
    """The k rows with the highest scores, in less than half of the time that the scores of all rows take.

    The first trees choose a shortlist, and the other trees put it in order. Rarely, this misses a row that all trees
    together would have put into the list, see ``FIRST_TREES``.

    Args:
        booster: as ``load_booster`` read it.
        features: float (n, features), as for ``scores_of``.
        k: rows at most.

    Returns:
        int (k) rows and float64 (k) scores of all trees, highest first, equal ones in their order.
    """
    shortlist = max(SHORTLIST, 4 * k)
    if len(features) <= shortlist or booster.num_trees() <= FIRST_TREES:
        scores, rows = scores_of(booster, features), np.arange(len(features))
    else:
        first = booster.predict(features, raw_score=True, num_threads=1, num_iteration=FIRST_TREES)
        rows = np.sort(np.argsort(-np.asarray(first), kind="stable")[:shortlist])
        rest = booster.predict(features[rows], raw_score=True, num_threads=1, start_iteration=FIRST_TREES)
        scores = np.asarray(first)[rows] + np.asarray(rest)
    best = np.argsort(-scores, kind="stable")[:k]
    return rows[best], scores[best]
