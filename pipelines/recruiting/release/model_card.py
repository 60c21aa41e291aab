"""The model card of a release: its uses, its limits, its figures, and who may overrule it."""

from typing import Any

PURPOSE = (
    "Orders candidates for a vacancy and vacancies for a candidate, so that recruiters see likely pairs first; shows "
    "what a pair shares and what is missing."
)
NOT_FOR = (
    "No person may be refused by it alone: a place in a list is no judgement of a person.",
    "The match probability says how often such pairs ended in a hire, not how able somebody is.",
    "It repeats what recruiters did in the past; look at the figures by group before you rely on it.",
    "It knows nothing of people whose CV is empty.",
)
OVERRULED_BY = "Recruiters and clients who have spoken with the candidate."
PERSONAL = (
    "Names, addresses of all kinds, documents, birth dates, gender and marital status are dropped when files are read, "
    "and removed from CVs by rules; a rule may miss what is written in an unusual way."
)


def card_of(facts: dict[str, Any]) -> dict[str, Any]:
    """The card as JSON values.

    Args:
        facts: of the release: source, gate, evaluation, training.
    """
    evaluation = facts["evaluation"]
    return {
        "purpose": PURPOSE,
        "not_for": list(NOT_FOR),
        "overruled_by": OVERRULED_BY,
        "personal_data": PERSONAL,
        "source": facts["source"],
        "learned_from": {
            name: value for name, value in facts["training"].items() if isinstance(value, int | float | str)
        },
        "figures": {
            name: value for name, value in evaluation.items() if isinstance(value, int | float) or value is None
        },
        "gate": facts["gate"],
    }
