"""The page of one student: the risk with its reasons, the path over the years, and what would change it."""

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

from app.students.answers import whole
from app.students.pages.charts import bar, lines
from app.students.pages.class_view import SHOWN, badge, urgent_mark
from app.students.pages.html import tag
from app.students.pages.words import Texts
from app.students.shapes import Changes
from script_shared.students.model import Risk

COLUMNS = ("phase", "ideal_phase", "lag", "ida", "ieg", "ipv", "iaa", "ips", "mat", "por", "ing")
CHARTED = ("ida", "ieg", "ipv", "iaa", "ips")
CHANGED = ("phase", "ideal_phase", "ida", "ieg", "ipv", "iaa", "ips", "ipp", "mat", "por", "ing")
WHOLE = ("phase", "ideal_phase")
Record = Mapping[str, float | None]


def risk_view(texts: Texts, risk: Risk, title: str) -> Element:
    """Status, chances and reasons."""
    chances = [
        tag("div", tag("dt", texts[name]), tag("dd", bar(chance, texts.percent(chance), name)))
        for name, chance in ((name, risk.probabilities[name]) for name in SHOWN)
    ]
    ends = []
    for name, (chance, low, high) in (("chance_lagging", risk.lagging), ("chance_critical", risk.critical)):
        between = texts["between"].format(low=texts.percent(low), high=texts.percent(high))
        kind = name.removeprefix("chance_")
        drawn = bar(chance, texts.percent(chance), kind, low, high)
        ends.append(tag("div", tag("dt", texts[name]), tag("dd", drawn, tag("small", between))))
    missing = ", ".join(texts[name] for name in risk.missing if name in ("year", "birth_year", *COLUMNS, "ipp"))
    return tag(
        "section",
        tag("h2", title),
        tag("p", badge(texts, risk.status), urgent_mark(texts) if risk.urgent else None, class_="verdict"),
        tag("dl", chances, class_="chances"),
        tag("dl", ends, class_="intervals"),
        tag("h3", texts["reasons"]),
        reasons_view(texts, risk),
        tag("p", texts["missing"] + missing, class_="note") if missing else None,
        class_="risk",
    )


def reasons_view(texts: Texts, risk: Risk) -> Element:
    """The reasons as sentences, each with its direction."""
    if not risk.reasons:
        return tag("p", texts["no_reasons"])
    sentences = [
        tag("li", each.sentence(texts.language), class_="raises" if each.effect > 0 else "lowers")
        for each in risk.reasons
    ]
    return tag("div", tag("ul", sentences, class_="reasons"), tag("small", texts["against"]))


def path_view(texts: Texts, path: list[tuple[dict[str, float | None], str]]) -> Element:
    """The student's years as a table, and the indices as lines where there are two years or more."""
    years_row = [tag("th", str(whole(record["year"])), scope="col") for record, _ in path]
    rows = [tag("tr", tag("th", texts["status"], scope="row"), [tag("td", badge(texts, each)) for _, each in path])]
    for name in COLUMNS:
        cells = [tag("td", texts.number(record[name])) for record, _ in path]
        rows.append(tag("tr", tag("th", texts[name], scope="row"), cells))
    head = tag("tr", tag("th", texts["year"], scope="col"), years_row)
    table = tag("table", tag("thead", head), tag("tbody", rows), class_="path")
    years = [int(record["year"] or 0) for record, _ in path]
    series = [(name.upper(), [record[name] for record, _ in path]) for name in CHARTED]
    chart = lines(years, series, texts["path"]) if len(path) > 1 else None
    return tag("section", tag("h2", texts["path"]), chart, tag("div", table, class_="wide"))


def what_if_form(texts: Texts, record: Record, given: Mapping[str, str], wrong: str) -> Element:
    """The form with the record's values, or those that were sent."""
    fields = []
    for name in CHANGED:
        step, most = ("1", "9") if name in WHOLE else ("any", "10")
        value = given.get(name, shown(record.get(name)))
        field = tag("input", type="number", name=name, value=value, min="0", max=most, step=step, inputmode="decimal")
        fields.append(tag("label", texts[name], field))
    return tag(
        "form",
        tag("p", texts["what_if_about"]),
        tag("p", texts["wrong"].format(field=wrong), class_="problem", role="alert") if wrong else None,
        tag("div", fields, class_="fields"),
        tag("button", texts["calculate"]),
        method="post",
        action="#what-if",
        class_="what-if",
    )


def shown(value: float | None) -> str:
    """A value as the form holds it."""
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def changes_in(record: Record, given: Mapping[str, str]) -> Changes:
    """The values that were changed in the form; an empty field is a value that is missing.

    Raises:
        ValidationError: a value cannot be; pydantic's error names the field.
    """
    wanted: dict[str, Any] = {}
    for name in CHANGED:
        text = given.get(name, "").strip().replace(",", ".")
        if name in given and text != shown(record.get(name)):
            wanted[name] = text or None
    return Changes.model_validate(wanted)
