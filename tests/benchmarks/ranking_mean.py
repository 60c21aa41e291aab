"""The mean of several test days, with 95 % intervals over days and users, and the lead over a peer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.measures.bootstrap import interval
from pipelines.news.evaluation.rolling import RANKED
from pipelines.news.replay.figures import MEASURES, GroupFigure, gains
from script_shared.arrays import FloatArray, IntArray
from tests.benchmarks.ranking_day import Day

SESSION_PEERS = ("V-SkNN", "STAN", "VSTAN")
HR_10 = MEASURES.index("HR@10")


@dataclass(frozen=True)
class Sums:
    """Of one day and one group of clicks: gains of every model summed by user.

    Attributes:
        gains: float64 (users, models x measures); clicks: float64 (users).
    """

    gains: FloatArray
    clicks: FloatArray

    @classmethod
    def of(cls, day: Day, group: str, models: Sequence[str]) -> "Sums":
        """Of the clicks of a group."""
        member = day.members[group]
        _, owner = np.unique(day.users[member], return_inverse=True)
        values = np.concatenate([main_gains(day.ranks[name][member]) for name in models], axis=1)
        sums = np.zeros((int(owner.max(initial=-1)) + 1, values.shape[1]))
        np.add.at(sums, owner, values)
        return cls(sums, np.bincount(owner).astype(np.float64))

    def drawn(self, draw: np.random.Generator) -> FloatArray:
        """float64 (models x measures): means over as many users, drawn with replacement."""
        count = np.bincount(draw.integers(0, len(self.clicks), len(self.clicks)), minlength=len(self.clicks))
        means: FloatArray = count @ self.gains / max(float(count @ self.clicks), 1.0)
        return means

    @property
    def mean(self) -> FloatArray:
        """float64 (models x measures): means over all clicks."""
        found: FloatArray = self.gains.sum(axis=0) / self.clicks.sum()
        return found


def main_gains(ranks: IntArray) -> FloatArray:
    """float64 (n, 4): ``MEASURES`` of each rank."""
    by_metric: FloatArray = gains(ranks, (10, 20))[:, [0, 2, 1, 5]]
    return by_metric


def mean_figures(days: Sequence[Day], resamples: int, seed: int) -> list[GroupFigure]:
    """Every measure of every model on every group, as the mean of the days' means; each day counts the same."""
    models, rows = list(days[0].ranks), []
    names = [(model, measure) for model in models for measure in MEASURES]
    for group in days[0].members:
        sums = [Sums.of(day, group, models) for day in days]
        mean, low, high = _interval_of(sums, lambda means: means, resamples, seed)
        clicks = int(sum(of.clicks.sum() for of in sums))
        for (model, measure), v, a, b in zip(names, mean, low, high, strict=True):
            rows.append(GroupFigure(model, group, measure, float(v), float(a), float(b), clicks))
    return rows


def leads(days: Sequence[Day], groups: Sequence[str], resamples: int, seed: int) -> list[dict[str, Any]]:
    """By group: the best session peer by HR@10, and by how much of it the ranker is ahead on the same clicks."""
    peers = [name for name in SESSION_PEERS if name in days[0].ranks]
    rows = []
    for group in groups if peers else ():
        sums = [Sums.of(day, group, [RANKED, *peers]) for day in days]
        hits = np.mean([of.mean for of in sums], axis=0)[HR_10 :: len(MEASURES)]
        best = 1 + int(hits[1:].argmax())
        at = best * len(MEASURES) + HR_10

        def relative(means: FloatArray, at: int = at) -> FloatArray:
            return np.array([means[HR_10] / means[at] - 1.0 if means[at] else np.nan])

        mean, low, high = (float(of[0]) for of in _interval_of(sums, relative, resamples, seed))
        peer = {"peer": peers[best - 1], "peer_hr": float(hits[best]), "hr": float(hits[0])}
        rows.append({"group": group, **peer, "lead": mean, "low": low, "high": high})
    return rows


def _interval_of(
    sums: Sequence[Sums], figure: Callable[[FloatArray], FloatArray], resamples: int, seed: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """A figure of the mean of the days, and its interval: days are drawn with replacement, then users of each."""
    draw, drawn = np.random.default_rng(seed), []
    for _ in range(resamples):
        chosen = draw.integers(0, len(sums), len(sums))
        drawn.append(figure(np.mean([sums[place].drawn(draw) for place in chosen], axis=0)))
    mean = figure(np.mean([of.mean for of in sums], axis=0))
    return mean, *interval(np.array(drawn).reshape(-1, len(mean)))
