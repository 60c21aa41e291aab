"""Answers of the students routes as JSON values."""

from typing import Any

import orjson
from fastapi import Response

from app.students.shapes import chance_of
from script_shared.students.model import Risk, StudentsModel

NO_STORE = {"Cache-Control": "no-store"}  # browsers and proxies keep nothing about children


def private_json(body: Any) -> Response:
    """A JSON answer that browsers and proxies must not store.

    Args:
        body: JSON values; NumPy values are not among them.
    """
    return Response(orjson.dumps(body), 200, NO_STORE, "application/json")


def risk_json(risk: Risk, language: str) -> dict[str, Any]:
    """A risk as JSON.

    Args:
        risk: of one student.
        language: of the reasons' sentences, such as ``pt``.

    Returns:
        ``status``, ``urgent``, chances (0 to 1) as ``probabilities``, ``lagging`` and ``critical``, ``year``,
        ``missing`` and ``reasons``.
    """
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


def risk_line(model: StudentsModel, place: int) -> dict[str, Any]:
    """One line of the list by risk.

    Args:
        model: the model in service.
        place: of the student in the store.

    Returns:
        ``ra``, ``year``, ``phase``, ``group`` and ``status`` of the latest record, ``urgent``, and the chances
        ``lagging`` and ``critical``, 0 to 1.
    """
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
    """A whole number, None where there is none.

    Args:
        value: a number without a fraction.
    """
    return None if value is None else int(value)
