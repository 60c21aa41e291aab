"""What another order of lists would have got, estimated from lists whose places were drawn with known probabilities.

If a click depends only on the article, wherever the list shows it, then an article that both the served list and the
other policy's list show is weighted by the inverse of the probability that the served list showed it. If the click
depends on the place as well, the article has to be at the same place, and the weight is the inverse of the probability
of the article at that place. Both use the same formulas with other probabilities (Li et al., Offline evaluation of
ranking policies with click models, KDD 2018).
"""

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
from scipy.stats import t as student

from script_shared.arrays import FloatArray, IntArray

FEW_ARTICLES, FEW_CLICKS, FEW_USERS = 500.0, 50, 30  # effective and counted, below which an estimate is no basis
POOR_COVER = 0.9  # share of the other list's articles that the served lists could show, below which much is unknown
MUCH_CLIPPED = 0.01  # share of the weights


@dataclass(frozen=True)
class Trials:
    """n served lists with m shown articles, and what another policy would have shown.

    Attributes:
        users: int (n), the user of each list; lists of one user are not independent.
        lists: int (m), the list that showed each article, by its place in ``users``.
        clicks: float (m), clicks on it, usually 0 or 1.
        chances: float (m), probability that the list showed it; above 0.
        wanted: float (m), probability that the other policy shows it to this request; 0 or 1 if it has no chance in it.
        possible: float (n), articles of the other policy's list that the served list could have shown.
        length: float (n), articles of the other policy's list.
    """

    users: IntArray
    lists: IntArray
    clicks: FloatArray
    chances: FloatArray
    wanted: FloatArray
    possible: FloatArray
    length: FloatArray

    def __len__(self) -> int:
        return len(self.users)

    def sums(self, values: FloatArray) -> FloatArray:
        """(n,) sum by list of (m,) values."""
        return np.bincount(self.lists, weights=values, minlength=len(self)).astype(np.float64)


@dataclass(frozen=True)
class Predictions:
    """Clicks that a model expects, learned without the user of the list.

    Attributes:
        shown: float (m), on each shown article.
        wanted: float (n), on the whole list of the other policy.
    """

    shown: FloatArray
    wanted: FloatArray


@dataclass(frozen=True)
class Estimate:
    """Clicks per list with a 95 % interval; nan where nothing can be said.

    Attributes:
        parts: float (n), by how much each list moves the value away from its mean, for differences.
    """

    value: float
    low: float
    high: float
    parts: FloatArray


@dataclass(frozen=True)
class Overlap:
    """How much of the served lists says something about the other policy.

    Attributes:
        cover: share of the other policy's articles that the served lists could have shown.
        agreeing: shown articles that the other policy would have shown and that were shown by chance; clicks: on them.
        effective: how many of equal weight they are worth, (sum of weights)^2 / sum of squared weights (Kish, Survey
            sampling, 1965).
        largest: the largest weight before clipping; clipped: share of these weights above the limit.
        users: distinct users.
    """

    cover: float
    agreeing: int
    clicks: int
    effective: float
    largest: float
    clipped: float
    users: int

    def warnings(self) -> list[str]:
        """Why an estimate is no basis for a decision, as sentences; empty if it may be one."""
        found = []
        if self.cover < POOR_COVER:
            found.append(
                f"{1 - self.cover:.0%} of the candidate's articles could not be in the served lists: IPS and SNIPS "
                "count no clicks on them, and the doubly robust estimate only has a model's prediction."
            )
        if self.effective < FEW_ARTICLES or self.clicks < FEW_CLICKS:
            found.append(
                f"The overlap is thin: {self.agreeing:,} articles that were shown by chance, with {self.clicks:,} "
                f"clicks, agree with the candidate; they are worth {self.effective:,.0f} of equal weight."
            )
        if self.clipped > MUCH_CLIPPED:
            found.append(f"{self.clipped:.1%} of the weights were above the limit, so the estimates are too low.")
        if self.users < FEW_USERS:
            found.append(f"The lists are of {self.users:,} users, too few for an interval.")
        return found


def overlap(trials: Trials, clip: float) -> Overlap:
    """How much the served lists say about the other policy.

    Args:
        trials: what was shown.
        clip: weights above it are set to it.
    """
    counted = (trials.wanted > 0) & (trials.chances < 1)
    used = trials.wanted[counted] / trials.chances[counted]
    weights = np.minimum(used, clip)
    length = float(trials.length.sum())
    return Overlap(
        cover=float(trials.possible.sum()) / length if length else nan,
        agreeing=len(used),
        clicks=int(trials.clicks[counted].sum()),
        effective=float(weights.sum() ** 2 / (weights**2).sum()) if len(used) else 0.0,
        largest=float(used.max()) if len(used) else nan,
        clipped=float((used > clip).mean()) if len(used) else 0.0,
        users=len(np.unique(trials.users)),
    )


def served_estimate(trials: Trials) -> Estimate:
    """Clicks per list that the served lists got themselves.

    Args:
        trials: what was shown.
    """
    return _mean(trials.sums(trials.clicks), trials.users)


def ips(trials: Trials, clip: float) -> Estimate:
    """Inverse propensity scores: the mean over lists of the sum of w x clicks, where w = wanted / chance.

    It has no bias if no weight is clipped and the served lists could show every article of the other policy; articles
    that they could not show count as without clicks (Horvitz and Thompson, A generalization of sampling without
    replacement from a finite universe, 1952).

    Args:
        trials: what was shown.
        clip: weights above it are set to it, which lowers the estimate.
    """
    return _mean(trials.sums(weights_of(trials, clip) * trials.clicks), trials.users)


def snips(trials: Trials, clip: float) -> Estimate:
    """Self-normalized: sum of w x clicks / sum of w, times the mean number of articles that could have been shown.

    A slight bias that disappears with more lists, and less variance, because the sum of the weights varies as the
    numerator does (Swaminathan and Joachims, The self-normalized estimator for counterfactual learning, 2015).

    Args:
        trials: what was shown.
        clip: weights above it are set to it; both sums are of the clipped weights.
    """
    weights = weights_of(trials, clip)
    gained, weighed = trials.sums(weights * trials.clicks), trials.sums(weights)
    if not len(trials) or not weighed.sum():
        return _nothing(len(trials))
    rate, possible = gained.sum() / weighed.sum(), trials.possible.mean()
    parts = possible / weighed.mean() * (gained - rate * weighed) + rate * (trials.possible - possible)
    return _around(rate * possible, parts, trials.users)


def doubly_robust(trials: Trials, predicted: Predictions, clip: float) -> Estimate:
    """Clicks that a model predicts for the other policy, corrected by w x (clicks - prediction) on shown articles.

    It has no bias if either the probabilities or the predictions are right; articles that the served lists could not
    show have only their prediction (Dudík, Langford and Li, Doubly robust policy evaluation and learning, ICML 2011).

    Args:
        trials: what was shown.
        predicted: by a model that did not learn from the user of the list, so that the interval holds (Chernozhukov
            et al., Double/debiased machine learning, 2018).
        clip: weights above it are set to it; the model then has more influence.
    """
    surplus = weights_of(trials, clip) * (trials.clicks - predicted.shown)
    return _mean(predicted.wanted + trials.sums(surplus), trials.users)


def difference(one: Estimate, other: Estimate, users: IntArray) -> Estimate:
    """One estimate minus another on the same lists, paired by user.

    Args:
        one: such as the other policy.
        other: such as the served lists.
        users: int (n), the user of each list.
    """
    return _around(one.value - other.value, one.parts - other.parts, users)


def weights_of(trials: Trials, clip: float) -> FloatArray:
    """(m,) wanted / chance, at most ``clip``."""
    found: FloatArray = np.minimum(trials.wanted / trials.chances, clip)
    return found


def _mean(values: FloatArray, users: IntArray) -> Estimate:
    if not len(values):
        return _nothing(0)
    mean = float(values.mean())
    return _around(mean, values - mean, users)


def _around(value: float, parts: FloatArray, users: IntArray) -> Estimate:
    """With an interval of Student's t from the sums of the parts by user.

    The variance is U / (U - 1) x sum over U users of (sum of their parts)^2 / n^2 (Liang and Zeger, Longitudinal data
    analysis using generalized linear models, 1986).
    """
    _, which = np.unique(users, return_inverse=True)
    sums = np.bincount(which, weights=parts)
    count = len(sums)
    if count < 2:
        return Estimate(value, nan, nan, parts)
    error = sqrt(count / (count - 1) * float((sums**2).sum())) / len(parts)
    reach = float(student.ppf(0.975, count - 1)) * error
    return Estimate(value, value - reach, value + reach, parts)


def _nothing(lists: int) -> Estimate:
    return Estimate(nan, nan, nan, np.full(lists, nan))
