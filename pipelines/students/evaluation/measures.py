"""All figures of several models on the same students, with intervals by student and paired differences."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan

import numpy as np

from pipelines.measures.bootstrap import interval
from pipelines.students import scores
from script_shared.arrays import Bools, FloatArray, IntArray

WORK = 5_000_000  # students x resamples at most, so that large sheets do not take hours
FEWEST = 40  # resamples at least


@dataclass(frozen=True)
class Answers:
    """What one model says of n students.

    Attributes:
        chances: (n, 2) of lagging and of critical.
        called: (n) places in STATUSES.
        urgent: (n) booleans; nobody where a model has no such threshold.
    """

    chances: FloatArray
    called: IntArray
    urgent: Bools

    def of(self, rows: IntArray) -> "Answers":
        """The answers of some rows."""
        return Answers(self.chances[rows], self.called[rows], self.urgent[rows])


@dataclass(frozen=True)
class Figure:
    """One measure of one model; nan where it cannot be measured."""

    model: str
    metric: str
    value: float
    low: float
    high: float
    students: int


@dataclass(frozen=True)
class Difference:
    """One measure of a model minus that of another one, paired by student."""

    model: str
    reference: str
    metric: str
    value: float
    low: float
    high: float


def measures(came: IntArray, now: IntArray, answers: Answers) -> dict[str, float]:
    """Every measure by name.

    Args:
        came: (n) status of next year; now: (n) status of this year.
    """
    critical, new = came == 2, now == 0
    found = {
        "macro_f1": scores.macro_f1(came, answers.called),
        "accuracy": scores.accuracy(came, answers.called),
        "recall_critical": scores.recall(critical, answers.called == 2),
        "precision_critical": scores.precision(critical, answers.called == 2),
        "recall_urgent": scores.recall(critical, answers.urgent),
        "precision_urgent": scores.precision(critical, answers.urgent),
        "auc_newly_lagging": scores.auc(came[new] > 0, answers.chances[new, 0]),
    }
    for name, (output, measure) in scores.CHANCE_MEASURES.items():
        found[name] = measure(came > output, answers.chances[:, output])
    return found


def measure(
    came: IntArray, now: IntArray, answers: Mapping[str, Answers], subject: str, resamples: int, seed: int
) -> tuple[list[Figure], list[Difference]]:
    """Every figure of every model, and the differences of the subject to all others.

    Each resample draws students with replacement, the same for all models.
    """
    names = list(measures(came, now, answers[subject]))
    values = {model: np.array(list(measures(came, now, each).values())) for model, each in answers.items()}
    drawn = _resample(came, now, answers, min(resamples, max(FEWEST, WORK // max(len(came), 1))), seed)
    figures = []
    for model in answers:
        low, high = interval(drawn[model])
        rows = zip(names, values[model], low, high, strict=True)
        figures += [Figure(model, name, float(v), float(a), float(b), len(came)) for name, v, a, b in rows]
    return figures, _differences(names, values, drawn, subject)


def _resample(
    came: IntArray, now: IntArray, answers: Mapping[str, Answers], resamples: int, seed: int
) -> dict[str, FloatArray]:
    draw = np.random.default_rng(seed)
    found: dict[str, list[list[float]]] = {model: [] for model in answers}
    for _ in range(resamples):
        rows = draw.integers(0, len(came), len(came))
        for model, each in answers.items():
            found[model].append(list(measures(came[rows], now[rows], each.of(rows)).values()))
    return {model: np.asarray(rows, float).reshape(resamples, -1) for model, rows in found.items()}


def _differences(
    names: list[str], values: Mapping[str, FloatArray], drawn: Mapping[str, FloatArray], subject: str
) -> list[Difference]:
    found = []
    for reference in values:
        if reference == subject:
            continue
        gaps = drawn[subject] - drawn[reference]
        low, high = interval(gaps) if len(gaps) else (np.full(len(names), nan),) * 2
        rows = zip(names, values[subject] - values[reference], low, high, strict=True)
        found += [Difference(subject, reference, name, float(v), float(a), float(b)) for name, v, a, b in rows]
    return found
