"""The gate's decision from figures alone: whether a candidate may replace the release in service.

Per segment the candidate is compared with each reference (the release in service, the best windowed popularity). It is
refused when it is worse by more than the tolerance, a share of the reference's value, and the loss is more than chance:
the paired 95 % interval of the difference lies below zero. Without the second half, segments with few held-out users
would refuse every other good release by noise, and news would grow stale. A reference that has to be beaten allows no
tolerance: the figure must be higher, and the reason says whether that may be chance. To ask for more would refuse most
good releases too: a few hundred clicks of a segment prove a lead of a tenth rarely. With fewer than ``SURE_USERS``
users even the sign may be chance, so there a release that is not better is refused only when the interval lies below
zero. A missing figure is never a pass; where only the interval is missing, the figures alone decide.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isnan, nan
from typing import Any, Literal

Force = Literal["promote", "refuse"]
Outcome = Literal["missing", "worse", "not better", "chance", "better", "pass", "too few users"]
SURE_USERS = 200
NOT_BETTER = (
    "not better, as it has to be",
    "not better, but with so few users that may be chance: the interval holds zero",
)
REFUSED: tuple[Outcome, ...] = ("missing", "worse", "not better")
ORDER: tuple[Outcome, ...] = (*REFUSED, "chance", "better", "pass", "too few users")  # of the reasons in a verdict


@dataclass(frozen=True)
class Rule:
    """The compared metric, and the tolerance.

    Attributes:
        metric: name of the measure, such as ``ndcg``.
        cutoff: length of the list it looks at; 0 for a measure that looks at no list.
        tolerance: share of the reference's value that the candidate may be worse.
        min_users: a segment with fewer evaluated users is not judged.
        advice: what a person can do when no segment has enough users; "" for news' advice, which is about its window.
    """

    metric: str
    cutoff: int
    tolerance: float
    min_users: int
    advice: str = ""

    @property
    def measure(self) -> str:
        """The measure as people read it."""
        return f"{self.metric}@{self.cutoff}" if self.cutoff else self.metric


@dataclass(frozen=True)
class Comparison:
    """One candidate's figure beside one reference's, for one segment; nan where a figure is missing.

    Attributes:
        segment: whose users.
        reference: what the candidate is compared with, such as ``the release in service``.
        candidate: the candidate's value.
        value: the reference's value.
        users: evaluated users.
        low: lower end of the 95 % interval of candidate minus reference, paired by user.
        high: its upper end.
        note: why a figure is missing, when that is known.
        protocol: what the figures were measured by, in a word or two; "" for one list per user.
        beat: whether the reference has to be beaten; not to be worse is not enough.
    """

    segment: str
    reference: str
    candidate: float
    value: float
    users: int
    low: float = nan
    high: float = nan
    note: str = ""
    protocol: str = ""
    beat: bool = False


@dataclass(frozen=True)
class Verdict:
    """A decision with its reasons.

    Attributes:
        accepted: whether the candidate may be promoted.
        forced: the person's choice that overruled the figures, or None.
        by_figures: what the figures alone say.
        reasons: plain sentences with figures, refusals first.
    """

    accepted: bool
    forced: Force | None
    by_figures: bool
    reasons: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"reasons": list(self.reasons)}


def judge(comparisons: Sequence[Comparison], rule: Rule, force: Force | None = None) -> Verdict:
    """Decide; a person's ``force`` overrules the figures and is recorded beside their verdict.

    Args:
        comparisons: of the candidate with each reference, by segment.
        rule: tolerance, and the users that a comparison needs.
        force: what a person chose, None to follow the figures.
    """
    outcomes = [(outcome(comparison, rule), comparison) for comparison in comparisons]
    refused = any(result in REFUSED for result, _ in outcomes)
    judged = any(result not in (*REFUSED, "too few users") for result, _ in outcomes)
    ordered = sorted(outcomes, key=lambda pair: ORDER.index(pair[0]))
    reasons = list(dict.fromkeys(_sentence(result, comparison, rule) for result, comparison in ordered))
    if not refused and not judged:
        reasons.insert(0, _nothing_judged(comparisons, rule))
    by_figures = judged and not refused
    if force:
        reasons.insert(0, f"A person chose to {force} it; the figures alone say {_word(by_figures)}.")
    return Verdict(force == "promote" if force else by_figures, force, by_figures, tuple(reasons))


def _nothing_judged(comparisons: Sequence[Comparison], rule: Rule) -> str:
    """Settings with which at least one segment could be judged."""
    nothing = "Nothing could be judged: no segment has enough evaluated users, and missing figures are no pass."
    if rule.advice:
        return f"{nothing} {rule.advice}."
    most = max((comparison.users for comparison in comparisons), default=0)
    longer = f"make split.window_hours about {max(2, round(1.3 * rule.min_users / most))} times longer" if most else ""
    advice = f"{longer}, or set gate.min_users to at most {most}" if most else "make split.window_hours longer"
    return f"{nothing} {advice[0].upper()}{advice[1:]} (docs/sites.md)."


def outcome(comparison: Comparison, rule: Rule) -> Outcome:
    """How one comparison ends.

    Args:
        comparison: figures of the candidate and of one reference, and the interval of their difference.
        rule: tolerance, and the users that a comparison needs.
    """
    if comparison.users < rule.min_users:
        return "too few users"
    if isnan(comparison.candidate) or isnan(comparison.value):
        return "missing"
    if comparison.beat:
        if comparison.candidate > comparison.value:
            return "better"
        return "chance" if comparison.users < SURE_USERS and comparison.high >= 0 else "not better"
    if comparison.candidate >= comparison.value * (1 - rule.tolerance):
        return "pass"
    return "chance" if comparison.high >= 0 else "worse"


def _sentence(result: Outcome, comparison: Comparison, rule: Rule) -> str:
    where = f"{comparison.segment}{', ' if comparison.protocol else ''}{comparison.protocol}"
    if result == "too few users":
        return f"{where}: {comparison.users} evaluated users, fewer than {rule.min_users}; not judged."
    if result == "missing":
        why = f" ({comparison.note})" if comparison.note else ""
        whose = "candidate" if isnan(comparison.candidate) else comparison.reference
        return f"{where}: {rule.measure} of the {whose} is missing{why}; a missing figure is no pass."
    if comparison.beat:
        verdict = _lead(comparison) if result == "better" else NOT_BETTER[result == "chance"]
        return f"{where}: {_figures(comparison, rule)}, {verdict}."
    verdict = "not worse" if result == "pass" else "worse"
    doubt = ", but that may be chance: the interval holds zero" if result == "chance" else ""
    allowed = f"{rule.tolerance * 100:g} %"
    return f"{where}: {_figures(comparison, rule)}, {verdict} than the tolerance of {allowed} allows{doubt}."


def _lead(comparison: Comparison) -> str:
    return "better, but that may be chance: the interval holds zero" if comparison.low <= 0 else "better beyond chance"


def _figures(comparison: Comparison, rule: Rule) -> str:
    """Both values, their relative difference and its interval, in words."""
    ours, theirs = comparison.candidate, comparison.value
    text = f"{rule.measure} {ours:.4f} against {theirs:.4f} of the {comparison.reference}"
    relative = f", {(ours - theirs) / theirs * 100:+.1f} %" if theirs else ""
    interval = (
        "" if isnan(comparison.low) else f"95 % of the difference {comparison.low:+.4f} to {comparison.high:+.4f}, "
    )
    return f"{text}{relative} ({interval}{comparison.users:,} users)"


def _word(accepted: bool) -> str:
    return "accept" if accepted else "refuse"
