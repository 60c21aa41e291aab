"""Figures by gender, school type, age and phase: does the model miss more of one group's children than of another's?"""

from dataclasses import dataclass
from math import isnan

import numpy as np
import polars as pl

from pipelines.students import scores
from pipelines.students.evaluation.measures import Answers
from script_shared.arrays import IntArray

AGES = (10, 13, 16)  # first ages of the bands after the youngest one
BANDS = ("up to 9", "10 to 12", "13 to 15", "16 and more")
NOT_GIVEN = "(not given)"
GAP = 0.1  # a difference of recall or of chance and share from which on there is a sentence


@dataclass(frozen=True)
class Group:
    """One group's figures.

    Attributes:
        kind, name: such as gender, girl.
        students: how many.
        lagging: share that lagged in the year after.
        chance: mean chance of lagging; near ``lagging`` where the model is fair to the group.
        auc: of lagging.
        critical: students who became critical.
        found: share of those who were called urgent; nan without any.
        alarms: share of all who were called urgent.
    """

    kind: str
    name: str
    students: int
    lagging: float
    chance: float
    auc: float
    critical: int
    found: float
    alarms: float


def groups(rows: pl.DataFrame, came: IntArray, answers: Answers) -> list[Group]:
    """All groups of the rows of gold, by kind and name."""
    age = rows["year"] - rows["birth_year"]
    band = np.searchsorted(AGES, age.fill_null(0).to_numpy(), side="right")
    bands = [NOT_GIVEN if missing else BANDS[place] for missing, place in zip(age.is_null(), band, strict=True)]
    kinds = {
        "gender": rows["gender"].fill_null(NOT_GIVEN),
        "school": rows["school"].fill_null(NOT_GIVEN),
        "age": pl.Series(bands, dtype=pl.String),
        "phase": rows["phase"].cast(pl.String),
    }
    found = []
    for kind, names in kinds.items():
        for name in sorted(names.unique()):
            chosen = np.flatnonzero((names == name).to_numpy())
            found.append(_group(kind, str(name), came[chosen], answers.of(chosen)))
    return found


def _group(kind: str, name: str, came: IntArray, answers: Answers) -> Group:
    critical = came == 2
    return Group(
        kind,
        name,
        len(came),
        float((came > 0).mean()),
        float(answers.chances[:, 0].mean()),
        scores.auc(came > 0, answers.chances[:, 0]),
        int(critical.sum()),
        scores.recall(critical, answers.urgent),
        float(answers.urgent.mean()),
    )


def sentences(found: list[Group], smallest: int) -> list[str]:
    """A sentence for each group whose chance is off, and for each kind whose groups differ in what is found.

    Args:
        smallest: groups with fewer students are not judged.
    """
    told = []
    large = [group for group in found if group.students >= smallest]
    for group in large:
        gap = group.chance - group.lagging
        if abs(gap) >= GAP:
            word = "above" if gap > 0 else "below"
            told.append(f"{group.kind} {group.name}: the mean chance of lagging is {abs(gap):.2f} {word} the share.")
    for kind in dict.fromkeys(group.kind for group in large):
        known = [group for group in large if group.kind == kind and not isnan(group.found) and group.critical >= 10]
        if len(known) > 1:
            best, worst = max(known, key=lambda group: group.found), min(known, key=lambda group: group.found)
            if best.found - worst.found >= GAP:
                told.append(
                    f"{kind}: of the critical students, {worst.found:.0%} of {worst.name} and {best.found:.0%} of "
                    f"{best.name} are called urgent."
                )
    return told or [f"No gap of {GAP:g} or more among groups of at least {smallest} students."]
