"""The model card of a release: what it is for, what not for, how good it is, and by whom it is to be overruled."""

from typing import Any

from script_shared.students.params import StudentsParams

PURPOSE = (
    "Tells which students will probably be behind their ideal phase next year, so that people who know them can look "
    "in time."
)
NOT_FOR = (
    "No decision about a student may be made by it alone: not on promotion, scholarship, place or dismissal.",
    "It says nothing of students who leave before the next sheet, nor of children outside the programme.",
    "It finds what goes together with lagging in the sheets of earlier years, not causes.",
    "It does not measure teachers, classes or schools.",
)
OVERRULED_BY = "Teachers, psychologists and psychopedagogues who know the student; their judgement goes first."
LEFT_OUT = "Names of students and evaluators are not read past the workbooks; gender and school type are not features."


def card_of(facts: dict[str, Any], params: StudentsParams) -> dict[str, Any]:
    """The card as JSON values.

    Args:
        facts: of the release: source, gate, evaluation, training.
    """
    training, evaluation = facts["training"], facts["evaluation"]
    return {
        "purpose": PURPOSE,
        "not_for": list(NOT_FOR),
        "overruled_by": OVERRULED_BY,
        "personal_data": LEFT_OUT,
        "source": facts["source"],
        "predicts": "status of the year after: critical (lag of 2 or more), alert (1), expected (0 or ahead)",
        "features": list(params.model.features),
        "learned_from": training["model"],
        "measured_on": {"years": evaluation["test"], "students": evaluation["students"]},
        "figures": {
            name: value for name, value in evaluation.items() if isinstance(value, float | int) or value is None
        },
        "calibration": evaluation.get("calibration", {}),
        "figures_of": "the model before its last fit, which has not seen the years that it was measured on",
        "thresholds": training["thresholds"],
        "thresholds_chosen_by": params.decision.thresholds,
        "costs": [list(row) for row in params.decision.costs],
        "gate": facts["gate"],
    }
