"""The first page: classes with how many students have which status, and the students by risk."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

import numpy as np

from app.students.answers import listed
from app.students.pages.charts import bar
from app.students.pages.html import tag
from app.students.pages.words import Texts
from script_shared.arrays import IntArray
from script_shared.students.features import STATUSES
from script_shared.students.model import StudentsModel
from script_shared.students.store import KINDS, UNKNOWN

ON_A_PAGE = 50
IN_A_CLASS = 1000  # a class is on one page, which is printed
SHOWN = ("critical", "alert", "expected")


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


def students_shown(model: StudentsModel, filters: Filters, erased: IntArray) -> tuple[list[dict[str, Any]], int]:
    """The lines of the page, and how many there are on all pages."""
    places = model.by_risk(group=filters.group, phase=filters.phase, urgent=filters.urgent, without=erased)
    page = places[filters.offset : filters.offset + filters.limit]
    return [listed(model, int(place)) for place in page], len(places)


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


def filter_form(texts: Texts, filters: Filters, groups: list[str]) -> Element:
    """The form that chooses class, phase and urgency."""

    def option(value: str, text: str, chosen: bool) -> Element:
        return tag("option", text, value=value, selected=chosen)

    classes = [option(group, group, group == filters.group) for group in groups]
    phases = [option(str(phase), str(phase), phase == filters.phase) for phase in range(10)]
    every = texts["all"]
    return tag(
        "form",
        tag("label", texts["class"], tag("select", option("", every, False), classes, name="group")),
        tag("label", texts["phase"], tag("select", option("", every, False), phases, name="phase")),
        tag(
            "label",
            tag("input", type="checkbox", name="urgent", value="true", checked=filters.urgent),
            texts["only_urgent"],
            class_="check",
        ),
        tag("button", texts["show"]),
        method="get",
        class_="filters",
    )


def class_table(texts: Texts, counts: dict[str | None, dict[str, int]]) -> Element:
    """Classes, those with most urgent students first."""
    names = ("students", *SHOWN, "urgent")
    rows = []
    for group, values in sorted(counts.items(), key=lambda item: (-item[1]["urgent"], item[0] or "")):
        link = texts["no_class"] if group is None else tag("a", group, href="?" + urlencode({"group": group}))
        cells = [tag("td", str(values[name]), data_label=texts[name], class_="number") for name in names]
        rows.append(tag("tr", tag("th", link, scope="row"), cells))
    head = [tag("th", texts[name], scope="col", class_="number") for name in names]
    table = tag("table", tag("thead", tag("tr", tag("th", texts["class"], scope="col"), head)), tag("tbody", rows))
    return tag("section", tag("h2", texts["classes"]), table, class_="classes")


def student_table(texts: Texts, lines: list[dict[str, Any]], start: str) -> Element:
    """Students by risk, each with a link to the own page."""
    if not lines:
        return tag("p", texts["nobody"], class_="note")
    names = ("student", "class", "phase", "status", "chance_lagging", "chance_critical")
    rows = []
    for line in lines:
        values = (
            line["group"] or texts["no_class"],
            texts.number(line["phase"]),
            tag("span", badge(texts, line["status"]), urgent_mark(texts) if line["urgent"] else None),
            bar(line["lagging"], texts.percent(line["lagging"]), "lagging"),
            bar(line["critical"], texts.percent(line["critical"]), "critical"),
        )
        cells = [tag("td", value, data_label=texts[name]) for name, value in zip(names[1:], values, strict=True)]
        link = tag("a", line["ra"], href=f"{start}/{line['ra']}")
        rows.append(tag("tr", tag("th", link, scope="row"), cells))
    head = tag("thead", tag("tr", [tag("th", texts[name], scope="col") for name in names]))
    return tag("table", head, tag("tbody", rows), class_="students")


def pages(texts: Texts, filters: Filters, shown: int, total: int) -> Element | None:
    """Links to the page before and after, None where all are on one page."""
    if total <= filters.limit:
        return None
    before, after = filters.offset - filters.limit, filters.offset + filters.limit
    said = texts["shown"].format(first=filters.offset + 1, last=filters.offset + shown, total=total)
    return tag(
        "nav",
        tag("a", texts["earlier"], href=filters.query(max(before, 0))) if filters.offset else None,
        tag("span", said),
        tag("a", texts["later"], href=filters.query(after)) if after < total else None,
        class_="pages",
    )


def badge(texts: Texts, status: str) -> Element:
    """A status in its colour; the word says the same."""
    return tag("span", texts[status], class_=f"badge {status}")


def urgent_mark(texts: Texts) -> Element:
    """The mark of students who need attention soon."""
    return tag("span", texts["urgent"], class_="badge urgent")
