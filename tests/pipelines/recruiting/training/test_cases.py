"""No more cases than wanted: those that a training may learn from are counted as the replay finds them."""

import numpy as np

from pipelines.recruiting.training.cases import Openness, next_vacancies, replay
from pipelines.recruiting.training.models import _count_cases
from pipelines.recruiting.training.records import Data
from script_shared.recruiting.encoders.spaces import SPACES
from script_shared.recruiting.features.world import World
from script_shared.recruiting.records import Candidate, Vacancy


def test_cases_are_of_candidates_who_have_a_text_or_had_applied_before() -> None:
    vacancies = [Vacancy(str(row), 100, "Dev") for row in range(8)]
    candidates = [Candidate("a", title="Dev"), Candidate("b"), Candidate("c")]
    rows = [(0, 0, 100), (1, 1, 101), (1, 2, 105), (0, 3, 106), (2, 4, 107), (1, 5, 108)]  # candidate, vacancy, day
    candidate, vacancy, day = np.array(rows).T
    undecided = np.full(len(rows), -1)
    data = Data(vacancies, candidates, candidate, vacancy, day, undecided, undecided)
    texts = {space: np.array([[1.0], [0.0], [0.0]], np.float32) for space in SPACES}
    world = World(vacancies, candidates, {space: np.ones((8, 1), np.float32) for space in SPACES}, texts)
    with_text = texts["text"].any(axis=1)
    for first in (100, 101, 105, 107, 108):
        days = replay(data, world, first, 200, Openness())
        cases = [case for today in days for case in next_vacancies(data, world, today, with_cv=True)]
        assert _count_cases(data, first, with_text) == len(cases)
