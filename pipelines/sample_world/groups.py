"""The behaviour groups planted in users who are not logged in: what they read, when, and how."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.sample_world.words import words


@dataclass(frozen=True)
class Group:
    """One way to read the news.

    Attributes:
        name: for people.
        share: of the semi-logged users.
        sections: chance of each section, or of a state's news (two letters); the rest is news in general.
        peak_hour: local hour around which they read.
        seconds: median time on a page.
        scroll: mean share of the page they scroll, percent.
        clicks: median clicks on a page.
    """

    name: str
    share: float
    sections: dict[str, float]
    peak_hour: float
    seconds: float
    scroll: float
    clicks: float


GROUPS = (
    Group("money at breakfast", 0.17, {"economia": 0.55, "trabalho-e-carreira": 0.25}, 8, 45, 20, 1.2),
    Group("politics at noon", 0.19, {"politica": 0.55, "mundo": 0.25}, 13, 110, 50, 1.2),
    Group("stars at night", 0.18, {"pop-arte": 0.60, "fantastico": 0.20}, 21, 40, 85, 6.0),
    Group("city after work", 0.18, {"sp": 0.40, "rj": 0.20, "mg": 0.20}, 18, 75, 35, 4.0),
    Group("long reads", 0.14, {"saude": 0.35, "educacao": 0.25, "ciencia": 0.20}, 15, 280, 92, 2.5),
    Group("gadgets at midnight", 0.14, {"tecnologia": 0.55, "carros": 0.25}, 23, 16, 12, 8.0),
)


def group_cells(n_cells: int) -> npt.NDArray[np.float64]:
    """float64[n_groups, n_cells]: chance that a read of the group is about the cell; rows sum to less than 1."""
    vocabulary = words()
    names = [topic.section for topic in vocabulary.topics[: vocabulary.n_national]] + list(vocabulary.states)
    chances = np.zeros((len(GROUPS), n_cells))
    for row, group in enumerate(GROUPS):
        for section, chance in group.sections.items():
            cells = [cell for cell, name in enumerate(names) if name == section]
            chances[row, cells] = chance / len(cells)
    return chances
