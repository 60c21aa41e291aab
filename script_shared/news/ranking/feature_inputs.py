"""A request's candidates and the shared inputs of the features, each computed once."""

from functools import cached_property

import numpy as np

from script_shared.arrays import FloatArray, IntArray
from script_shared.news.counting import windows
from script_shared.news.counting.pair_counts import PairStore
from script_shared.news.ranking.candidates import Candidates
from script_shared.news.state.audiences import EVERYBODY

SHARE_FLOOR = 1e-6
PRIOR_CLICKS = 50.0  # a group's share is drawn towards everybody's by so many clicks
LIKED_READS, LIKING_PRIOR = (
    200,
    2.0,
)  # latest reads of a user whose sections count; reads added to the denominator as a prior
NEIGHBOUR_PRIOR = 10.0  # likewise what is read after one article


class FeatureInputs:
    """m candidates of one request."""

    def __init__(self, candidates: Candidates) -> None:
        self.candidates, self.rows = candidates, candidates.rows
        self.signals, self.state = candidates.signals, candidates.signals.state

    @cached_property
    def shares(self) -> FloatArray:
        """(windows, m): share of all clicks."""
        return self.signals.shares(self.rows)

    @cached_property
    def log_shares(self) -> FloatArray:
        """(windows, m): log share of all clicks."""
        return np.log(self.shares + SHARE_FLOOR)

    def log_share(self, window: str) -> FloatArray:
        row: FloatArray = self.log_shares[windows.OVERALL.index(window)]
        return row

    def share(self, window: str) -> FloatArray:
        row: FloatArray = self.shares[windows.OVERALL.index(window)]
        return row

    @cached_property
    def groups(self) -> tuple[FloatArray, FloatArray]:
        """(windows, dimensions, m): log share among users of the same group, and its log ratio to everybody's."""
        counts = self.state.counts.groups
        codes = np.array([EVERYBODY, *self.state.group_names.codes(self.signals.about)])
        factors = np.array([self.signals.factors[window] for window in counts.windows])[:, None]
        sums = counts.take(codes, self.rows)
        sums *= factors.astype(np.float32)[:, :, None]
        totals = (counts.totals[:, codes] * factors + PRIOR_CLICKS).astype(np.float32)[:, :, None]
        base = (sums[:, :1] + np.float32(0.02)) / totals[:, :1]
        logs = np.log((sums[:, 1:] + np.float32(PRIOR_CLICKS) * base) / totals[:, 1:])
        return logs, logs - np.log(base)

    @cached_property
    def together(self) -> FloatArray:
        """(2, m): weight of being read in one visit with this visit's articles."""
        return self.signals.together[:, self.rows]

    @cached_property
    def following(self) -> FloatArray:
        """(3, m): weight of being read next: 30 minutes, 3 hours, 10 minutes."""
        return self.signals.following[:, self.rows]

    @cached_property
    def onward(self) -> FloatArray:
        """(1, m): weight of being read anywhere after this visit's articles."""
        return self.signals.onward[:, self.rows]

    @cached_property
    def later(self) -> FloatArray:
        """(2, m): weight of being read in a later visit."""
        return self.signals.later[:, self.rows]

    @cached_property
    def listed(self) -> FloatArray:
        """(2, m): one over the place in the list of the segment's model, and the score there; 0 outside of it."""
        listed, values = self.candidates.listed, np.zeros((2, self.signals.used), np.float32)
        values[0, listed.rows], values[1, listed.rows] = 1.0 / (1.0 + listed.places), listed.scores
        return values[:, self.rows]

    def evidence(self, store: PairStore, place: int, befores: IntArray, weights: FloatArray, window: str) -> FloatArray:
        """(m): sum over ``befores`` of weight x log lift of the candidate after each, as in naive Bayes."""
        if not len(befores):
            return np.zeros(len(self.rows))
        seen = store.sums[place, befores[:, None], self.rows] * self.signals.factors[store.windows[place]]
        expected = NEIGHBOUR_PRIOR * (self.share(window) + SHARE_FLOOR)
        result: FloatArray = weights @ np.log1p(seen / expected)
        return result

    @cached_property
    def followed(self) -> float:
        """How often the last article of the visit was followed by another, decayed."""
        store, visit = self.state.counts.following, self.signals.visit
        if not len(visit):
            return 0.0
        return float(store.totals[1, visit[0]]) * self.signals.factors[store.windows[1]]

    @cached_property
    def section_liking(self) -> FloatArray:
        """(m): log of how much more of the user's reads are of the candidate's section than if all sections were alike.

        0 where the section is unknown, or the user.
        """
        articles, place = self.state.articles, self.signals.place
        kinds, codes = len(articles.sections), articles.section[self.rows]
        if place < 0 or kinds < 3:  # none and one
            return np.zeros(len(self.rows), np.float32)
        numbers = self.state.readers.reads(place)[:LIKED_READS]
        counts = np.bincount(np.frombuffer(articles.section_of, np.int16)[numbers], minlength=kinds)
        counts[0] = 0
        share = (counts + LIKING_PRIOR / kinds) / (counts.sum() + LIKING_PRIOR)
        return np.where(codes > 0, np.log(share * kinds)[codes], 0.0).astype(np.float32)

    def reader(self, column: str, missing: float) -> float:
        """A column of the user, ``missing`` for an unknown one."""
        place = self.signals.place
        return float(getattr(self.state.readers, column)[place]) if place >= 0 else missing
