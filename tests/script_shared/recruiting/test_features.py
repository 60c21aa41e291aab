"""Features of pairs are of the days before, and the same from both sides."""

import numpy as np
import pytest

from script_shared.arrays import FloatArray
from script_shared.errors import InputError
from script_shared.recruiting.encoders.spaces import SPACES
from script_shared.recruiting.encoders.tfidf import unit
from script_shared.recruiting.features.activity import Activity, Application
from script_shared.recruiting.features.facts import VacancyFacts
from script_shared.recruiting.features.feature_names import NAMES
from script_shared.recruiting.features.listed import join_lists, lists_of_vacancies, of_candidate
from script_shared.recruiting.features.pairs import (
    features_of,
    list_columns,
    of_rows,
    pair_features,
    row_features,
)
from script_shared.recruiting.features.recent import LATEST
from script_shared.recruiting.features.world import World
from script_shared.recruiting.records import Candidate, Vacancy
from script_shared.recruiting.refused import refuse_leaks

APPLICATIONS = [
    Application(0, 1, 105),
    Application(0, 2, 106, 108, 0),
    Application(1, 2, 106, 108, 4),
    Application(1, 3, 107),
]


def world(applications: list[Application] = APPLICATIONS) -> World:
    draw = np.random.default_rng(0)
    sides = [{space: unit(draw.normal(size=(count, 8)).astype(np.float32)) for space in SPACES} for count in (10, 6)]
    vacancies = [Vacancy(str(row), 100 + row, "Dev Java", city="Campinas", level="Sênior") for row in range(10)]
    candidates = [Candidate(str(row), level="Pleno") for row in range(6)]
    return World(vacancies, candidates, *sides, Activity(applications))


def feature(found: FloatArray, name: str) -> FloatArray:
    return found[:, NAMES.index(name)]


def test_a_pair_has_the_same_features_in_a_list_of_vacancies_and_in_one_of_candidates() -> None:
    own = [place for place, name in enumerate(NAMES) if not name.endswith(("_rank", "_share"))]
    by_candidate = pair_features(world(), np.zeros(8, int), np.arange(2, 10), 110)
    by_vacancy = pair_features(world(), np.arange(6), np.full(6, 3), 110)
    assert by_candidate[1, own] == pytest.approx(by_vacancy[0, own], nan_ok=True, abs=1e-5)


def test_features_of_some_places_of_a_list_are_those_of_the_whole_list() -> None:
    rows = np.array([6, 1, 2])
    for candidates, vacancies in ((np.zeros(8, int), np.arange(2, 10)), (np.tile(np.arange(4), 2), np.arange(8))):
        whole = pair_features(world(), candidates, vacancies, 110)
        some = pair_features(world(), candidates, vacancies, 110, rows)
        assert some == pytest.approx(whole[rows], nan_ok=True, abs=1e-6)


def test_rows_of_several_lists_at_once_are_those_of_each_list() -> None:
    own, rows = world(), np.array([4, 0])
    lists = [of_candidate(own, candidate, np.arange(2, 10), 110) for candidate in (0, 1, 5)]
    parts = [of_rows(each, list_columns(own, each), rows) for each in lists]
    columns = {name: np.concatenate([each[name] for _, each in parts]) for name in parts[0][1]}
    together = row_features(own, join_lists([pairs for pairs, _ in parts]), columns)
    alone = [pair_features(own, np.full(8, who), np.arange(2, 10), 110, rows) for who in (0, 1, 5)]
    assert together == pytest.approx(np.concatenate(alone), nan_ok=True, abs=1e-6)


def test_lists_of_several_vacancies_at_once_have_the_features_of_each_alone() -> None:
    lists = [np.arange(6), np.array([0]), np.array([1, 3]), np.array([2])]
    vacancies = [3, 2, 2, 7]
    together = features_of(world(), lists_of_vacancies(world(), lists, vacancies, 110))
    alone = [
        pair_features(world(), people, np.full(len(people), vacancy), 110)
        for people, vacancy in zip(lists, vacancies, strict=True)
    ]
    assert together == pytest.approx(np.concatenate(alone), nan_ok=True, abs=1e-6)


def test_an_outcome_counts_from_the_day_after_it_on() -> None:
    assert np.isnan(feature(pair_features(world(), np.zeros(1, int), np.array([5]), 108), "best_known_grade"))[0]
    assert feature(pair_features(world(), np.zeros(1, int), np.array([5]), 109), "best_known_grade")[0] == 0


def test_a_vacancy_that_was_applied_to_is_not_compared_with_itself() -> None:
    found = pair_features(world(), np.zeros(1, int), np.array([2]), 110)
    assert feature(found, "learnt_max")[0] < 0.99
    assert feature(found, "past_vacancies")[0] == 1


def test_names_that_tell_what_came_later_are_refused() -> None:
    refuse_leaks(NAMES)
    with pytest.raises(InputError, match="known only after the decision"):
        refuse_leaks([*NAMES, "n_prospects"])


def test_a_vacancy_that_is_dropped_leaves_no_words_behind() -> None:
    facts = VacancyFacts()
    facts.extend([Vacancy("1", city="Salvador")])
    for city in ("Recife", "Natal"):
        facts.extend([Vacancy("", city=city)])
        facts.drop()
    facts.extend([Vacancy("2", city="Natal")])
    assert facts["city"].tolist() == [0, 1]


def test_the_latest_applications_in_the_array_are_those_of_the_lists() -> None:
    draw, activity = np.random.default_rng(1), Activity()
    for day in range(400):
        activity.add(Application(int(draw.integers(0, 40)), int(draw.integers(0, 30)), day, day + 1, day % 5))
    activity.add(Application(5000, 3, 401))  # beyond the first room
    activity.move(7, 6000)
    activity.move_vacancy(3, 33)
    activity.erase(9)
    people = np.array([*range(40), 5000, 6000, 9999])
    counts, vacancies, days, updated, grades = activity.recent.of(people)
    for at, person in enumerate(people.tolist()):
        entries = activity.of_candidate.get(person, [])
        newest = [tuple(entry) for entry in entries[::-1][:LATEST]]
        found = zip(vacancies[at].tolist(), days[at].tolist(), updated[at].tolist(), grades[at].tolist(), strict=True)
        assert counts[at] == len(entries)
        assert list(found)[: len(newest)] == newest
        assert (vacancies[at, len(newest) :] == -1).all()
