"""What is kept of vacancies is that of an activity without anything kept, whatever changes meanwhile."""

import numpy as np

from script_shared.recruiting.features.activity import Activity, Application
from script_shared.recruiting.features.vacancy_side import VacancySide

VACANCIES, CANDIDATES, DAYS = 30, 20, 60
VECTORS = np.random.default_rng(3).normal(size=(VACANCIES + 5, 4)).astype(np.float32)


def same(kept: VacancySide, activity: Activity, day: int) -> bool:
    fresh, rows = VacancySide(activity), np.arange(VACANCIES + 2)
    others = np.arange(-1, VACANCIES + 1)
    return all(
        (
            np.array_equal(kept.numbers(rows, day), fresh.numbers(rows, day)),
            np.array_equal(kept.profiles(rows, VECTORS), fresh.profiles(rows, VECTORS)),
            all(np.array_equal(kept.count_shared(row, others), fresh.count_shared(row, others)) for row in range(30)),
        )
    )


def test_numbers_profiles_and_shared_applicants_follow_every_change() -> None:
    draw, activity = np.random.default_rng(5), Activity()
    kept = VacancySide(activity)
    for day in range(DAYS):
        pair = int(draw.integers(0, CANDIDATES)), int(draw.integers(0, VACANCIES))
        activity.add(Application(*pair, day, day, int(draw.integers(-1, 5))))
        assert same(kept, activity, day)
    for change in (
        lambda: activity.move(3, CANDIDATES + 1),
        lambda: activity.move_vacancy(4, VACANCIES + 1),
        lambda: activity.erase(5),
    ):
        change()
        assert same(kept, activity, DAYS)


def test_shared_applicants_count_less_in_a_long_list() -> None:
    activity = Activity([Application(0, 0, 1), Application(0, 1, 1), Application(1, 1, 2), Application(2, 1, 2)])
    found = VacancySide(activity).count_shared(0, np.array([1, 0, -1]))
    assert np.allclose(found, [1 / np.sqrt(3), 0, 0])
