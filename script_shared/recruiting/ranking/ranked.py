"""One place of a list of candidates or vacancies."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RankedItem:
    """One place of a list.

    Attributes:
        row: of the candidate or vacancy.
        score: of the ranker; only its order means something.
        match_probability: chance that it ends in a hire, calibrated.
        similarity: cosine of the learnt vectors.
    """

    row: int
    score: float
    match_probability: float
    similarity: float
