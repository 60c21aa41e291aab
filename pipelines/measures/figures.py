"""The figures of several models on the same held-out users: each measure with its interval, and paired differences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from scipy.sparse import csr_array

from pipelines.measures import metrics
from pipelines.measures.bootstrap import interval, means, resampled_means
from script_shared.arrays import Bools, FloatArray, IntArray
from script_shared.errors import InputError

ALL = "all"
PER_USER = (*metrics.ACCURACY, "novelty")
METRICS = (*PER_USER, "coverage")


@dataclass(frozen=True)
class Protocol:
    """The measures, and the users that they are computed for.

    Attributes:
        truth: (n_users, n_articles) ones where the held-out user newly read the article.
        segments: positions (rows of ``truth``) of each segment's users; every user in at most one.
        available: (n_articles,) booleans, what could have been recommended at all.
        information: (n_articles,) self-information of each article, bits.
        cutoffs: list lengths.
        resamples: of the bootstrap.
        seed: of the bootstrap.
    """

    truth: csr_array
    segments: Mapping[str, IntArray]
    available: Bools
    information: FloatArray
    cutoffs: Sequence[int]
    resamples: int
    seed: int

    def groups(self) -> dict[str, IntArray]:
        """The segments, and all their users together."""
        return {**self.segments, ALL: np.sort(np.concatenate(list(self.segments.values())))}


@dataclass(frozen=True)
class Figure:
    """One measure of one model on one segment; nan where a value or an interval is missing."""

    model: str
    segment: str
    metric: str
    cutoff: int
    value: float
    low: float
    high: float
    users: int


@dataclass(frozen=True)
class Difference:
    """One measure of a model minus that of a reference, paired by user."""

    model: str
    reference: str
    segment: str
    metric: str
    cutoff: int
    value: float
    low: float
    high: float


def measure(
    lists: Mapping[str, IntArray], protocol: Protocol, subject: str | None = None
) -> tuple[list[Figure], list[Difference]]:
    """Every figure of every model, and the differences of the subject to all others.

    Args:
        lists: by model (n_users, K) recommended article rows, -1 padded; K at least the longest cutoff.
        protocol: what is measured, and on whom.
        subject: the model whose differences to the others are wanted.

    Returns:
        figures by model, segment, metric and cutoff; and the paired differences, subject minus other model, with their
        95 % intervals. There are no differences without a subject.

    Raises:
        InputError: lists are shorter than a cutoff, or name an article twice.
    """
    values = {model: per_user(rows, protocol, model) for model, rows in lists.items()}
    figures: list[Figure] = []
    differences: list[Difference] = []
    for segment, rows in protocol.groups().items():
        table = np.concatenate([values[model][rows] for model in lists], axis=1)
        shape = (protocol.resamples, len(lists), len(_columns(protocol)))
        resampled = resampled_means(table, protocol.resamples, protocol.seed).reshape(shape)
        for place, model in enumerate(lists):
            figures += _figures(model, segment, values[model][rows], resampled[:, place], protocol)
            figures += _coverage(model, segment, lists[model][rows], protocol)
        if subject is not None:
            differences += _differences(subject, segment, {m: values[m][rows] for m in lists}, resampled, protocol)
    return figures, differences


def per_user(lists: IntArray, protocol: Protocol, model: str = "") -> FloatArray:
    """(n_users, m) one column for each of PER_USER at each cutoff, nan where a user has no value.

    Raises:
        InputError: lists are shorter than a cutoff, or name an article twice; names the model.
    """
    if lists.shape[1] < max(protocol.cutoffs):
        raise InputError(f"{model}: lists of {lists.shape[1]} cannot be measured at {max(protocol.cutoffs)}.")
    try:
        found = metrics.hits(lists, protocol.truth)
    except InputError as error:
        raise InputError(f"{model}: {error.message}", fix=error.fix) from None
    sizes = metrics.truth_sizes(protocol.truth)
    columns = [measure(found, sizes, cutoff) for measure in metrics.ACCURACY.values() for cutoff in protocol.cutoffs]
    columns += [metrics.novelty(lists, protocol.information, cutoff) for cutoff in protocol.cutoffs]
    return np.stack(columns, axis=1)


def _columns(protocol: Protocol) -> list[tuple[str, int]]:
    return [(metric, cutoff) for metric in PER_USER for cutoff in protocol.cutoffs]


def _figures(model: str, segment: str, values: FloatArray, resampled: FloatArray, protocol: Protocol) -> list[Figure]:
    low, high = interval(resampled)
    columns = zip(_columns(protocol), means(values), low, high, (~np.isnan(values)).sum(axis=0), strict=True)
    return [
        Figure(model, segment, metric, cutoff, float(mean), float(start), float(end), int(users))
        for (metric, cutoff), mean, start, end, users in columns
    ]


def _coverage(model: str, segment: str, lists: IntArray, protocol: Protocol) -> list[Figure]:
    """Coverage belongs to all users together, so it has no interval by user."""
    return [
        Figure(model, segment, "coverage", cutoff, _share(lists, protocol.available, cutoff), nan, nan, len(lists))
        for cutoff in protocol.cutoffs
    ]


def _share(lists: IntArray, available: Bools, cutoff: int) -> float:
    return metrics.coverage(lists, available, cutoff) if len(lists) else nan


def _differences(
    subject: str, segment: str, values: Mapping[str, FloatArray], resampled: FloatArray, protocol: Protocol
) -> list[Difference]:
    models = list(values)
    ours = models.index(subject)
    result = []
    for place, reference in enumerate(models):
        if reference == subject:
            continue
        low, high = interval(resampled[:, ours] - resampled[:, place])
        gaps = means(values[subject]) - means(values[reference])
        for (metric, cutoff), gap, start, end in zip(_columns(protocol), gaps, low, high, strict=True):
            result.append(Difference(subject, reference, segment, metric, cutoff, float(gap), float(start), float(end)))
    return result
