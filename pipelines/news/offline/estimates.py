"""Estimates of several policies on the same served lists, as a table and as sentences."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from pipelines.measures.off_policy import (
    Estimate,
    Overlap,
    Predictions,
    Trials,
    difference,
    doubly_robust,
    ips,
    overlap,
    served_estimate,
    snips,
)
from pipelines.news.offline.rows import By

METHODS = ("IPS", "SNIPS", "doubly robust")
USUAL = "served order without draws"


@dataclass(frozen=True)
class Policy:
    """One policy's clicks per list.

    Attributes:
        name: of the policy.
        by_method: estimates by ``METHODS``.
        ahead: by how much the doubly robust estimate is above that of the served order without draws; None for it.
        overlap: of its lists with the served ones.
    """

    name: str
    by_method: dict[str, Estimate]
    ahead: Estimate | None
    overlap: Overlap


@dataclass(frozen=True)
class Estimates:
    """What a candidate and the served order would have got.

    Attributes:
        candidate: version of the release.
        lists: served lists that were used; left_out: others, by reason.
        by: whether a click depends on the article alone, or on its place as well.
        clip: limit of the weights.
        served: what the lists with their draws got.
        policies: the served order without draws, then the candidate.
    """

    candidate: str
    lists: int
    left_out: Counter[str]
    by: By
    clip: float
    served: Estimate
    policies: list[Policy]

    @property
    def warnings(self) -> list[str]:
        """Why the estimate of the candidate is no basis for a decision; empty if it may be one."""
        return self.policies[-1].overlap.warnings()

    def sentence(self) -> str:
        """What the candidate would have got, in one sentence."""
        policy = self.policies[-1]
        found, ahead = policy.by_method["doubly robust"], policy.ahead
        assert ahead is not None
        verdict = (
            "which is more than"
            if ahead.low > 0
            else "which is less than"
            if ahead.high < 0
            else "which cannot be distinguished from"
        )
        unsure = " Do not decide by it: " if self.warnings else ""
        return (
            f"Release {self.candidate} would have got {cell(found)} clicks a list on {self.lists:,} lists of "
            f"{policy.overlap.users:,} readers, {verdict} the served order without draws ({difference_text(ahead)})."
            f"{unsure}{' '.join(self.warnings)}"
        )

    def table(self) -> list[tuple[Any, ...]]:
        """Rows of ``HEADER``."""
        rows = []
        for policy in self.policies:
            seen = policy.overlap
            estimates = [cell(policy.by_method[method]) for method in METHODS]
            ahead = difference_text(policy.ahead) if policy.ahead is not None else ""
            facts = (f"{seen.cover:.1%}", seen.agreeing, seen.clicks, round(seen.effective), f"{seen.largest:.1f}")
            rows.append((policy.name, *estimates, ahead, *facts, f"{seen.clipped:.2%}"))
        return rows

    def plain(self) -> dict[str, Any]:
        """As JSON; None for nan."""
        return {
            "candidate": self.candidate,
            "lists": self.lists,
            "left_out": dict(self.left_out),
            "by": self.by,
            "clip": self.clip,
            "served": _numbers(self.served),
            "policies": [
                {
                    "name": policy.name,
                    **{method: _numbers(found) for method, found in policy.by_method.items()},
                    "ahead": None if policy.ahead is None else _numbers(policy.ahead),
                    "overlap": {name: _none_for_nan(value) for name, value in vars(policy.overlap).items()},
                }
                for policy in self.policies
            ],
            "warnings": self.warnings,
            "sentence": self.sentence(),
        }


HEADER = (
    *("policy", *METHODS, "ahead"),
    *("could be served", "agreeing", "with clicks", "effective", "largest weight", "clipped"),
)


def estimate_policies(
    candidate: str,
    trials: Sequence[Trials],
    expected: Sequence[Predictions],
    *,
    left_out: Counter[str],
    by: By,
    clip: float,
) -> Estimates:
    """All estimates.

    Args:
        candidate: version of the release.
        trials: of the served order without draws, then of the candidate.
        expected: clicks that a model expects for both.
        left_out: lists that are not in the trials, by reason.
        by: whether a click depends on the article alone, or on its place as well.
        clip: limit of the weights.
    """
    policies: list[Policy] = []
    for name, of, model in zip((USUAL, f"release {candidate}"), trials, expected, strict=True):
        robust = doubly_robust(of, model, clip)
        found = dict(zip(METHODS, (ips(of, clip), snips(of, clip), robust), strict=True))
        ahead = difference(robust, policies[0].by_method["doubly robust"], of.users) if policies else None
        policies.append(Policy(name, found, ahead, overlap(of, clip)))
    return Estimates(candidate, len(trials[0]), left_out, by, clip, served_estimate(trials[0]), policies)


def cell(found: Estimate) -> str:
    """An estimate as text.

    Args:
        found: clicks a list.
    """
    return f"{found.value:.4f} ({found.low:.4f} to {found.high:.4f})"


def difference_text(found: Estimate) -> str:
    """A difference as text.

    Args:
        found: clicks a list.
    """
    return f"{found.value:+.4f} ({found.low:+.4f} to {found.high:+.4f})"


def _numbers(found: Estimate) -> dict[str, float | None]:
    return {"value": _none_for_nan(found.value), "low": _none_for_nan(found.low), "high": _none_for_nan(found.high)}


def _none_for_nan(value: float) -> float | None:
    return None if isnan(value) else value
