"""The figures of a replay: hit rate, reciprocal rank and gain of each model's ranks, and paired differences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipelines.measures.bootstrap import interval
from pipelines.measures.figures import ALL, Difference, Figure
from pipelines.news.replay.sampling import SampledClicks
from script_shared.arrays import Bools, FloatArray, IntArray
from script_shared.news.segments import SEGMENT_NAMES

METRICS = ("hr", "mrr", "ndcg")
MEASURES = ("HR@10", "MRR@10", "HR@20", "NDCG@20")
MISSED = 1_000_000
KINDS = ("segment", "source")  # of groups of clicks


@dataclass(frozen=True)
class ReplayResult:
    """The figures of a replay of the held-out window.

    Attributes:
        figures: of every model, by segment; ``users`` is the number of users.
        differences: of the one evaluated to every other model, paired by user.
        segments: by segment all clicks, the evaluated ones, and their users.
        reread: clicks left out because the user had read the article.
        sources: the same figures by source of the evaluated one's answer, in place of the segment.
        source_differences: its differences by source.
        source_clicks: clicks by source.
    """

    figures: list[Figure]
    differences: list[Difference]
    segments: dict[str, dict[str, int]]
    reread: int
    sources: list[Figure] = field(default_factory=list)
    source_differences: list[Difference] = field(default_factory=list)
    source_clicks: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class GroupFigure:
    """One of ``MEASURES`` of one model on one group of clicks."""

    model: str
    group: str
    measure: str
    value: float
    low: float
    high: float
    clicks: int


def measure_models(
    ranks: Mapping[str, IntArray],
    drawn: SampledClicks,
    cutoffs: Sequence[int],
    subject: str,
    resamples: int,
    seed: int,
    sources: Sequence[str] = (),
) -> ReplayResult:
    """Every measure of every model on each segment's clicks and on all of them, weighted by what each click represents.

    Args:
        ranks: by model (n) rank of the clicked article in the list, from 0; ``MISSED`` where it is not there.
        drawn: the n clicks, with segment, weight and user of each.
        cutoffs: lengths of the list.
        subject: the model whose differences to the others are wanted.
        resamples: of users, for the 95 % intervals.
        seed: makes the draws repeatable.
        sources: (n) source of the answer of ``subject`` to each click; empty where it was not noted.
    """
    columns = [(metric, cutoff) for metric in METRICS for cutoff in cutoffs]
    values = np.concatenate([gains(of, cutoffs) for of in ranks.values()], axis=1)
    found: dict[str, tuple[list[Figure], list[Difference], int]] = {}
    by_source = {name: np.array([each == name for each in sources]) for name in sorted(set(sources))}
    for kind, groups in zip(KINDS, (_groups(drawn), by_source), strict=True):
        for group, member in groups.items():
            of = _BootstrapMeans(values[member], drawn.weights[member], drawn.users[member], resamples, seed)
            own = _figures(group, list(ranks), columns, of)
            found[f"{kind} {group}"] = own, _differences(group, list(ranks), columns, of, subject), of.readers
    segments = {name: {**counts, "users": found[f"segment {name}"][2]} for name, counts in drawn.counts.items()}
    of_segments, of_sources = ([part for name, part in found.items() if name.startswith(kind)] for kind in KINDS)
    return ReplayResult(
        [figure for part in of_segments for figure in part[0]],
        [difference for part in of_segments for difference in part[1]],
        segments,
        drawn.reread,
        [figure for part in of_sources for figure in part[0]],
        [difference for part in of_sources for difference in part[1]],
        {name: int(member.sum()) for name, member in by_source.items()},
    )


def group_figures(
    ranks: Mapping[str, IntArray], users: IntArray, groups: Mapping[str, Bools], resamples: int, seed: int
) -> list[GroupFigure]:
    """Every one of ``MEASURES`` of every model on every group of clicks, each click counted once.

    Args:
        ranks: by model (n) ranks of the same n clicks.
        users: (n) whose click it is.
        groups: by name bool (n).
        resamples: of users, for the intervals; the same for all models.
        seed: makes the draws repeatable.
    """
    values = np.concatenate([_main_gains(of) for of in ranks.values()], axis=1)
    names = [(model, name) for model in ranks for name in MEASURES]
    result = []
    for group, member in groups.items():
        of_group = _BootstrapMeans(values[member], np.ones(int(member.sum())), users[member], resamples, seed)
        columns = zip(names, of_group.means, *interval(of_group.drawn), strict=True)
        clicks = int(member.sum())
        result += [
            GroupFigure(model, group, name, float(v), float(a), float(b), clicks) for (model, name), v, a, b in columns
        ]
    return result


def ahead(
    ranks: IntArray, other: IntArray, users: IntArray, resamples: int, seed: int
) -> dict[str, tuple[float, float, float]]:
    """How far one model is ahead of another on the same clicks: by measure the mean gain and its 95 % interval."""
    of = _BootstrapMeans(_main_gains(ranks) - _main_gains(other), np.ones(len(ranks)), users, resamples, seed)
    columns = zip(MEASURES, of.means, *interval(of.drawn), strict=True)
    return {name: (float(mean), float(low), float(high)) for name, mean, low, high in columns}


def _main_gains(ranks: IntArray) -> FloatArray:
    """(n, 4): ``MEASURES`` of each rank."""
    by_metric: FloatArray = gains(ranks, (10, 20))[:, [0, 2, 1, 5]]
    return by_metric


def gains(ranks: IntArray, cutoffs: Sequence[int]) -> FloatArray:
    """(n, 3 x cutoffs) HR, MRR and NDCG at each cutoff.

    >>> gains(np.array([0, 7, MISSED]), [5, 10]).round(2).tolist()
    [[1.0, 1.0, 1.0, 1.0, 1.0, 1.0], [0.0, 1.0, 0.0, 0.12, 0.0, 0.32], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]
    """
    hits = np.stack([ranks < cutoff for cutoff in cutoffs], axis=1).astype(np.float64)
    place = (ranks + 1.0)[:, None]
    return np.concatenate([hits, hits / place, hits / np.log2(place + 1.0)], axis=1)


def _groups(drawn: SampledClicks) -> dict[str, IntArray]:
    by_segment = {name: drawn.segments == code for code, name in enumerate(SEGMENT_NAMES)}
    return {**by_segment, ALL: np.ones(len(drawn.places), bool)}


class _BootstrapMeans:
    """Means of (n, m) values over clicks, and the same over users drawn with replacement, alike for all columns."""

    def __init__(self, values: FloatArray, weights: FloatArray, users: IntArray, resamples: int, seed: int) -> None:
        _, owner = np.unique(users, return_inverse=True)
        self.readers = n = int(owner.max()) + 1 if len(owner) else 0
        sums = np.zeros((n, values.shape[1] + 1))
        np.add.at(sums, owner, np.column_stack([values * weights[:, None], weights]))
        self.means = _ratio(sums.sum(axis=0))
        draw = np.random.default_rng(seed)
        drawn = [_ratio(np.bincount(draw.integers(0, n, n), minlength=n) @ sums) for _ in range(resamples if n else 0)]
        self.drawn = np.array(drawn).reshape(-1, values.shape[1])


def _ratio(totals: FloatArray | IntArray) -> FloatArray:
    means: FloatArray = totals[:-1] / totals[-1] if totals[-1] > 0 else np.full(len(totals) - 1, np.nan)
    return means


def _figures(group: str, models: list[str], columns: list[tuple[str, int]], of: _BootstrapMeans) -> list[Figure]:
    names = [(model, *column) for model in models for column in columns]
    low, high = interval(of.drawn)
    return [
        Figure(model, group, metric, cutoff, float(value), float(start), float(end), of.readers)
        for (model, metric, cutoff), value, start, end in zip(names, of.means, low, high, strict=True)
    ]


def _differences(
    group: str, models: list[str], columns: list[tuple[str, int]], of: _BootstrapMeans, subject: str
) -> list[Difference]:
    k, found = len(columns), []
    ours = slice(models.index(subject) * k, (models.index(subject) + 1) * k)
    for place, model in enumerate(models):
        if model == subject:
            continue
        theirs = slice(place * k, (place + 1) * k)
        low, high = interval(of.drawn[:, ours] - of.drawn[:, theirs])
        rows = zip(columns, of.means[ours] - of.means[theirs], low, high, strict=True)
        found += [Difference(subject, model, group, m, c, float(v), float(a), float(b)) for (m, c), v, a, b in rows]
    return found
