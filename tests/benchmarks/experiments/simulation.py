"""Experiments on replayed answers: users are divided again and again, and each experiment is watched as it grows."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from statistics import NormalDist

import numpy as np

from pipelines.measures.sequential import Interval, Sums, difference_sequence, rate_sequence
from script_shared.arrays import Bools, FloatArray, IntArray
from script_shared.experiments.allocation import SLOTS, slot_of
from script_shared.experiments.interleaving import team_draft
from tests.benchmarks.experiments.replayed import CUTOFF, NOTHING, Answers

ALPHA = 0.05
LOOK = 100  # answers between two looks
DRAFTS = 24  # merged lists of each answer, one of which a run draws
Z = NormalDist().inv_cdf(1 - ALPHA / 2)
Rows = tuple[IntArray, FloatArray]  # user and value of each answer, in the order of time


def hits(answers: Answers, lists: IntArray) -> FloatArray:
    """float64 (n): 1 where a list has the clicked article."""
    return (lists == answers.clicked[:, None]).any(axis=1).astype(np.float64)


def credits(answers: Answers, first: IntArray, second: IntArray, seed: int) -> FloatArray:
    """float64 (n, DRAFTS): 1 where the second list gets the credit for the click, -1 for the first, 0 for neither."""
    draw, found = Random(seed), np.zeros((len(answers.user), DRAFTS))
    for row in np.flatnonzero(hits(answers, first) + hits(answers, second)):
        one, other = (each[row][each[row] != NOTHING].tolist() for each in (first, second))
        clicked = int(answers.clicked[row])
        for turn in range(DRAFTS):
            merged, owners = team_draft(one, other, CUTOFF, draw)
            if clicked in merged:
                found[row, turn] = 2.0 * owners[merged.index(clicked)] - 1.0
    return found


@dataclass(frozen=True)
class Outcome:
    """One experiment.

    Attributes:
        answers: at each look.
        decided: bool (looks), whether the confidence sequence leaves 0 out.
        significant: bool (looks), whether an interval of a fixed sample does.
    """

    answers: IntArray
    decided: Bools
    significant: Bools

    @property
    def stopped_after(self) -> float:
        """Answers at the first decision, infinite without one."""
        looks = np.flatnonzero(self.decided)
        return float(self.answers[looks[0]]) if len(looks) else float("inf")


def divided(user: IntArray, first: FloatArray, second: FloatArray, draw: np.random.Generator) -> Outcome:
    """Half of the users get each variant, by the hash that serves; the hits per answer are compared.

    Args:
        user: int64 (n), of each answer in the order of time.
        first, second: float64 (n), hits of each variant's list.
        draw: of the key and of the answer with which the experiment begins.
    """
    user, first, second = _begun_anywhere(draw, user, first, second)
    key = draw.bytes(16)
    names, place = np.unique(user, return_inverse=True)
    side = np.array([slot_of(str(name), key) < SLOTS // 2 for name in names.tolist()])[place]
    looks = np.arange(LOOK, len(user) + 1, LOOK)
    arms = [_sums(user, values, member, looks) for values, member in ((first, ~side), (second, side))]
    gap = arms[1].rate - arms[0].rate
    return _outcome(looks, difference_sequence(arms[1], arms[0], ALPHA), gap, arms[0].variance + arms[1].variance)


def interleaved(user: IntArray, credit: FloatArray, draw: np.random.Generator) -> Outcome:
    """All users get lists of both variants; the credit per answer is compared with 0."""
    drawn = credit[np.arange(len(user)), draw.integers(0, credit.shape[1], len(user))]
    user, value = _begun_anywhere(draw, user, drawn)
    looks = np.arange(LOOK, len(user) + 1, LOOK)
    sums = _sums(user, value, np.ones(len(user), bool), looks)
    return _outcome(looks, rate_sequence(sums, ALPHA), sums.rate, sums.variance)


def _outcome(looks: IntArray, interval: Interval, value: FloatArray, variance: FloatArray) -> Outcome:
    watched = np.isfinite(interval.low)
    significant = watched & (np.abs(value) > Z * np.sqrt(variance))
    return Outcome(looks, watched & ((interval.low > 0) | (interval.high < 0)), significant)


def _begun_anywhere(draw: np.random.Generator, *columns: IntArray) -> list[IntArray]:
    """The answers from a drawn one on, then those before it."""
    start = int(draw.integers(len(columns[0])))
    return [np.roll(column, -start, axis=0) for column in columns]


def _sums(user: IntArray, value: FloatArray, member: Bools, looks: IntArray) -> Sums:
    """Sums over users as of each look; a user's answers so far are one unit."""
    order = np.argsort(user, kind="stable")
    size, total = np.empty(len(user)), np.empty(len(user))
    sorted_user, sorted_value = user[order], value[order]
    begins = np.r_[True, sorted_user[1:] != sorted_user[:-1]]
    starts = np.flatnonzero(begins)
    counts = np.diff(np.r_[starts, len(user)])
    size[order] = np.arange(len(user)) - np.repeat(starts, counts)  # answers of the user before this one
    before = np.cumsum(sorted_value) - sorted_value
    total[order] = before - np.repeat(before[starts], counts)
    steps = (
        (size == 0).astype(np.float64),
        np.ones(len(user)),
        value,
        2 * size + 1,
        (size + 1) * (total + value) - size * total,
        2 * total * value + value**2,
    )
    return Sums(*(np.cumsum(step * member)[looks - 1] for step in steps))


def runs(make: Callable[[np.random.Generator], Outcome], count: int, seed: int) -> list[Outcome]:
    """So many experiments, each with random numbers of its own."""
    return [make(np.random.default_rng([seed, number])) for number in range(count)]


@dataclass(frozen=True)
class Needed:
    """Answers that a comparison needs for a power.

    Attributes:
        watched: mean number of answers of an experiment that is watched and stopped when decided, at the horizon that
            gives it this power.
        horizon: that horizon.
        fixed: answers of a test of a fixed sample with this power.
    """

    power: float
    watched: float
    horizon: float
    fixed: float


def needed(outcomes: list[Outcome], power: float) -> Needed:
    """How many answers a power needs; infinite where the answers at hand do not suffice."""
    stops = np.sort([outcome.stopped_after for outcome in outcomes])
    horizon = float(stops[int(np.ceil(power * len(stops))) - 1])
    share = np.mean([outcome.significant for outcome in outcomes], axis=0)
    below = np.flatnonzero(share < power)
    last = int(below[-1]) + 1 if len(below) else 0
    looks = outcomes[0].answers
    fixed = float(looks[last]) if last < len(looks) else float("inf")
    return Needed(power, float(np.minimum(stops, horizon).mean()), horizon, fixed)


def alarms(outcomes: list[Outcome]) -> tuple[float, float]:
    """Shares of experiments with an alarm at any look: of the confidence sequence, and of fixed-sample intervals."""
    decided = np.mean([outcome.decided.any() for outcome in outcomes])
    return float(decided), float(np.mean([outcome.significant.any() for outcome in outcomes]))
