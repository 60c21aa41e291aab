"""Draws lists of replayed clicks again and again, and compares what is estimated of policies with what they got."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from pipelines.measures.off_policy import Estimate
from pipelines.news.offline.drawn_lists import DrawnList
from pipelines.news.offline.estimates import METHODS, Estimates, estimate_policies
from pipelines.news.offline.rows import LoggedLists, predict_clicks
from script_shared.arrays import FloatArray, IntArray
from script_shared.events.served_list import KEY, SEED, ServedList
from script_shared.exploration.draws import draw
from script_shared.exploration.randomization import Randomization
from tests.benchmarks.exploration.replayed import LENGTH, NOTHING, Replayed

USUAL, POLICIES = "served", ("ranker", "free", "popular")
ROBUST = METHODS[2]
CLIP = 20.0


class Held:
    """One estimate over the runs.

    Args:
        truth: what its intervals should contain, clicks a list.
    """

    def __init__(self, truth: float) -> None:
        self.truth = truth
        self._found: list[tuple[float, float, float]] = []

    def note(self, found: Estimate) -> None:
        """Take the estimate of a run."""
        self._found.append((found.value, found.low, found.high))

    def plain(self) -> dict[str, float]:
        """As JSON: the mean of the estimates, and how often their intervals contain the truth and leave out 0."""
        values, low, high = np.array(self._found).T
        above, below = float((low > 0).mean()), float((high < 0).mean())
        return {
            "truth": self.truth,
            "mean": float(values.mean()),
            "error_of_mean": float(values.std() / np.sqrt(len(values))),
            "coverage": float(((low <= self.truth) & (self.truth <= high)).mean()),
            "width": float((high - low).mean()),
            "right_side": above if self.truth > 0 else below,
            "wrong_side": below if self.truth > 0 else above,
        }


class Runs:
    """Runs on the same replayed clicks.

    Args:
        replayed: the clicks.
        how: how the last places of lists are drawn.
    """

    def __init__(self, replayed: Replayed, how: Randomization) -> None:
        self._replayed, self._how = replayed, how
        lists = {USUAL: replayed.served, **{name: getattr(replayed, name) for name in POLICIES}}
        self._lists = {name: each[:, :LENGTH] for name, each in lists.items()}
        pool = replayed.served[:, : LENGTH + how.extra]
        self.whole, self.possible, self.cover = {}, {}, {}
        for name, each in self._lists.items():
            hit = each == replayed.clicked[:, None]
            could = (each[:, :, None] == pool[:, None, :]).any(axis=2) & (each != NOTHING)
            self.whole[name], self.possible[name] = (float(of.any(axis=1).mean()) for of in (hit, hit & could))
            self.cover[name] = float(could.sum() / (each != NOTHING).sum())

    def figures(self, users: int, count: int, seed: int) -> dict[str, Any]:
        """Estimates beside the truth.

        Args:
            users: drawn for each run with replacement; the lists before all their clicks are a run's.
            count: of runs, each with users, draws of the places and folds of its own.
            seed: of all of them.

        Returns:
            by policy and method the figures of ``Held``, and of the doubly robust difference from the served order.
        """
        held = {name: {method: Held(self._truth(name, method)) for method in METHODS} for name in self._lists}
        ahead = {name: Held(self.whole[name] - self.whole[USUAL]) for name in POLICIES}
        warned: dict[str, int] = defaultdict(int)
        sizes = []
        for number in range(count):
            lists, places = self._drawn(users, np.random.default_rng([seed, number]))
            sizes.append(len(lists))
            for name, estimates in self._estimates(lists, places):
                usual, policy = estimates.policies
                for method in METHODS:
                    held[name][method].note(policy.by_method[method])
                    if name == POLICIES[0]:
                        held[USUAL][method].note(usual.by_method[method])
                assert policy.ahead is not None
                ahead[name].note(policy.ahead)
                warned[name] += bool(estimates.warnings)
        return {
            "lists_of_a_run": float(np.mean(sizes)),
            "whole": self.whole,
            "possible": self.possible,
            "could_be_served": self.cover,
            "policies": {name: {method: each.plain() for method, each in of.items()} for name, of in held.items()},
            "ahead": {name: each.plain() for name, each in ahead.items()},
            "warned": {name: warned[name] / count for name in POLICIES},
        }

    def _truth(self, name: str, method: str) -> float:
        """IPS and SNIPS know nothing of articles that the served lists could not have shown."""
        return (self.whole if method == ROBUST else self.possible)[name]

    def _drawn(self, users: int, random: np.random.Generator) -> tuple[list[DrawnList], IntArray]:
        """Served lists of drawn users, and the click before which each was served."""
        names, which = np.unique(self._replayed.user, return_inverse=True)
        order = np.argsort(which, kind="stable")
        starts = np.searchsorted(which[order], np.arange(len(names) + 1))
        lists: list[DrawnList] = []
        places: list[int] = []
        for reader, user in enumerate(random.integers(0, len(names), users).tolist()):
            for place in order[starts[user] : starts[user + 1]].tolist():
                key = random.bytes(KEY)
                pages, drawn = draw(self._how, _ids(self._replayed.served[place]), LENGTH, key[:SEED])
                served = ServedList(key, 0, f"u{reader}", "", "", "", "", pages, draw=drawn)
                lists.append(DrawnList(served, {str(self._replayed.clicked[place])} & set(pages)))
                places.append(place)
        return lists, np.array(places)

    def _estimates(self, lists: list[DrawnList], places: IntArray) -> Iterator[tuple[str, Estimates]]:
        """By policy its estimates beside those of the served order, as the command makes them."""
        logged = LoggedLists.of_lists(lists, "article")
        usual = [one.usual for one in lists]
        known = [_ids(rows) for rows in self._replayed.known[places]]
        features: list[FloatArray] = [
            self._replayed.features[place, : len(ids)] for place, ids in zip(places.tolist(), known, strict=True)
        ]
        theirs = {name: [_ids(rows) for rows in self._lists[name][places]] for name in POLICIES}
        expected = predict_clicks(logged, [usual, *theirs.values()], features, known)
        none: Counter[str] = Counter()
        for (name, own), model in zip(theirs.items(), expected[1:], strict=True):
            trials = [logged.trials(usual), logged.trials(own)]
            yield name, estimate_policies(name, trials, [expected[0], model], left_out=none, by="article", clip=CLIP)


def _ids(rows: IntArray) -> list[str]:
    return [str(row) for row in rows.tolist() if row != NOTHING]
