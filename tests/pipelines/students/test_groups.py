"""Groups that a model treats unlike others are named in a sentence, small ones are not judged."""

import numpy as np
import polars as pl

from pipelines.students.evaluation.groups import groups, sentences
from pipelines.students.evaluation.measures import Answers

ROWS = 80


def table() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "year": [2024] * ROWS,
            "birth_year": [2012] * 40 + [None] * 40,
            "phase": [2] * ROWS,
            "gender": ["girl"] * 40 + ["boy"] * 40,
            "school": [None] * ROWS,
        }
    )


def answers(urgent_boys: bool) -> Answers:
    chances = np.tile([0.5, 0.3], (ROWS, 1))
    return Answers(chances, np.full(ROWS, 2, np.int8), np.array([True] * 40 + [urgent_boys] * 40))


def test_a_group_whose_critical_students_are_missed_is_named() -> None:
    came = np.tile([2, 0], 40).astype(np.int8)
    found = groups(table(), came, answers(urgent_boys=False))
    assert [(each.kind, each.name, each.students) for each in found][:2] == [
        ("gender", "boy", 40),
        ("gender", "girl", 40),
    ]
    assert "gender: of the critical students, 0% of boy and 100% of girl are called urgent." in sentences(found, 30)
    assert sentences(found, 41) == ["No gap of 0.1 or more among groups of at least 41 students."]


def test_no_gap_is_said_as_well() -> None:
    came = np.tile([2, 0], 40).astype(np.int8)
    found = groups(table(), came, answers(urgent_boys=True))
    assert sentences(found, 30) == ["No gap of 0.1 or more among groups of at least 30 students."]
    assert {each.name for each in found if each.kind == "age"} == {"10 to 12", "(not given)"}


def test_a_chance_far_from_the_share_is_said() -> None:
    found = groups(table(), np.zeros(ROWS, np.int8), answers(urgent_boys=True))
    assert "gender boy: the mean chance of lagging is 0.50 above the share." in sentences(found, 30)
