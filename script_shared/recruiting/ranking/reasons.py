"""Why a candidate fits a vacancy or does not: shared and missing skills, levels, languages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from script_shared.recruiting.levels import UNKNOWN, academic_rank, language_rank, level_rank
from script_shared.recruiting.ranking.skills import Skills
from script_shared.recruiting.records import Candidate, Vacancy

Verdict = Literal["fits", "below", "above", "unknown"]
RANKS: dict[str, Callable[[str | None], int]] = {
    "level": level_rank,
    "academic": academic_rank,
    "english": language_rank,
    "spanish": language_rank,
}


@dataclass(frozen=True)
class Level:
    """One level that a vacancy asks for.

    Attributes:
        name: level, academic, english or spanish.
        wanted, has: texts of vacancy and candidate; "" where not given.
        verdict: above is said of the professional level alone, where more is not always better.
    """

    name: str
    wanted: str
    has: str
    verdict: Verdict


@dataclass(frozen=True)
class Reasons:
    """Why a pair fits or does not."""

    skills: Skills
    levels: tuple[Level, ...]


def levels(candidate: Candidate, vacancy: Vacancy) -> tuple[Level, ...]:
    """The levels that the vacancy asks for, beside the candidate's."""
    found = []
    for name, rank in RANKS.items():
        wanted, has = getattr(vacancy, name), getattr(candidate, name)
        if rank(wanted) not in (UNKNOWN, 0):
            found.append(Level(name, wanted, has, _verdict(name, rank(wanted), rank(has))))
    return tuple(found)


def _verdict(name: str, wanted: int, has: int) -> Verdict:
    if has == UNKNOWN:
        return "unknown"
    if has < wanted:
        return "below"
    return "above" if name == "level" and has > wanted + 1 else "fits"
