"""The page of one student: the risk with its reasons, the path over the years, and the fields of the what-if."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.shell.words import Texts
from app.students.pages.charts import chart
from app.students.shapes import Changes
from script_shared.students.model import Risk

COLUMNS = ("phase", "ideal_phase", "lag", "ida", "ieg", "ipv", "iaa", "ips", "mat", "por", "ing")
CHARTED = ("ida", "ieg", "ipv", "iaa", "ips")
CHANGED = ("phase", "ideal_phase", "ida", "ieg", "ipv", "iaa", "ips", "ipp", "mat", "por", "ing")
WHOLE = ("phase", "ideal_phase")
SHOWN = ("critical", "alert", "expected")
Record = Mapping[str, float | None]
Path = Sequence[tuple[Record, str]]


def risk_shown(texts: Texts, risk: Risk) -> dict[str, Any]:
    """What the page shows of a risk: chances with their intervals, reasons as sentences, and what is missing."""
    ends = (("lagging", risk.lagging), ("critical", risk.critical))
    return {
        "status": risk.status,
        "urgent": risk.urgent,
        "chances": [(name, risk.probabilities[name]) for name in SHOWN],
        "intervals": [(name, *chances) for name, chances in ends],
        "reasons": [(each.effect > 0, each.sentence(texts.language)) for each in risk.reasons],
        "missing": [texts[name] for name in risk.missing if name in ("year", "birth_year", *COLUMNS, "ipp")],
    }


def path_shown(path: Path) -> dict[str, Any]:
    """The student's years as rows by name, and the indices as lines where there are two years or more."""
    records = [record for record, _ in path]
    years = [int(record["year"] or 0) for record in records]
    series = [(name.upper(), [record[name] for record in records]) for name in CHARTED]
    return {
        "years": years,
        "statuses": [status for _, status in path],
        "rows": [(name, [record[name] for record in records]) for name in COLUMNS],
        "chart": chart(years, series) if len(path) > 1 else None,
    }


def fields_shown(record: Record, given: Mapping[str, str]) -> list[dict[str, Any]]:
    """The fields of the what-if with the record's values, or those that were sent."""
    return [
        {"name": name, "value": given.get(name, field_text(record.get(name))), "whole": name in WHOLE}
        for name in CHANGED
    ]


def field_text(value: float | None) -> str:
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
        if name in given and text != field_text(record.get(name)):
            wanted[name] = text or None
    return Changes.model_validate(wanted)
