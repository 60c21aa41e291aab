"""A planted bias is found and reported; none is reported where none was planted."""

from datetime import date

import numpy as np
import pytest

from pipelines.recruiting.evaluation.outcome_groups import NAMES, Outcome, outcome_sentences, outcomes
from pipelines.recruiting.evaluation.replayed import DecidedApplications
from pipelines.recruiting.sources.planted import outcomes as planted
from pipelines.recruiting.sources.planted.vocabulary import areas
from pipelines.recruiting.sources.planted.world import make_world
from pipelines.recruiting.training.applicants import is_hired
from pipelines.recruiting.training.records import Data
from script_shared.params import load_params
from script_shared.recruiting.params import FILE, RecruitingParams
from script_shared.recruiting.records import Candidate, Vacancy

SIZE = ("generated.vacancies = 1200", "generated.candidates = 3000", "generated.applications = 6000")


def measured() -> list[Outcome]:
    params = load_params(RecruitingParams, FILE, SIZE)
    world = make_world(params.generated)
    found = planted.make_applications(world, params.generated)
    grade = np.asarray([-1 if (g := params.grades.grade_of(each)) is None else g for each in found.status])
    first = (date.fromisoformat(params.generated.first_day) - date(1970, 1, 1)).days
    data = Data(
        vacancies=[Vacancy(str(row), areas=(areas()[area].label,)) for row, area in enumerate(world.vacancies.area)],
        candidates=[Candidate(str(row)) for row in range(len(world.people.area))],
        candidate=found.person,
        vacancy=found.vacancy,
        day=found.applied + first,
        updated=found.updated + first,
        grade=grade,
    )
    genders = [NAMES[int(each)] for each in world.people.is_woman]
    chance = np.full(len(grade), 0.07)
    scored = DecidedApplications(data.candidate, data.vacancy, data.day, is_hired(grade), grade, {"match": chance})
    return outcomes(data, scored, genders)


def test_a_planted_bias_is_reported_with_its_area_and_its_group() -> None:
    biased = areas()[planted.BIASED_AREA].label
    said = outcome_sentences(measured())
    assert [sentence.partition(":")[0] for sentence in said] == [biased]
    assert "of decided applications of a woman 2.0% ended in a hire" in said[0]
    assert "mean chance on the test days is 7.0% and 7.0%" in said[0]


def test_no_gap_is_reported_where_none_was_planted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planted, "BIAS", 0.0)
    assert outcome_sentences(measured()) == ["No area in which one gender was hired less often beyond chance."]
