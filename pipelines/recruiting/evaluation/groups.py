"""Figures by level, state, language and history: does the order serve one group worse than another?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.recruiting.evaluation.figures import CANDIDATE
from pipelines.recruiting.evaluation.replayed import ReplayFindings
from pipelines.recruiting.training.records import Data
from script_shared.arrays import FloatArray

NOT_GIVEN = "(not given)"
GAP = 0.1  # a difference from which on there is a sentence
HISTORY = (2, 5)  # earlier applications from which on the next band begins
BANDS = ("one", "two to four", "five and more")


@dataclass(frozen=True)
class Group:
    """One group's figures.

    Attributes:
        kind, name: such as level, Sênior.
        hit: share of the cases whose vacancy is among the first ten; low, high: its interval.
        plain: the same of the newest vacancies.
    """

    kind: str
    name: str
    cases: int
    hit: float
    low: float
    high: float
    plain: float


def groups(data: Data, found: ReplayFindings, more: Mapping[str, Sequence[str]] | None = None) -> list[Group]:
    """All groups of the cases.

    Args:
        more: by kind the group of each candidate, such as planted genders.
    """
    if not found.rows:
        return []
    hit = np.asarray(found.next_vacancy[CANDIDATE]["hr_at_10"])
    plain = np.asarray(found.next_vacancy["newest"]["hr_at_10"])
    things = [data.vacancies[row] for _, row, _ in found.rows]
    people = [row for row, _, _ in found.rows]
    earlier = [int(((data.candidate == row) & (data.day < day)).sum()) for row, _, day in found.rows]
    kinds: dict[str, Sequence[str]] = {
        "level of the vacancy": [each.level for each in things],
        "state": [each.state for each in things],
        "English asked for": [each.english for each in things],
        "earlier applications": [BANDS[int(np.searchsorted(HISTORY, count, side="right"))] for count in earlier],
        **{kind: [names[row] for row in people] for kind, names in (more or {}).items()},
    }
    return [
        _group(kind, name, np.asarray([(each or NOT_GIVEN) == name for each in names]), hit, plain)
        for kind, names in kinds.items()
        for name in sorted({each or NOT_GIVEN for each in names})
    ]


def _group(kind: str, name: str, chosen: FloatArray, hit: FloatArray, plain: FloatArray) -> Group:
    share, count = float(hit[chosen].mean()), int(chosen.sum())
    half = 1.96 * float(np.sqrt(max(share * (1 - share), 1 / (4 * count)) / count))
    return Group(kind, name, count, share, max(0.0, share - half), min(1.0, share + half), float(plain[chosen].mean()))


def sentences(found: list[Group], smallest: int) -> list[str]:
    """A sentence for each kind whose groups differ beyond chance.

    Args:
        smallest: groups with fewer cases are not judged.
    """
    told = []
    for kind in dict.fromkeys(group.kind for group in found):
        large = [group for group in found if group.kind == kind and group.cases >= smallest]
        if len(large) < 2:
            continue
        best, worst = (max(large, key=lambda group: group.hit), min(large, key=lambda group: group.hit))
        if best.hit - worst.hit >= GAP and worst.high < best.low:
            told.append(
                f"{kind}: the vacancy is among the first ten in {worst.hit:.0%} of the cases of {worst.name} and in "
                f"{best.hit:.0%} of those of {best.name}."
            )
    return told or [f"No gap of {GAP:g} or more beyond chance among groups of at least {smallest} cases."]
