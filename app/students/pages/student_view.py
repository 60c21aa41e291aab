"""The page of one student: the risk with its reasons, the path over the years, and the fields of the what-if."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.shell.words import Texts
from app.students.shapes import Changes
from script_shared.plots import Plot, Series, is_missing
from script_shared.students.model import Risk

COLUMNS = ("phase", "ideal_phase", "lag", "ida", "ieg", "ipv", "iaa", "ips", "mat", "por", "ing")
INDICES = ("ida", "ieg", "ipv", "iaa", "ips")
MOST = 10.0  # of an index
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


def path_shown(texts: Texts, path: Path) -> dict[str, Any]:
    """The student's years as rows by name, and a plot of the indices that are known, for two years or more."""
    records = [record for record, _ in path]
    years = [int(record["year"] or 0) for record in records]
    return {
        "years": years,
        "statuses": [status for _, status in path],
        "rows": [(name, [record[name] for record in records]) for name in COLUMNS],
        "plot": _indices(texts, years, records),
    }


def _indices(texts: Texts, years: Sequence[int], records: Sequence[Record]) -> Plot | None:
    series = [Series(texts[name], [record[name] for record in records]) for name in INDICES]
    series = [each for each in series if not all(map(is_missing, each.values))]
    if len(years) < 2 or not series:
        return None
    return Plot("lines", texts["indices"], texts["year"], [str(year) for year in years], series, top=MOST)


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
