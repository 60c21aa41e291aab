"""The figures of an experiment: each metric of each variant, and its difference to the first, valid at every look."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import isfinite, nan
from typing import Any

from pipelines.experiments.mismatch import mismatch_p
from pipelines.experiments.tallies import Tallies
from pipelines.experiments.tally import ALL, Tally
from pipelines.measures.sequential import Interval, difference_sequence, rate_sequence
from script_shared.experiments.stored import StoredExperiment

ALPHA = 0.05  # of all comparisons of an experiment together
RATES = {"clicks_per_answer": ("clicks", "answers"), "hit_rate": ("hits", "judged"), "seconds": ("seconds", "answers")}
CREDIT = (
    "credit"  # of an interleaved list, per answer: clicks on the second variant's articles less those on the first's
)
SHADOW = "hit_rate"
OWN_CLICKS = "own_clicks"  # of an interleaved list, per answer: clicks on articles that a variant placed


@dataclass(frozen=True)
class Figure:
    """One metric of one variant on one group of users; nan where it is unknown, infinite where too few users are.

    Attributes:
        value, low, high: of the metric, with its confidence sequence.
        difference, worst, best: to the first variant (of a shadow: to the answers that were served), likewise.
    """

    variant: str
    group: str
    metric: str
    users: int
    answers: int
    value: float
    low: float
    high: float
    difference: float = nan
    worst: float = nan
    best: float = nan


@dataclass(frozen=True)
class Facts:
    """What a variant has besides rates.

    Attributes:
        share: of the users, that it should have; nan where the variants do not divide them.
        variety: effective number of articles shown.
        p50_ms, p99_ms: time of an answer.
        fallback: share of answers that the release in service had to give.
    """

    variant: str
    users: int
    answers: int
    share: float
    variety: float
    p50_ms: float
    p99_ms: float
    fallback: float
    stopped: bool = False


@dataclass(frozen=True)
class Figures:
    """An experiment at one look.

    Attributes:
        mismatch: p-value of the division of users; nan where it cannot be tested.
    """

    experiment: StoredExperiment
    rates: Sequence[Figure]
    facts: Sequence[Facts]
    mismatch: float
    first_ms: int
    last_ms: int

    def rate(self, variant: str, metric: str, group: str = ALL) -> Figure | None:
        """One figure, None where there is none."""
        return next((f for f in self.rates if (f.variant, f.metric, f.group) == (variant, metric, group)), None)

    def plain(self) -> dict[str, Any]:
        """As JSON; a number that is unknown or infinite is null."""
        return {
            "experiment": self.experiment.view(),
            "rates": [_finite(asdict(each)) for each in self.rates],
            "variants": [_finite(asdict(each)) for each in self.facts],
            "mismatch": self.mismatch if isfinite(self.mismatch) else None,
            "first_ms": self.first_ms,
            "last_ms": self.last_ms,
        }


def figures_of(versions: Sequence[StoredExperiment], tallies: Tallies) -> Figures:
    """The figures of an experiment.

    Args:
        versions: of the experiment, oldest first, at least one.
        tallies: of its lists and clicks.
    """
    stored = versions[-1]
    rates = _compare_variants(stored, tallies) if stored.experiment.way == "split" else _compare_sides(stored, tallies)
    facts = [_facts(stored, name, tally) for name, tally in tallies.by_variant.items() if tally.total("answers")]
    mismatch = _mismatch(versions, tallies)
    return Figures(stored, rates, facts, mismatch, tallies.first_ms, tallies.last_ms)


def _compare_variants(stored: StoredExperiment, tallies: Tallies) -> list[Figure]:
    first, *others = (variant.name for variant in stored.experiment.variants)
    control, found = tallies.of(first), list[Figure]()
    alpha = ALPHA / max(1, len(others))
    for name in (first, *others):
        tally = tallies.of(name)
        for group in tally.groups:
            for metric, (value, size) in RATES.items():
                sums = tally.sums(value, size, group)
                interval = rate_sequence(sums, ALPHA)
                gap = nothing() if name == first else difference_sequence(sums, control.sums(value, size, group), alpha)
                found.append(_figure(name, group, metric, tally, interval, gap))
    return found


def _compare_sides(stored: StoredExperiment, tallies: Tallies) -> list[Figure]:
    """Of both sides of one list, paired: the difference is within an answer."""
    variants = stored.experiment.variants
    shadow = stored.experiment.way == "shadow"
    side = variants[0].name if shadow else ""
    tally, found = tallies.of(side), list[Figure]()
    for group in tally.groups:
        credit = rate_sequence(tally.sums("credit", "credited" if shadow else "answers", group), ALPHA)
        hits = rate_sequence(tally.sums("hits", "judged", group), ALPHA)
        time = rate_sequence(tally.sums("seconds", "answers", group), ALPHA)
        found.append(
            _figure(variants[-1].name, group, SHADOW if shadow else CREDIT, tally, hits if shadow else credit, credit)
        )
        found.append(_figure(side, group, "seconds", tally, time, nothing()))
        if not shadow:
            found += _clicks_of_sides(stored, tallies, group)
    return found


def _clicks_of_sides(stored: StoredExperiment, tallies: Tallies, group: str) -> list[Figure]:
    """Clicks per merged list on the articles of each variant; their difference is the credit, which has an interval."""
    tally = tallies.of("")
    answers = tally.total("answers", group)
    shares = {
        each.name: tallies.of(each.name).total("clicks", group) / answers if answers else nan
        for each in stored.experiment.variants
    }
    return [
        _figure(name, group, OWN_CLICKS, tally, Interval(rate, nan, nan), nothing()) for name, rate in shares.items()
    ]


def nothing() -> Interval:
    """The interval of what is not compared."""
    return Interval(nan, nan, nan)


def _figure(name: str, group: str, metric: str, tally: Tally, of: Interval, gap: Interval) -> Figure:
    numbers = [float(each) for each in (*of, *gap)]
    return Figure(name, group, metric, tally.users(group), int(tally.total("answers", group)), *numbers)


def _facts(stored: StoredExperiment, name: str, tally: Tally) -> Facts:
    answers, variant = int(tally.total("answers")), stored.experiment.variant(name)
    return Facts(
        variant=name,
        users=tally.users(),
        answers=answers,
        share=stored.experiment.shares.get(name, nan),
        variety=tally.variety,
        p50_ms=tally.milliseconds(0.5),
        p99_ms=tally.milliseconds(0.99),
        fallback=tally.fallbacks / answers,
        stopped=variant.stopped if variant is not None else False,
    )


def _mismatch(versions: Sequence[StoredExperiment], tallies: Tallies) -> float:
    """Of users first seen since the shares last changed; nan if the lists were served on the time of old data."""
    stored, shares = versions[-1], versions[-1].experiment.shares
    since = [one.at_ms for before, one in pairwise(versions) if before.intervals != one.intervals]
    if stored.experiment.way != "split" or (since and tallies.last_ms < since[-1]):
        return nan
    seen = [variant for at_ms, variant in tallies.first_seen.values() if not since or at_ms >= since[-1]]
    names = [name for name, share in shares.items() if share > 0]
    return mismatch_p([seen.count(name) for name in names], [shares[name] for name in names]) if len(names) > 1 else nan


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    return {name: None if isinstance(value, float) and not isfinite(value) else value for name, value in row.items()}
