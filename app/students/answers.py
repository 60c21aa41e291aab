"""Answers of the students routes as JSON values, and the student that a route asks for."""

from typing import Annotated, Any

from fastapi import Depends, HTTPException

from app.dependencies import in_service
from app.students.release_loader import StudentsRelease
from app.students.shapes import chance_of
from script_shared.students.model import Risk, StudentsModel

UNKNOWN = "The release in service does not know this student. Ids are those of the sheets, such as RA-12."


async def _following_erasures(loaded: Annotated[StudentsRelease, in_service("students")]) -> StudentsRelease:
    await loaded.erased.follow()
    return loaded


InService = Annotated[StudentsRelease, Depends(_following_erasures)]


def risk_json(risk: Risk, language: str) -> dict[str, Any]:
    """A risk as JSON."""
    return {
        "status": risk.status,
        "urgent": risk.urgent,
        "probabilities": dict(risk.probabilities),
        "lagging": chance_of(risk.lagging),
        "critical": chance_of(risk.critical),
        "year": risk.year,
        "missing": list(risk.missing),
        "reasons": [
            {"factor": each.factor, "effect": each.effect, "sentence": each.sentence(language)} for each in risk.reasons
        ],
    }


def place_of(loaded: StudentsRelease, ra: str) -> int:
    """The place of a student in the release.

    Raises:
        HTTPException: 404, the release does not know the student, or the student was erased; the id is not repeated.
    """
    place = loaded.model.store.student(ra)
    if place < 0 or loaded.erased.has(ra):
        raise HTTPException(404, UNKNOWN)
    return place


def changed(record: dict[str, float | None], given: dict[str, float | None]) -> dict[str, float | None]:
    """A record with other values; the lag follows phase and ideal phase where it was not given itself.

    >>> changed({"phase": 2, "ideal_phase": 3, "lag": -1, "ida": 5.0}, {"phase": 3})
    {'phase': 3, 'ideal_phase': 3, 'lag': 0, 'ida': 5.0}
    """
    after = record | given
    phase, ideal = after.get("phase"), after.get("ideal_phase")
    if "lag" not in given and {"phase", "ideal_phase"} & set(given) and phase is not None and ideal is not None:
        after["lag"] = phase - ideal
    return after


def listed(model: StudentsModel, place: int) -> dict[str, Any]:
    """One line of the list by risk."""
    store = model.store
    row = store.rows(place)[-1]
    record, chances = store.record(row), store.risks.chances[place : place + 1]
    return {
        "ra": store.ids.ids[place],
        "year": whole(record["year"]),
        "phase": whole(record["phase"]),
        "group": store.label(row, "group"),
        "status": model.status(chances),
        "urgent": bool(chances[0, 1] >= model.risk.thresholds.urgent),
        "lagging": float(chances[0, 0]),
        "critical": float(chances[0, 1]),
    }


def whole(value: float | None) -> int | None:
    """A whole number, None where there is none."""
    return None if value is None else int(value)
