"""Were people of one group hired more often than those of another, and does the model repeat it?

Gender is not in any table. Only the generator knows it: it writes planted genders beside the raw tables, and only
this comparison reads them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.recruiting.evaluation.replayed import DecidedApplications
from pipelines.recruiting.tables.landing import TRUTH
from pipelines.recruiting.training.applicants import is_hired
from pipelines.recruiting.training.records import Data
from script_shared.arrays import IntArray

KIND = "gender (planted)"
NAMES = ("man", "woman")
EVERY_AREA = "all areas"
FAIR = 0.8  # least ratio of two groups' shares that counts as alike: the four-fifths rule
CHANCE = 0.05  # of a false alarm in any of the areas
UNKNOWN = "Gender is in no table, and this source plants none: there are no figures by gender."


@dataclass(frozen=True)
class Outcome:
    """One group's outcomes in one area.

    Attributes:
        applications: with a decision, of all days.
        hired, refused: shares of them.
        ratio: of the two groups' shares of hires, the smaller divided by the larger.
        p_value: probability of such grades if the two groups are alike (Mann-Whitney's test).
        tested: applications of the test days; chance: their mean probability according to the model.
    """

    area: str
    name: str
    applications: int
    hired: float
    refused: float
    ratio: float
    p_value: float
    tested: int
    chance: float


def planted_genders(landing: Path, data: Data) -> Sequence[str] | None:
    """The planted gender of each candidate, "" if unknown; None if none was planted."""
    file = landing / TRUTH / "candidates.parquet"
    if not file.is_file():
        return None
    table = pl.read_parquet(file, columns=["candidate_id", "is_woman"], glob=False)
    women = dict(zip(table["candidate_id"].to_list(), table["is_woman"].to_list(), strict=True))
    return [NAMES[int(women[each.id])] if each.id in women else "" for each in data.candidates]


def outcomes(data: Data, found: DecidedApplications, genders: Sequence[str]) -> list[Outcome]:
    """Shares of hires by gender, over all areas and in each area of the vacancies."""
    names, area = np.asarray(genders), _areas(data)
    decided = data.grade >= 0
    own, where = names[data.candidate], area[data.vacancy]
    came = is_hired(data.grade)
    tested, tested_area = names[found.candidate], area[found.vacancy]
    rows = []
    for place in (EVERY_AREA, *sorted({each for each in area.tolist() if each})):
        within = decided & ((where == place) | (place == EVERY_AREA))
        inside = (tested_area == place) | (place == EVERY_AREA)
        groups = [within & (own == name) for name in NAMES]
        if min(int(group.sum()) for group in groups) == 0:
            continue
        shares = [float(came[group].mean()) for group in groups]
        p_value = _p_value(*(data.grade[group] for group in groups))
        ratio = min(shares) / max(shares) if max(shares) > 0 else 1.0
        for name, group, share in zip(NAMES, groups, shares, strict=True):
            chances = found.scores["match"][inside & (tested == name)]
            mean = float(chances.mean()) if len(chances) else float("nan")
            refused = float((data.grade[group] == 0).mean())
            rows.append(Outcome(place, name, int(group.sum()), share, refused, ratio, p_value, len(chances), mean))
    return rows


def outcome_sentences(found: Sequence[Outcome]) -> list[str]:
    """A sentence for each area in which one gender was hired significantly less often; else one sentence."""
    areas = list(dict.fromkeys(each.area for each in found))
    said = []
    for area in areas:
        pair = sorted((each for each in found if each.area == area), key=lambda each: each.hired)
        few, many = pair[0], pair[-1]
        if few.ratio < FAIR and few.p_value < CHANCE / len(areas):
            said.append(
                f"{area}: of decided applications {_outcome_text(few)}, {_outcome_text(many)} (p = {few.p_value:.2g}). "
                "The files hold this gap, so a model can learn it: its mean chance on the test days is "
                f"{few.chance:.1%} and {many.chance:.1%}."
            )
    return said or ["No area in which one gender was hired less often beyond chance."]


def _outcome_text(group: Outcome) -> str:
    return f"of a {group.name} {group.hired:.1%} ended in a hire and {group.refused:.1%} in a refusal"


def _areas(data: Data) -> npt.NDArray[np.str_]:
    """The first area of each vacancy, "" without one."""
    return np.asarray([each.areas[0] if each.areas else "" for each in data.vacancies])


def _p_value(first: IntArray, second: IntArray) -> float:
    from scipy.stats import mannwhitneyu

    return float(mannwhitneyu(first, second).pvalue)
