"""How much a read counts as a training example: three labels on offer."""

from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt

from pipelines.news.dataset import Dataset

Label = Literal["click", "engagement", "target"]
Weights = npt.NDArray[np.float32]
HOUR_MS, DAY_MS = 3_600_000.0, 86_400_000.0
_LEAST = 0.05  # a read is a read, however short
_TYPICAL_HISTORY, _GAP_DAYS = 130.0, 50.0


def click(data: Dataset) -> Weights:
    """All reads have the same weight."""
    return np.ones(len(data.interactions), np.float32)


def engagement(data: Dataset) -> Weights:
    """By engagement, with a mean of 1."""
    return _with_mean_one(np.log1p(data.interactions.engagement))


def target(data: Dataset) -> Weights:
    """By the TARGET score of the challenge's data, with a mean of 1."""
    reads = data.interactions
    hours = _hours_since_last(reads.user, reads.time_ms)
    history = np.bincount(reads.user, minlength=data.n_users)[reads.user]
    gap = np.maximum(reads.time_ms - data.issued_ms[reads.article], 0) / DAY_MS
    return _with_mean_one(target_score(reads.clicks, reads.seconds, reads.scroll, hours, history, gap))


def target_score(
    clicks: npt.ArrayLike,
    seconds: npt.ArrayLike,
    scroll: npt.ArrayLike,
    hours_since_last: npt.ArrayLike,
    history: npt.ArrayLike,
    gap_days: npt.ArrayLike,
) -> npt.NDArray[np.float64]:
    """TARGET of n reads, scaled to 0..1.

    (clicks + 1.5 seconds + scroll - hours since the last visit) x history / 130 x 1 / (1 + gap / 50), negatives to
    zero, log1p, min-max; all arguments of shape (n), ``gap_days`` from publication to the read.
    """
    points = np.asarray(clicks, np.float64) + 1.5 * np.asarray(seconds) + np.asarray(scroll) - hours_since_last
    score = points * np.asarray(history) / _TYPICAL_HISTORY / (1.0 + np.asarray(gap_days) / _GAP_DAYS)
    logs = np.log1p(np.maximum(score, 0.0))
    low, high = (logs.min(), logs.max()) if len(logs) else (0.0, 0.0)
    scaled: npt.NDArray[np.float64] = (logs - low) / (high - low) if high > low else np.zeros(len(logs))
    return scaled


def _hours_since_last(user: npt.NDArray[np.uint32], time_ms: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """(n) hours since the user's read before, 0 for the first."""
    order = np.argsort(user, kind="stable")
    gaps = np.diff(time_ms[order], prepend=time_ms[order][:1]) / HOUR_MS
    new = np.r_[True, user[order][1:] != user[order][:-1]][: len(order)]
    hours = np.empty(len(order))
    hours[order] = np.where(new, 0.0, gaps)
    return hours


def _with_mean_one(values: npt.NDArray[np.floating]) -> Weights:
    raised = np.maximum(values, 0.0) + _LEAST
    weights: Weights = (raised / raised.mean()).astype(np.float32) if len(raised) else raised.astype(np.float32)
    return weights


LABELS: dict[Label, Callable[[Dataset], Weights]] = {"click": click, "engagement": engagement, "target": target}
