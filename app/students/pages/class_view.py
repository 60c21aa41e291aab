"""The first page: classes with how many students have which status, and the students by risk."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import numpy as np

from app.students.answers import risk_line
from script_shared.arrays import Int64s, IntArray
from script_shared.students.features import STATUSES
from script_shared.students.model import StudentsModel
from script_shared.students.store import KINDS, UNKNOWN

ON_A_PAGE = 50
IN_A_CLASS = 1000  # a class is on one page, which is printed


@dataclass(frozen=True)
class Filters:
    """What is shown.

    Attributes:
        group: class, None for all.
        phase: None for all.
        urgent: only students who need attention soon.
        offset: of the first one.
    """

    group: str | None
    phase: int | None
    urgent: bool
    offset: int

    @property
    def limit(self) -> int:
        """How many students are on a page."""
        return ON_A_PAGE if self.group is None else IN_A_CLASS

    def query(self, offset: int) -> str:
        """The same from another student on, as part of an address."""
        given = {"group": self.group, "phase": self.phase, "urgent": self.urgent or None, "offset": offset or None}
        return "?" + urlencode({name: value for name, value in given.items() if value is not None})


def select_students(model: StudentsModel, filters: Filters, erased: IntArray) -> Int64s:
    """int64: places of all students that pass the filters, by risk."""
    return model.by_risk(group=filters.group, phase=filters.phase, urgent=filters.urgent, without=erased)


def students_shown(model: StudentsModel, filters: Filters, erased: IntArray) -> tuple[list[dict[str, Any]], int]:
    """The lines of the page, and how many there are on all pages."""
    places = select_students(model, filters, erased)
    page = places[filters.offset : filters.offset + filters.limit]
    return [risk_line(model, int(place)) for place in page], len(places)


def class_counts(model: StudentsModel, erased: IntArray) -> dict[str | None, dict[str, int]]:
    """Students of the newest year by class: how many there are, of each status, and urgent."""
    places = model.by_risk(without=erased)
    chances = model.store.risks.chances[places]
    statuses, urgent = model.risk.statuses(chances), chances[:, 1] >= model.risk.thresholds.urgent
    groups = model.store.labels[model.store.latest_rows()[places], KINDS.index("group")]
    found: dict[str | None, dict[str, int]] = {}
    for code in np.unique(groups):
        here = groups == code
        counts = {name: int((statuses[here] == place).sum()) for place, name in enumerate(STATUSES)}
        name = None if code == UNKNOWN else model.store.names["group"][code]
        found[name] = {"students": int(here.sum()), **counts, "urgent": int(urgent[here].sum())}
    return found
