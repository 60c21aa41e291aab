"""How far one column differs, and when its drift is notable or large."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "category", "text"]
Level = Literal["none", "notable", "large"]
NOTABLE, LARGE = 0.1, 0.25  # of the stability index; the customary bounds
FAR = 0.2  # least Kolmogorov-Smirnov distance, or change of the share of missing values, of a large drift


@dataclass(frozen=True)
class Term:
    """How far one word of a text column differs.

    Attributes:
        term: the word, in lower case without accents.
        index: population stability index of its TF-IDF weight.
        gap: Kolmogorov-Smirnov distance of its TF-IDF weight.
        share_before, share: of the texts that contain it.
    """

    term: str
    index: float
    gap: float
    share_before: float
    share: float


@dataclass(frozen=True)
class Shift:
    """How far one column differs.

    Attributes:
        column: its name.
        kind: number, category or text.
        index: population stability index; missing values are a bin, the terms of texts are their bins.
        gap: Kolmogorov-Smirnov distance; nan except for numbers.
        effect: change of the mean in standard deviations; Cramér's V for categories and terms.
        missing_before, missing: share of the rows without a value.
        level: none also if the index is not above ``usual``.
        used: whether the model uses the column.
        new: categories that were not there before.
        sentence: for people.
        usual: the index that chance, or the usual difference between such windows, explains.
        bins: names of the bins, with their shares in ``shares_before`` and ``shares``; empty for texts.
        terms: of texts, those that moved most.
    """

    column: str
    kind: Kind
    index: float
    gap: float
    effect: float
    missing_before: float
    missing: float
    level: Level
    used: bool
    new: tuple[str, ...]
    sentence: str
    usual: float = 0.0
    bins: tuple[str, ...] = ()
    shares_before: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()
    terms: tuple[Term, ...] = ()


def level_of(index: float, usual: float, distance: float) -> Level:
    """The level of an index; a usual index has the level none.

    Args:
        usual: the index that chance, or the difference between windows without drift, explains.
        distance: the largest of the distances that make a drift large.
    """
    if index <= usual or index <= NOTABLE:
        return "none"
    return "large" if index > LARGE and distance >= FAR else "notable"
